/** Sizes as people type them: "500 MB", "1.5 GiB", "20000". */

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}
/** From the largest down: the first that takes at most one digit after the point is shown. */
const SHOWN = [
  ['TiB', 2 ** 40],
  ['TB', 1e12],
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
  ['KiB', 2 ** 10],
  ['kB', 1e3],
] as const

/** Whole bytes; null for nothing typed, which means without a limit; undefined for what is no size, or less than a byte. */
export function parseSize(text: string): number | null | undefined {
  const trimmed = text.trim().replace(/\/s$/i, '').trim()
  if (trimmed === '') return null
  const [, digits, unit = ''] = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)$/i.exec(trimmed) ?? []
  const factor = UNITS[unit.toLowerCase()]
  if (digits === undefined || factor === undefined) return undefined
  const bytes = Math.round(Number(digits.replace(',', '.')) * factor)
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** What `parseSize` reads as exactly these bytes; '' for null. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return ''
  const unit = SHOWN.find(([, factor]) => bytes >= factor && Number.isInteger((bytes * 10) / factor))
  return unit === undefined ? String(bytes) : `${bytes / unit[1]} ${unit[0]}`
}
