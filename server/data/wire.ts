/**
 * The raw socket below TLS as a stream of its own. Node reports the end of a TLS stream alike whether the other side
 * said goodbye (close_notify) or the connection was merely cut, by anyone on the way. Here the end of the raw socket is
 * kept from TLS: whatever then ends was ended by close_notify.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export class Wire extends Duplex {
  readonly #socket: Socket
  #cut = false
  #onCut: () => void = () => {}
  #holding = false
  #held: (() => void) | null = null

  constructor(socket: Socket) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    const cut = (): void => {
      if (this.#cut) return
      this.#cut = true
      this.#onCut()
    }
    socket.on('data', (chunk) => {
      if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', cut)
    socket.on('error', cut)
    socket.on('close', cut)
  }

  /** The socket has ended or failed, after all it brought was handed on. */
  get cut(): boolean {
    return this.#cut
  }

  /** Calls back when it is cut, at once if it is; replaces who was called before. */
  onCut(callback: () => void): void {
    this.#onCut = callback
    if (this.#cut) callback()
  }

  /**
   * Keeps back what TLS says until `release`. The tickets of TLS 1.3 come behind the handshake, to a client that only
   * sends: it closes with them unread, its system resets the connection, and what it sent last is lost on our side.
   */
  hold(): void {
    this.#holding = true
  }

  release(): void {
    this.#holding = false
    this.#held?.()
    this.#held = null
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const write = (): void => void this.#socket.write(chunk, done)
    if (this.#holding) this.#held = write
    else write()
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}
