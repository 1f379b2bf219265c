/** Takes bytes from a socket into big buffers and hands them on in order. */
import type { Socket } from 'node:net'

/** One that fills while one is written. */
const BUFFERS = 2

/**
 * Each write to the disk is a turn through another thread, which a busy machine makes wait: few big ones are faster. Of
 * a slow upload's buffers only the beginning is ever touched, so that they take up no memory.
 */
const BUFFER_BYTES = 1024 * 1024

/** Kept for later: 16 MiB at most. */
const MAX_FREE = 16
const free: Buffer[] = []

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
        this.#filling = free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
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
    if (free.length < MAX_FREE) free.push(Buffer.from(chunk.buffer, 0, BUFFER_BYTES))
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
