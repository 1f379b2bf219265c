/** Servers and accounts as URLs, for messages, records and keys; a password never gets in. */
import type { Endpoint, Protocol } from './models.ts'

/** For people. */
export const PROTOCOL_NAMES: Record<Protocol, string> = {
  ftpes: 'FTP with explicit TLS',
  ftps: 'FTP with implicit TLS',
  ftp: 'Plain FTP, not encrypted',
}

/** Which account on which server, by which protocol: "ftpes://name@host:21". Differs for different accounts. */
export function endpointUrl({ protocol, user, host, port }: Endpoint): string {
  return `${protocol}://${encoded(user)}@${hostInUrl(host)}:${port}`
}

/** Where a file on a server is. @param path absolute */
export function remoteUrl(endpoint: Endpoint, path: string): string {
  return endpointUrl(endpoint) + path.split('/').map(encoded).join('/')
}

/** A host's name or address as URLs have it: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** One part of a URL. A lone surrogate, which JavaScript strings may hold, would make the encoder throw. */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
