/** Values of flags. */
import { isIP } from 'node:net'
import { bad, type FlagName } from './flags.ts'

/** @throws SluiceError bad-argument */
export function parseNumber(name: FlagName, text: string, min: number, max: number): number {
  const parsed = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  if (parsed >= min && parsed <= max) return parsed
  throw bad(`--${name} takes a whole number from ${min} to ${max}, not "${text}".`)
}

/** "host:port", "[::1]:port". @throws SluiceError bad-argument */
export function parseAddress(name: FlagName, text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port) > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
    throw bad(`--${name} takes HOST:PORT, with an IPv6 address in brackets, not "${text}".`)
  }
  return { host, port: Number(port) }
}

/** "50000-50100", or one port. @throws SluiceError bad-argument */
export function parseRange(name: FlagName, text: string): { from: number; to: number } {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const [from, to] = [Number(first), Number(last)]
  if (from >= 1 && from <= to && to <= 65_535) return { from, to }
  throw bad(`--${name} takes FROM-TO, 50000-50100 for example, not "${text}".`)
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

/** "500M": bytes. @throws SluiceError bad-argument */
export function parseSize(name: FlagName, text: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([KMGT]?)(?:i?B)?$/i.exec(text) ?? []
  const bytes = Number(digits) * (UNITS[unit.toUpperCase()] ?? NaN)
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes
  throw bad(`--${name} takes a size, 500M or 2G for example, or none, not "${text}".`)
}

/** ms since the epoch; a date without a time is midnight here. @throws SluiceError bad-argument */
export function parseTime(name: FlagName, text: string): number {
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time)) return time
  throw bad(`--${name} takes a time, 2026-01-31 or 2026-01-31T12:00Z for example, not "${text}".`)
}

/** @throws SluiceError bad-argument */
export function oneOf<T extends string>(name: FlagName, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text.toLowerCase())
  if (found !== undefined) return found
  throw bad(`--${name} takes ${choices.join(', ').replace(/, ([^,]*)$/, ' or $1')}, not "${text}".`)
}
