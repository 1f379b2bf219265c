/** What the MySQL client says, in our words. */
import { SluiceError, systemCode, type ErrorCode } from '../../common/errors.ts'
import { NotUniqueError } from './sql.ts'

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ */
const NAMED: Readonly<Record<string, readonly [code: ErrorCode, advice: string]>> = {
  ER_ACCESS_DENIED_ERROR: ['login-refused', 'Check user and password.'],
  ER_DBACCESS_DENIED_ERROR: ['login-refused', 'Grant the user all rights on the database.'],
  ER_TABLEACCESS_DENIED_ERROR: ['login-refused', 'Grant the user all rights on the database.'],
  ER_BAD_DB_ERROR: ['not-found', 'Make the database first: CREATE DATABASE.'],
  HANDSHAKE_NO_SSL_SUPPORT: ['tls-refused', 'The server offers no TLS; set up ssl_cert and ssl_key there.'],
  HANDSHAKE_SSL_ERROR: [
    'tls-failed',
    'If its certificate is signed by an authority of your own, name that with ssl-ca=FILE.',
  ],
  ENOTFOUND: ['host-not-found', 'Check its name.'],
  ECONNREFUSED: ['connect-failed', 'See that it runs, and listens there.'],
  ENOENT: ['connect-failed', 'See that it runs, and that its socket is there.'],
  ETIMEDOUT: ['timeout', 'See that it runs, and that no firewall is between.'],
  POOL_ENQUEUELIMIT: ['timeout', 'Too many requests wait for it.'],
}

/** The connection is gone; whether the last statement was done is not known. */
const LOST: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
])
/** "Deadlock found; try restarting transaction": nothing of it was done. */
const AGAIN: ReadonlySet<string> = new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD'])

function codeOf(error: unknown): string {
  return systemCode(error) ?? ''
}

export function isLost(error: unknown): boolean {
  if (error instanceof SluiceError) return error.code === 'connection-lost'
  const fatal = error instanceof Error && 'fatal' in error && error.fatal === true
  // Of a connection that ended while it lay in the pool; it has no code.
  const closed = error instanceof Error && /closed state|closed by/i.test(error.message)
  return LOST.has(codeOf(error)) || ((fatal || closed) && NAMED[codeOf(error)] === undefined)
}

export function wantsAgain(error: unknown): boolean {
  return AGAIN.has(codeOf(error))
}

/** @param name the database, without the password */
export function told(error: unknown, name: string): Error {
  if (error instanceof SluiceError || error instanceof NotUniqueError) return error
  const code = codeOf(error)
  if (code === 'ER_DUP_ENTRY') return new NotUniqueError('That is there already.')
  const why = error instanceof Error && error.message !== '' ? error.message : code || String(error)
  // Without its cause: that holds the statement.
  if (isLost(error)) return new SluiceError('connection-lost', `The database ${name} has hung up: ${why}.`)
  const [ours, advice] = NAMED[code] ?? [isTlsError(code) ? 'tls-failed' : 'internal', '']
  return new SluiceError(ours, `The database ${name} cannot be used: ${why}. ${advice}`.trimEnd())
}

function isTlsError(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)
}
