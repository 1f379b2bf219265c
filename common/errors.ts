/**
 * The one error class of the house. Every failure a person may see carries a stable `code`, so that the window,
 * the queue and tests can act on it without reading prose.
 */

/** Stable codes. Renaming one is a breaking change: the journal keeps them. */
export const ERROR_CODES = [
  // reaching the server
  'host-not-found',
  'connect-failed',
  'connection-lost',
  'timeout',
  'not-connected',
  // TLS
  'tls-refused',
  'tls-failed',
  'certificate-rejected',
  // login
  'login-refused',
  // the conversation
  'protocol-violation',
  'illegal-characters',
  'unsupported',
  'not-found',
  'permission-denied',
  'name-refused',
  'storage-full',
  'ftp-refused',
  // data connections
  'data-connection-failed',
  'data-truncated',
  'size-mismatch',
  // the local disk
  'local-not-found',
  'local-permission',
  'local-disk-full',
  'local-exists',
  'local-io',
  'unsafe-name',
  // the scan gate
  'agent-unavailable',
  'scan-error',
  'scan-too-large',
  'changed-after-scan',
  'infected',
  // the rest
  'interrupted',
  'cancelled',
  /** Something had to be asked, and nobody is there to answer. */
  'needs-answer',
  'bad-argument',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** A server's reply (RFC 959 section 4.2): its three-digit code and its text, lines joined by "\n". */
export interface ReplyData {
  code: number
  text: string
}

/** How a SluiceError travels over IPC and rests in the journal. */
export interface ErrorData {
  code: ErrorCode
  /** A sentence for people: what happened, to which file or host, what to do. */
  message: string
  reply?: ReplyData
}

export interface SluiceErrorOptions {
  cause?: unknown
  reply?: ReplyData
}

export class SluiceError extends Error {
  override readonly name = 'SluiceError'
  readonly code: ErrorCode
  /** The server's reply, where a reply is why this failed. */
  readonly reply: ReplyData | undefined

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.reply = options.reply
  }

  toData(): ErrorData {
    return this.reply
      ? { code: this.code, message: this.message, reply: this.reply }
      : { code: this.code, message: this.message }
  }

  static fromData(data: ErrorData): SluiceError {
    return new SluiceError(data.code, data.message, data.reply ? { reply: data.reply } : {})
  }
}

/** True for a cancelled operation, ours or an AbortSignal's: an expected end, not a failure. */
export function isCancelled(error: unknown): boolean {
  return (
    (error instanceof SluiceError && error.code === 'cancelled') ||
    (error instanceof Error && error.name === 'AbortError')
  )
}

/** The code that the system or one of Node's libraries gave an error ("ENOENT"); null when it has none. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Turns anything thrown into data; what is not a SluiceError becomes `internal` with its message kept. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof SluiceError) return error.toData()
  if (isCancelled(error)) return { code: 'cancelled', message: 'Cancelled.' }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
