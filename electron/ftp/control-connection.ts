/**
 * The control connection (RFC 959 section 2.3): commands out, replies in, in order. It knows nothing of what commands
 * mean; it knows how many final replies are owed, so that a reply nobody asked for is seen for what it is.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { SluiceError } from '../../common/errors.ts'
import { encodeCommand, maskCommand } from './command.ts'
import type { FtpLine, Limits, Reply, Timeouts } from './options.ts'
import { showReply } from './reply-errors.ts'
import { ReplyReader, type RawReply } from './reply-reader.ts'
import { plainCause, secureControl, type TlsServer, type TlsSession, type TlsTrust } from './tls.ts'
import { within } from './waiting.ts'

/** A command is answered by at most a few 1xx replies; a server that goes on with them wants to keep us for ever. */
const MAX_PRELIMINARY = 64
/** Keeps address translators on the way from forgetting the connection during a long transfer, in ms. */
const KEEP_ALIVE = 30_000

export interface ControlOptions {
  host: string
  port: number
  timeouts: Timeouts
  limits: Limits
  log: (kind: FtpLine['kind'], text: string) => void
}

export interface ReplyBound {
  signal?: AbortSignal | undefined
  /** ms; default: the reply timeout. */
  timeout?: number
}

export class ControlConnection {
  /** Settles when the connection has ended; null: we ended it. Never rejects. */
  readonly closed: Promise<SluiceError | null>
  readonly #options: ControlOptions
  readonly #reader: ReplyReader
  readonly #gone = new AbortController()
  #socket: Socket | TLSSocket
  #settleClosed: (error: SluiceError | null) => void = () => undefined
  #ended = false
  #error: SluiceError | null = null
  #replies: Reply[] = []
  #waiter: { resolve: (reply: Reply) => void; reject: (error: SluiceError) => void } | null = null
  /** Final replies the server owes us; the greeting is the first. */
  #owed = 1
  #preliminary = 0
  #settled: (() => void) | null = null

