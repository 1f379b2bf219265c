/** Addresses in replies and commands for data connections: RFC 959 section 4.1.2, RFC 2428. Pure. */

/** The port out of a 227 reply's text. Its host is not even read: a server could name a third one (CVE-2020-8284). */
export function pasvPort(text: string): number | null {
  const match = /(?:\d{1,3}\s*,\s*){4}(\d{1,3})\s*,\s*(\d{1,3})/.exec(text)
  if (!match) return null
  const high = Number(match[1])
  const low = Number(match[2])
  return high > 255 || low > 255 ? null : validPort(high * 256 + low)
}

/** The port out of a 229 reply's text: `(|||port|)` with any printable delimiter. */
export function epsvPort(text: string): number | null {
  const match = /\(([!-~])\1\1(\d{1,5})\1\)/.exec(text)
  return match ? validPort(Number(match[2])) : null
}

function validPort(port: number): number | null {
  return port >= 1 && port <= 65_535 ? port : null
}

/** The command that tells the server where to connect to: PORT for IPv4, EPRT for IPv6. */
export function activeCommand(address: string, port: number): { verb: 'PORT' | 'EPRT'; argument: string } {
  if (address.includes(':')) return { verb: 'EPRT', argument: `|2|${address}|${port}|` }
  return { verb: 'PORT', argument: `${address.replaceAll('.', ',')},${port >> 8},${port & 255}` }
}
