import { encoded, hostInUrl } from './endpoint.ts'
import { DEFAULT_PORTS, type Endpoint, type Protocol } from './models.ts'

/** What an address pasted into the host field says; absent parts are undefined. */
export interface FtpUrl {
  /** undefined for `ftp:`, which says nothing about TLS: the choice made before stands. */
  protocol: Protocol | undefined
  host: string
  port: number | undefined
  user: string | undefined
  password: string | undefined
  /** Absolute folder, decoded; undefined for none or the root. */
  path: string | undefined
}

const SHAPE = /^(ftp|ftps|ftpes):\/\/(?:([^/@]*)@)?(\[[0-9A-Fa-f:.%]+\]|[^/:@\s]+)(?::(\d{1,5}))?(\/.*)?$/i

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray "%" in something typed by hand: take it as it is.
    return text
  }
}

/** Takes an address apart; null when the text is not one of the FTP schemes. */
export function splitFtpUrl(text: string): FtpUrl | null {
  const match = SHAPE.exec(text.trim())
  if (!match) return null
  const [, scheme = '', login, host = '', portText, path] = match
  const port = portText === undefined ? undefined : Number(portText)
  if (port !== undefined && (port < 1 || port > 65_535)) return null
  const colon = login?.indexOf(':') ?? -1
  const user = login === undefined ? undefined : colon < 0 ? login : login.slice(0, colon)
  const password = login === undefined || colon < 0 ? undefined : login.slice(colon + 1)
  // ftps: means implicit TLS, unless the port says that it cannot be.
  const protocols: Record<string, Protocol | undefined> = { ftps: port === 21 ? 'ftpes' : 'ftps', ftpes: 'ftpes' }
  return {
    protocol: protocols[scheme.toLowerCase()],
    host: host.replace(/^\[|\]$/g, ''),
    port,
    user: user === undefined || user === '' ? undefined : decode(user),
    password: password === undefined ? undefined : decode(password),
    path: path === undefined || path === '/' ? undefined : decode(path),
  }
}

/** Address of a file or folder on a server, without the password. */
export function remoteUrl(endpoint: Endpoint, path: string): string {
  const user = endpoint.user === 'anonymous' ? '' : `${encoded(endpoint.user)}@`
  const port = endpoint.port === DEFAULT_PORTS[endpoint.protocol] ? '' : `:${endpoint.port}`
  return `${endpoint.protocol}://${user}${hostInUrl(endpoint.host)}${port}${path.split('/').map(encoded).join('/')}`
}
