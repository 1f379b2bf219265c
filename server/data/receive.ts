/** Takes bytes from a socket into big blocks of memory and hands them on in order. */
import type { Socket } from 'node:net'
import { readInto } from './read-into.ts'

/** One is being written, one is full and waits, and one is ready for what comes next. */
const BLOCKS = 3

/**
 * Each write to the disk is a turn through another thread, which a busy machine makes wait: few big ones are faster. Of a
 * small upload's blocks only the beginning is ever touched, so that they take up no memory.
 */
const BLOCK_BYTES = 512 * 1024

/** Kept for later: 16 MiB at most. */
const MAX_FREE = 32
const free: Buffer[] = []

interface Block {
  buffer: Buffer
  filled: number
  /** Bytes that `next` gave. */
  given: number
}

/**
 * The bytes of one socket: `next()` gives what has come, in memory that is used again after `release()`. The socket is
 * paused while too much waits.
 */
export class Inflow {
  readonly #wake: () => void
  /** Oldest first; the last one fills. */
  readonly #blocks: Block[] = []
  #socket: Socket | null = null
  #copies = true
  #stuffed = false
  #stopped = false
  readonly #onData = (chunk: Buffer): void => {
    for (let rest = chunk; rest.length > 0;) {
      const copied = rest.copy(this.#room())
      rest = rest.subarray(copied)
      this.#took(copied)
    }
    if (this.#stuffed) this.#socket?.pause()
  }

  /** @param wake something has come */
  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** Puts another socket in the place of a plain one where that can spare each byte a copy. */
  under(socket: Socket): Socket {
    const direct = readInto(socket, { room: () => this.#room(), took: (bytes) => this.#took(bytes) })
    this.#copies = direct === null
    return direct ?? socket
  }

  /** Begins to read. @param socket what `under` gave, or one with TLS */
  start(socket: Socket): void {
    this.#socket = socket
    if (this.#copies) socket.on('data', this.#onData)
    socket.resume()
  }

  /** Nothing waits to be taken. */
  get empty(): boolean {
    return this.#blocks.every(({ filled, given }) => filled === given)
  }

  #room(): Buffer {
    let last = this.#blocks.at(-1)
    if (last === undefined || last.filled === BLOCK_BYTES) {
      last = { buffer: free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES), filled: 0, given: 0 }
      this.#blocks.push(last)
    }
    return last.buffer.subarray(last.filled)
  }

  /** So much was put where `room` said. False: no more may come for now. */
  #took(bytes: number): boolean {
    const last = this.#blocks.at(-1)
    if (this.#stopped || last === undefined) return false
    last.filled += bytes
    // The last block is for what may be on its way already.
    const full = last.filled === BLOCK_BYTES ? this.#blocks.length : this.#blocks.length - 1
    this.#stuffed = full >= BLOCKS - 1
    this.#wake()
    return !this.#stuffed
  }

  /** The next bytes in order, which `release` wants back before it is asked again; null when none have come. */
  next(): Buffer | null {
    const [first] = this.#blocks
    if (first === undefined || first.given === first.filled) return null
    const chunk = first.buffer.subarray(first.given, first.filled)
    first.given = first.filled
    return chunk
  }

  /** Nobody uses what `next` gave any more. */
  release(): void {
    if (this.#blocks[0]?.given !== BLOCK_BYTES) return
    giveBack(this.#blocks.shift())
    if (!this.#stuffed || this.#stopped) return
    this.#stuffed = false
    this.#socket?.resume()
  }

  /** Takes no more, and gives the memory back. */
  stop(): void {
    this.#stopped = true
    this.#socket?.off('data', this.#onData)
    // What a socket that has not ended may still read into is nobody else's.
    if (!this.#copies && this.#socket?.readableEnded !== true) this.#blocks.pop()
    for (const block of this.#blocks.splice(0)) giveBack(block)
  }
}

function giveBack(block: Block | undefined): void {
  if (block !== undefined && free.length < MAX_FREE) free.push(block.buffer)
}
