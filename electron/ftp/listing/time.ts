/**
 * Times in listings. LIST does not say which time zone it means; most servers mean UTC (vsftpd's default), so that is
 * assumed. MLSD and MDTM are UTC by RFC 3659 section 2.3.
 */
export const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAY = 86_400_000

/** A day (month from 0) and a time as ms since the epoch; undefined when there is no such time. */
export function clockTime(year: number, month: number, day: number, hour: number, minute: number): number | undefined {
  if (!(month >= 0 && month < 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60)) return undefined
  const time = Date.UTC(year, month, day, hour, minute)
  // Date.UTC turns the 31st of February into some day of March.
  return day <= 28 || new Date(time).getUTCDate() === day ? time : undefined
}

/** The newest such moment that is not in the future; a day of grace for time zones and clocks that are off. */
export function inferYear(month: number, day: number, hour: number, minute: number, now: number): number | undefined {
  const year = new Date(now).getUTCFullYear()
  // A 29th of February may be up to eight years back.
  for (let back = -1; back <= 8; back += 1) {
    const time = clockTime(year - back, month, day, hour, minute)
    if (time !== undefined && time <= now + DAY) return time
  }
  return undefined
}

/** "YYYYMMDDHHMMSS" with an optional fraction (RFC 3659 section 2.3) as ms since the epoch; null when it is none. */
export function timeValue(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d+))?$/.exec(text.trim())
  if (!match) return null
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])]
  const base = clockTime(year, month - 1, day, hour, minute)
  if (base === undefined || second > 60) return null
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000)
  return base + second * 1000 + fraction
}
