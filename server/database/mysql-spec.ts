/** `mysql://user:password@host[:port]/database?...` taken apart, and who may be reached without TLS. */
import { readFileSync } from 'node:fs'
import { SluiceError } from '../../common/errors.ts'
import { isLoopback } from '../../common/loopback.ts'

export interface MysqlAddress {
  user: string
  password: string
  host: string
  port: number
  /** Path of a local socket, which then counts instead of host and port; null: none. */
  socket: string | null
  database: string
  /** PEM of the authority to trust, or null for the system's; `false`: no TLS. */
  tls: { ca: string | null } | false
  /** For messages: without the password. */
  name: string
}

const FORM = 'mysql://user:password@host[:port]/database[?ssl=on&ssl-ca=FILE&socket=FILE]'
const DEFAULT_PORT = 3306
const OPTIONS: ReadonlySet<string> = new Set(['ssl', 'ssl-ca', 'socket'])

/** The spec itself is never told: the password is in it. */
function refuse(why: string, cause?: unknown): never {
  throw new SluiceError('bad-argument', `${why} Give the database as ${FORM}, with "%40" for an "@" in the password.`, {
    cause,
  })
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SluiceError('bad-argument', `The file ${file} of ssl-ca cannot be read. See that it is there.`, {
      cause: error,
    })
  }
}

function parse(spec: string): URL {
  // URL's own error holds the whole text.
  const url = URL.parse(spec)
  if (url === null) refuse('This is no address of a database.')
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') refuse('This is no address of a MySQL database.')
  return url
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // The error would say what it could not decode.
    return refuse(`The ${what} has a "%" that stands for nothing; write it "%25".`)
  }
}

/**
 * Reads a spec. Off this computer TLS is always on, and the certificate is checked: accounts and password hashes travel
 * there.
 * @throws SluiceError bad-argument
 */
export function parseMysqlSpec(spec: string): MysqlAddress {
  const url = parse(spec)
  for (const option of url.searchParams.keys()) {
    if (!OPTIONS.has(option)) refuse('There is an option that is not known: known are ssl, ssl-ca and socket.')
  }
  const database = decode(url.pathname.slice(1), 'database')
  if (!/^[^/\0]{1,64}$/u.test(database)) refuse('The name of the database is missing, or is none.')
  const user = decode(url.username, 'user')
  if (user === '') refuse('The user is missing.')
  const host = url.hostname === '' ? 'localhost' : decode(url.hostname.replace(/^\[|\]$/g, ''), 'host')
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  const socket = url.searchParams.get('socket')
  const local = socket !== null || isLoopback(host)
  const ssl = url.searchParams.get('ssl')
  if (ssl !== null && ssl !== 'on' && ssl !== 'off') refuse('The option ssl is "on" or "off".')
  if (ssl === 'off' && !local) {
    throw new SluiceError(
      'bad-argument',
      `The database on ${host} is another computer's, and ssl=off would send password hashes in clear. Leave ssl=off out; if its certificate is signed by an authority of your own, name that with ssl-ca=FILE.`,
    )
  }
  const authority = url.searchParams.get('ssl-ca')
  const useTls = ssl === 'on' || (ssl === null && (!local || authority !== null))
  return {
    user,
    password: decode(url.password, 'password'),
    host,
    port,
    socket,
    database,
    tls: useTls && { ca: authority === null ? null : readAuthority(authority) },
    name: socket === null ? `mysql://${host}:${port}/${database}` : `mysql://${socket}/${database}`,
  }
}
