/** Numbers, sizes, times and dates for people, in window and console. The program speaks English, so do its numbers. */

const LOCALE = 'en'
const integer = new Intl.NumberFormat(LOCALE)
const oneDigit = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** 1234567 -> "1,234,567" */
export function formatCount(count: number): string {
  return integer.format(count)
}

/** "1 item", "3 items", "12,000 items" */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Bytes in decimal units with at most one digit after the point: "512 B", "1.5 kB", "24.0 MB"; "–" for unknown. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–'
  let value = bytes
  let unit = 0
  // 999.95 would be rounded to "1,000.0".
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? integer.format(value) : oneDigit.format(value)} ${UNITS[unit] ?? ''}`
}

/** "1.2 MB (1,234,567 bytes)", for details. */
export function formatBytesExact(bytes: number | null): string {
  if (bytes === null) return 'unknown size'
  return bytes < 1000 ? plural(bytes, 'byte') : `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`
}

/** Bytes a second; '' when not moving. */
export function formatRate(rate: number | null): string {
  return rate === null ? '' : `${formatBytes(Math.round(rate))}/s`
}

const two = (n: number): string => String(n).padStart(2, '0')

/** Local time as `2026-03-09 17:05`: sorts by eye and means the same everywhere; "–" for unknown. */
export function formatTime(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '–'
  const d = new Date(ms)
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`
}

/** Local time of day as `17:05:09.042`, for the log. */
export function formatClock(ms: number): string {
  const d = new Date(ms)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`
}

/** A span of seconds in its two largest units: "45 s", "3 min 20 s", "2 h 05 min", "4 d 3 h". */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}

/** Whole percent of `part` in `whole`, 0-100; null when the whole is unknown. An empty whole is complete. */
export function percent(part: number, whole: number | null): number | null {
  if (whole === null) return null
  if (whole === 0) return 100
  return Math.min(100, Math.max(0, Math.floor((part / whole) * 100)))
}
