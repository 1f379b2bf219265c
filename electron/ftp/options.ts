/** What callers of the engine hand in and get back: options, handles, results. */
import type { ReplyData } from '../../common/errors.ts'
import type { CertificateInfo, DataMode, Endpoint, TlsStatus } from '../../common/models.ts'

/** A server's reply (RFC 959 section 4.2). */
export type Reply = ReplyData

/** Bounds of every wait, in milliseconds. */
export interface Timeouts {
  /** Reaching the server: name lookup and TCP, also for data connections. */
  connect: number
  /** One TLS handshake. */
  tls: number
  /** From a command to its reply. */
  reply: number
  /** The longest silence on a data connection; any byte starts it anew. */
  data: number
}

export const DEFAULT_TIMEOUTS: Readonly<Timeouts> = { connect: 15_000, tls: 15_000, reply: 30_000, data: 30_000 }

/** What a server may send before it counts as an attack or a defect. */
export interface Limits {
  /** Bytes of one reply line. */
  replyLine: number
  /** Lines of one reply. */
  replyLines: number
  /** Bytes of one reply. */
  replyBytes: number
  /** Bytes of one line of a listing. */
  listingLine: number
  /** Lines of one listing. */
  listingLines: number
  /** Bytes of one listing. */
  listingBytes: number
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  replyLine: 16 * 1024,
  replyLines: 10_000,
  replyBytes: 1024 * 1024,
  listingLine: 64 * 1024,
  listingLines: 10_000_000,
  listingBytes: 2 * 1024 ** 3,
}

/** One line of the conversation; passwords are masked already. */
export interface FtpLine {
  /** The connection's number as given in the options. */
  connection: number
  kind: 'command' | 'reply' | 'info' | 'error'
  text: string
}

export interface FtpOptions {
  endpoint: Endpoint
  password: string
  /** Sent as ACCT when the server asks for an account (reply 332). */
  account?: string
  /** A function is asked at each data connection, so that a person may switch in a running session. */
  dataMode: DataMode | (() => DataMode)
  timeouts?: Partial<Timeouts>
  limits?: Partial<Limits>
  /** SHA-256 fingerprints (upper-case hex pairs joined by ":") accepted for this host and port without asking. */
  pins?: readonly string[]
  /** The one certificate (SHA-256 as in `pins`) this server may have, even if another would verify. */
  onlyFingerprint?: string
  /** Asked when a certificate does not verify and is not pinned. Absent: refuse. */
  onUntrustedCertificate?: (certificate: CertificateInfo, signal: AbortSignal) => Promise<boolean>
  onLine?: (line: FtpLine) => void
  /** "Connecting", "TLS handshake", "Logging in": for the window. */
  onStep?: (step: string) => void
  /** Extra trust anchors, PEM, beside the built-in ones. */
  ca?: string | Buffer
  /** Number of this connection in the protocol log; default 0. */
  connectionNumber?: number
  /** Makes the account first (SITE SIGNUP), where FEAT offers that; never without TLS. */
  signUp?: boolean
  /** Called before a refused login or sign-up is thrown, when the server offers to make accounts. */
  onSignUpOffered?: () => void
  /** Cancels the connecting; once connected it has no effect. */
  signal?: AbortSignal
}

/** The TLS state of a control connection. */
export type TlsInfo = TlsStatus

export interface CallOptions {
  signal?: AbortSignal
}

export interface ListOptions extends CallOptions {
  /** Called with every line that no parser could read. */
  onUnreadable?: (line: string) => void
  /** Gives each entry its line as the server sent it. */
  raw?: boolean
}

export interface TransferOptions extends CallOptions {
  type: 'binary' | 'ascii'
  /** Bytes of the file to skip (REST); default 0. */
  offset?: number
  /**
   * Bytes the file is known to have. A binary download that ends short of it fails as `data-truncated`. Left out, the
   * engine asks SIZE itself, which costs a round trip; null: the size is not known and must not be asked.
   */
  size?: number | null
  /** Bytes moved on the data connection so far in this call. */
  onProgress?: (bytes: number) => void
}

export interface TransferResult {
  /** Bytes that went over the data connection. */
  bytes: number
}

/**
 * Takes a download's bytes. The chunk is a view into a buffer that is used again: it is valid until the sink returns, or
 * until the promise it returned settles. The next chunk comes only after that, while the network fills other buffers.
 */
export type Sink = (chunk: Buffer) => void | Promise<void>

export interface PoolSettings {
  /** Most connections at the same time, idle ones included. */
  max: number
  /** How long an unused connection is kept, in ms; default 60 s. */
  idleMs?: number
  /** Numbers each new connection for the protocol log. */
  nextConnectionNumber(): number
}

/** A connection out of the pool: give it back by exactly one of the two calls; later calls do nothing. */
export interface PooledClient<Client> {
  readonly client: Client
  /** Back into the pool, if it is still usable. */
  release(): void
  /** Never use it again: closes it. */
  discard(): void
}
