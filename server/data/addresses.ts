/** Addresses as sockets and FTP write them. */
import { isIPv4, isIPv6 } from 'node:net'

/** An IPv4 address in IPv6 clothes ("::ffff:1.2.3.4", as dual-stack sockets report) is undressed. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

/** Protocol number of RFC 2428 section 2: 1 is IPv4, 2 is IPv6. */
export function familyOf(address: string): 1 | 2 {
  return isIPv4(plainAddress(address)) ? 1 : 2
}

/** One spelling for each address, so that they can be compared as text. Null for what is none. */
export function canonicalAddress(address: string): string | null {
  const plain = plainAddress(address)
  if (isIPv4(plain)) return plain
  const [text = '', zone] = plain.split('%')
  if (!isIPv6(text)) return null
  // The URL parser writes IPv6 addresses as RFC 5952 wants them. It takes no zones.
  const written = new URL(`ftp://[${text}]`).hostname.slice(1, -1)
  return zone === undefined ? written : `${written}%${zone}`
}

/** The same host, whatever the spelling. A zone counts only where both have one: EPRT cannot name the server's. */
export function sameAddress(one: string, other: string): boolean {
  const [a, b] = [canonicalAddress(one), canonicalAddress(other)]
  if (a === null || b === null) return false
  return a === b || (a.includes('%') !== b.includes('%') && a.replace(/%.*/, '') === b.replace(/%.*/, ''))
}

/** No address in particular: lftp says `EPRT |2|::|port|`, and means itself. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || canonicalAddress(address) === '::'
}

/** "h1,h2,h3,h4,p1,p2" of PASV's reply (RFC 959 section 4.1.2). */
export function hostPort(host: string, port: number): string {
  return [...host.split('.'), port >> 8, port & 0xff].join(',')
}

/** PORT's argument (RFC 959 section 5.3.2); null when it is not well formed. */
export function parseHostPort(argument: string): { address: string; port: number } | null {
  if (!/^\d{1,3}(?:,\d{1,3}){5}$/.test(argument)) return null
  const numbers = argument.split(',').map(Number)
  if (numbers.some((number) => number > 255)) return null
  const [high = 0, low = 0] = numbers.slice(4)
  return { address: numbers.slice(0, 4).join('.'), port: high * 256 + low }
}

/**
 * EPRT's argument (RFC 2428 section 2): "|1|132.235.1.2|6275|", with any delimiter between "!" and "~". `family` is given
 * as it stands there; null when the whole is not well formed.
 */
export function parseExtendedPort(argument: string): { family: number; address: string; port: number } | null {
  const delimiter = argument[0]
  if (delimiter === undefined || delimiter < '!' || delimiter > '~') return null
  const [before, family = '', address = '', port = '', after, ...rest] = argument.split(delimiter)
  if (before !== '' || after !== '' || rest.length > 0) return null
  if (!/^\d{1,3}$/.test(family) || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return null
  const fits = family === '1' ? isIPv4(address) : family === '2' ? isIPv6(address) : true
  return fits ? { family: Number(family), address, port: Number(port) } : null
}
