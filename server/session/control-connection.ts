/** The socket of a control connection: lines in, replies out, TLS over it. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { LineReader, type ReadLine } from '../protocol/line-reader.ts'
import { choosing, sessionCache } from '../tls/index.ts'

/** Bytes that are read ahead of the command that runs; then the socket is paused, and the client has to wait. */
const READ_AHEAD = 16 * 1024
/** ms that a client has to take the last reply and close its side. */
const LAST_WORDS_MS = 2000
const KEEP_ALIVE_MS = 60_000

export interface ControlEvents {
  /** There may be a line. */
  readable(): void
  /** Nothing comes any more, and nothing can be said. Called once. */
  gone(): void
}

export class ControlConnection {
  #socket: Socket
  readonly #events: ControlEvents
  readonly #reader = new LineReader()
  #ending = false
  #gone = false
  #lastWords: NodeJS.Timeout | null = null

  constructor(socket: Socket, events: ControlEvents) {
    this.#socket = socket
    this.#events = events
    // Replies are small and are waited for.
    socket.setNoDelay(true)
    // A client that has vanished without a word is noticed, also while its transfer stalls.
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#listen(socket)
  }

  /** "TLSv1.3" and the like; null in clear. */
  get tls(): string | null {
    return this.#socket instanceof TLSSocket ? this.#socket.getProtocol() : null
  }

  get closed(): boolean {
    return this.#gone || this.#ending
  }

  /** Replies wait that the client does not take. */
  get congested(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** The next line; null when there is none. */
  next(): ReadLine | null {
    if (this.closed) return null
    const line = this.#reader.next()
    if (this.#reader.waiting <= READ_AHEAD && this.#socket.isPaused()) this.#socket.resume()
    return line
  }

  write(text: string): void {
    if (this.closed || !this.#socket.writable) return
    this.#socket.write(text)
  }

  /** The client has taken what was said, or is gone: who only sends commands must not fill the memory with replies. */
  async drained(): Promise<void> {
    while (!this.#gone && this.#socket.writableNeedDrain) {
      const over = new AbortController()
      const { signal } = over
      await Promise.race([once(this.#socket, 'drain', { signal }), once(this.#socket, 'close', { signal })]).catch(
        () => undefined,
      )
      over.abort()
    }
  }

  /**
   * Puts TLS over the socket, as the server's side.
   * @throws Error bytes came in the clear that would be taken for protected ones (CVE-2021-22947), replies wait that the
   * client does not take, or the handshake failed; the connection is then of no use any more
   */
  async secure(context: SecureContext): Promise<void> {
    const plain = this.#socket
    if (!this.#reader.empty || plain.readableLength > 0) throw new Error('Bytes were sent in clear behind AUTH.')
    if (plain.writableLength > 0) throw new Error('The client does not read.')
    plain.removeAllListeners()
    // Errors come from the upper socket; the lower one must not throw its own.
    plain.on('error', () => undefined)
    const secured = new TLSSocket(plain, {
      isServer: true,
      secureContext: context,
      ...sessionCache(context),
      ALPNCallback: choosing('ftp'),
    })
    this.#socket = secured
    this.#listen(secured)
    const over = new AbortController()
    const { signal } = over
    try {
      const first = await Promise.race([
        once(secured, 'secure', { signal }).then(() => 'secure'),
        once(secured, 'close', { signal }).then(() => 'close'),
      ])
      if (first === 'close') throw new Error('The client left in the handshake.')
    } finally {
      over.abort()
    }
  }

  /** Says the last thing, waits a little until the client has it, and closes. */
  end(text: string): void {
    if (this.closed) return
    this.#socket.write(text)
    this.#ending = true
    this.#lastWords = setTimeout(() => this.destroy(), LAST_WORDS_MS)
    this.#socket.end()
    // What still comes is read and thrown away: closing a socket with unread bytes resets it, and the reply is lost.
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
    this.#leave()
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      if (this.closed) return
      this.#reader.push(chunk)
      this.#events.readable()
      if (this.#reader.waiting > READ_AHEAD && !this.closed) socket.pause()
    })
    socket.on('error', () => this.destroy())
    socket.on('drain', () => this.#events.readable())
    socket.on('end', () => {
      if (!this.#ending) this.destroy()
    })
    socket.on('close', () => this.#leave())
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    if (this.#lastWords !== null) clearTimeout(this.#lastWords)
    this.#events.gone()
  }
}
