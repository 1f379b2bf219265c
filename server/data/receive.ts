/** Takes bytes from a socket into big buffers and hands them on in order. */
import type { Socket } from 'node:net'
import { BUFFER_BYTES, returnBuffer, takeBuffer } from './buffer-pool.ts'

/** One that fills, one that is written, one to spare: the disk and the network need not wait for each other. */
const BUFFERS = 3

/**
 * The bytes of one socket: `next()` gives what has come, in buffers that are used again after `release()`. The socket is
 * paused while all of them are taken.
 */
export class Inflow {
  readonly #socket: Socket
  readonly #wake: () => void
  readonly #full: Buffer[] = []
  readonly #onData = (chunk: Buffer): void => this.#take(chunk)
  #filling: Buffer | null = null
  #filled = 0
  #taken = 0
  /** What came when no buffer was free. */
  #over: Buffer | null = null

  /** @param wake something has come */
  constructor(socket: Socket, wake: () => void) {
    this.#socket = socket
    this.#wake = wake
    socket.on('data', this.#onData)
  }

  /** Bytes wait to be taken. */
  get empty(): boolean {
    return this.#full.length === 0 && this.#filled === 0 && this.#over === null
  }

  /** Paused: the other side need not send. */
  get stuffed(): boolean {
    return this.#over !== null
  }

  #take(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#filling === null) {
        if (this.#taken === BUFFERS) {
          this.#over = rest
          this.#socket.pause()
          break
        }
        this.#taken++
        this.#filling = takeBuffer()
      }
      const copied = rest.copy(this.#filling, this.#filled)
      this.#filled += copied
      rest = rest.subarray(copied)
      if (this.#filled === BUFFER_BYTES) this.#close()
    }
    this.#wake()
  }

  #close(): void {
    if (this.#filling === null) return
    this.#full.push(this.#filling.subarray(0, this.#filled))
    this.#filling = null
    this.#filled = 0
  }

  /** The next bytes in order; null when none have come. */
  next(): Buffer | null {
    if (this.#full.length === 0) this.#close()
    return this.#full.shift() ?? null
  }

  /** Nobody uses what `next` gave any more. */
  release(chunk: Buffer): void {
    // What `next` gives is a view from a buffer's beginning.
    returnBuffer(Buffer.from(chunk.buffer, 0, BUFFER_BYTES))
    this.#taken--
    const over = this.#over
    if (over === null) return
    this.#over = null
    this.#take(over)
    if (this.#over === null) this.#socket.resume()
  }

  /** Takes no more, and gives all buffers back but those not released. */
  stop(): void {
    this.#socket.off('data', this.#onData)
    this.#over = null
    this.#close()
    for (const chunk of this.#full.splice(0)) this.release(chunk)
  }
}
