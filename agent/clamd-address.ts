/** Where a clamd listens, and where it usually does. */
import { SluiceError } from '../common/errors.ts'
import { isLoopback } from '../common/loopback.ts'

export type ClamdAddress = { kind: 'unix'; path: string } | { kind: 'tcp'; host: string; port: number }

/** Places that the packages of Debian, Fedora, Homebrew and the Windows installer use, likeliest first. */
export function usualClamdAddresses(platform: NodeJS.Platform = process.platform): ClamdAddress[] {
  const tcp: ClamdAddress = { kind: 'tcp', host: '127.0.0.1', port: 3310 }
  if (platform === 'win32') return [tcp]
  const paths = [
    '/run/clamav/clamd.ctl',
    '/var/run/clamav/clamd.ctl',
    '/run/clamd.scan/clamd.sock',
    '/run/clamav/clamd.sock',
    '/opt/homebrew/var/run/clamav/clamd.sock',
    '/tmp/clamd.socket',
  ]
  return [...paths.map((path): ClamdAddress => ({ kind: 'unix', path })), tcp]
}

/**
 * Reads "unix:/path" or "tcp:host:port" ("tcp:[::1]:3310" for IPv6). Throws `bad-argument`.
 * clamd has no login and takes SHUTDOWN from anyone, and what it answers is believed: beyond loopback it must be
 * allowed expressly.
 */
export function parseClamdAddress(text: string, allowRemote: boolean): ClamdAddress {
  const [, path] = /^unix:(.+)$/.exec(text) ?? []
  if (path !== undefined) return { kind: 'unix', path }
  const [, bracketed, plain, portText] = /^tcp:(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(portText)
  if (host === undefined || port < 1 || port > 65535) {
    throw new SluiceError('bad-argument', `"${text}" is no address of a clamd: write unix:/path or tcp:host:port.`)
  }
  if (!allowRemote && !isLoopback(host)) {
    throw new SluiceError(
      'bad-argument',
      `clamd at ${host} is on another machine, where nothing protects the conversation. Run the agent beside clamd, or add --allow-remote-clamd.`,
    )
  }
  return { kind: 'tcp', host, port }
}

export function formatClamdAddress(address: ClamdAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return `tcp:${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
}