  private constructor(socket: Socket, options: ControlOptions) {
    this.#options = options
    this.#reader = new ReplyReader(options.limits)
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve
    })
  }

  /**
   * Connects by TCP; nothing is read before `start` or `secure`.
   * @throws SluiceError `host-not-found`, `connect-failed`, `timeout`, `cancelled`
   */
  static async open(options: ControlOptions, signal: AbortSignal | undefined): Promise<ControlConnection> {
    const { host, port, timeouts } = options
    const socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE })
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    try {
      await within(connected, {
        timeout: timeouts.connect,
        signal,
        onTimeout: () =>
          new SluiceError('timeout', `${host}:${port} did not answer within ${seconds(timeouts.connect)}.`),
      })
    } catch (error) {
      socket.on('error', () => undefined)
      socket.destroy()
      throw error instanceof SluiceError ? error : connectError(host, port, error)
    }
    return new ControlConnection(socket, options)
  }

  get isOpen(): boolean {
    return !this.#ended
  }

  /** Aborted when the connection has ended. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** True while a command's final reply has not come. */
  get owesReply(): boolean {
    return this.#owed > 0
  }

  /** The address of this computer and of the server on this connection, without IPv4-in-IPv6 dressing. */
  get addresses(): { local: string; peer: string } {
    return { local: bareAddress(this.#socket.localAddress), peer: bareAddress(this.#socket.remoteAddress) }
  }

  /** Begins to read replies. */
  start(): void {
    const socket = this.#socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (cause) => this.#lost(cause))
    socket.on('end', () => this.#lost())
    socket.on('close', () => this.#lost())
  }

  /**
   * Puts TLS on the connection. Whatever came before the handshake and was not consumed may be an attacker's
   * (CVE-2021-22947) and ends the connection.
   */
  async secure(server: TlsServer, trust: TlsTrust, signal: AbortSignal | undefined): Promise<TlsSession> {
    if (this.#ended) throw this.#endError()
    const raw = this.#socket
    if (!this.#reader.isClean || this.#replies.length > 0 || raw.readableLength > 0) {
      throw this.fail(
        new SluiceError(
          'protocol-violation',
          `${server.host} sent data before TLS was in place; it may have been forged, so the connection was closed.`,
        ),
      )
    }
    for (const event of ['data', 'end', 'close', 'error']) raw.removeAllListeners(event)
    const died = new AbortController()
    raw.on('error', () => undefined)
    raw.once('close', () => died.abort())
    const { tls } = this.#options.timeouts
    try {
      const { socket, session } = await secureControl(
        raw,
        server,
        trust,
        (handshake) =>
          within(handshake, {
            timeout: tls,
            signal,
            onTimeout: () =>
              new SluiceError('timeout', `${server.host} did not finish the TLS handshake within ${seconds(tls)}.`),
          }),
        signal ? AbortSignal.any([signal, died.signal]) : died.signal,
      )
      this.#socket = socket
      this.start()
      return session
    } catch (error) {
      throw this.fail(
        error instanceof SluiceError && error.code === 'cancelled' && died.signal.aborted && !signal?.aborted
          ? new SluiceError(
              'connection-lost',
              `${server.host} closed the connection while its certificate was looked at.`,
            )
          : error instanceof SluiceError
            ? error
            : new SluiceError('tls-failed', `The TLS handshake with ${server.host} failed.`, { cause: error }),
      )
    }
  }

  /**
   * Sends a command; its replies come by `reply`.
   * @throws SluiceError `illegal-characters`, or why the connection ended
   */
  send(verb: string, argument = ''): void {
    const bytes = encodeCommand(verb, argument)
    if (this.#ended) throw this.#endError()
    this.#options.log('command', maskCommand(verb, argument))
    this.#owed += 1
    this.#preliminary = 0
    this.#socket.write(bytes)
  }

  /**
   * The next reply, preliminary ones (1xx) included. A timeout ends the connection, since a late reply would be taken
   * for the next command's.
   */
  async reply(bound: ReplyBound = {}): Promise<Reply> {
    const timeout = bound.timeout ?? this.#options.timeouts.reply
    const { host } = this.#options
    try {
      return await within(this.nextReply(), {
        timeout,
        signal: bound.signal,
        onTimeout: () =>
          this.fail(
            new SluiceError('timeout', `${host} did not answer within ${seconds(timeout)}; the connection was closed.`),
          ),
      })
    } finally {
      this.#waiter = null
    }
  }

  /** The next reply without a bound of its own; for callers that wait for something else beside it. */
  nextReply(): Promise<Reply> {
    const reply = this.#replies.shift()
    if (reply) return Promise.resolve(reply)
    if (this.#ended) return Promise.reject(this.#endError())
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  /**
   * Waits until every command has had its final reply, and forgets replies that nobody took: after a cancelled or broken
   * exchange the next command must not get them. A server that does not come to rest loses the connection.
   */
  async settle(timeout: number): Promise<void> {
    if (this.#owed > 0 && !this.#ended) {
      await within(new Promise<void>((resolve) => (this.#settled = resolve)), {
        timeout,
        onTimeout: () =>
          this.fail(
            new SluiceError(
              'timeout',
              `${this.#options.host} did not come to rest after an interrupted command; the connection was closed.`,
            ),
          ),
      }).catch(() => undefined)
      this.#settled = null
    }
    this.#replies = []
    this.#waiter = null
  }

  /** Ends the connection because of `error`, which it gives back. */
  fail(error: SluiceError): SluiceError {
    if (!this.#ended) this.#options.log('error', error.message)
    this.#end(error)
    return error
  }

  /** Ends the connection at once, without an error. */
  destroy(): void {
    this.#end(null)
  }

  #take(chunk: Buffer): void {
    let replies: RawReply[]
    try {
      replies = this.#reader.push(chunk)
    } catch (error) {
      this.fail(error instanceof SluiceError ? error : new SluiceError('internal', String(error), { cause: error }))
      return
    }
    for (const reply of replies) {
      if (this.#ended) return
      for (const line of reply.lines) this.#options.log('reply', line)
      this.#deliver({ code: reply.code, text: reply.text })
    }
  }

  #deliver(reply: Reply): void {
    const { host } = this.#options
    if (this.#owed === 0) {
      this.fail(
        reply.code === 421
          ? new SluiceError('connection-lost', `${host} closed the connection: "${showReply(reply)}".`, { reply })
          : new SluiceError(
              'protocol-violation',
              `${host} sent a reply that belongs to no command ("${showReply(reply)}"); the connection was closed.`,
              { reply },
            ),
      )
      return
    }
    // 225 answers ABOR alone; pyftpdlib then says nothing any more about a transfer that had not moved a byte.
    if (reply.code === 225) this.#owed = 0
    else if (reply.code >= 200) this.#owed -= 1
    else if (++this.#preliminary > MAX_PRELIMINARY) {
      this.fail(
        new SluiceError('protocol-violation', `${host} keeps sending preliminary replies; the connection was closed.`),
      )
      return
    }
    const waiter = this.#waiter
    this.#waiter = null
    if (waiter) waiter.resolve(reply)
    else this.#replies.push(reply)
    if (this.#owed === 0) this.#settled?.()
    // 421 says that the server closes the connection, whatever it was the answer to (RFC 959 section 4.2.2).
    if (reply.code === 421) {
      this.#end(new SluiceError('connection-lost', `${host} closed the connection: "${showReply(reply)}".`, { reply }))
    }
  }

  #lost(cause?: unknown): void {
    if (this.#ended) return
    const { host } = this.#options
    const why = cause instanceof Error ? ` (${plainCause(cause)})` : ''
    this.fail(new SluiceError('connection-lost', `${host} closed the connection${why}.`, { cause }))
  }

  #endError(): SluiceError {
    return this.#error ?? new SluiceError('not-connected', `Not connected to ${this.#options.host} any more.`)
  }

  #end(error: SluiceError | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#socket.on('error', () => undefined)
    this.#socket.destroy()
    const waiter = this.#waiter
    this.#waiter = null
    waiter?.reject(this.#endError())
    this.#settled?.()
    this.#gone.abort()
    this.#settleClosed(error)
  }
}

export function seconds(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms} ms`
}

/** IPv4 addresses of a dual-stack socket look like ::ffff:192.0.2.1. */
export function bareAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}

/** The error for a TCP connection that could not be made. */
function connectError(host: string, port: number, cause: unknown): SluiceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const at = `${host}:${port}`
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
      return new SluiceError(
        'host-not-found',
        `The name ${host} could not be found. Check its spelling and the network.`,
        { cause },
      )
    case 'ECONNREFUSED':
      return new SluiceError('connect-failed', `Nothing answers at ${at}. Check the port, and that the server runs.`, {
        cause,
      })
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new SluiceError('connect-failed', `${at} cannot be reached from this network.`, { cause })
    case 'ETIMEDOUT':
      return new SluiceError('timeout', `${at} did not answer.`, { cause })
    default:
      return new SluiceError('connect-failed', `Could not connect to ${at}${code ? ` (${code})` : ''}.`, { cause })
  }
}
