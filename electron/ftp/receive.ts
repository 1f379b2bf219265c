/**
 * The receiving end of a data connection. Bytes land in blocks that are used again: the network fills one while the
 * sink works on another, and no byte is copied in between (measured: half the time of streams, and flat memory).
 */
import type { OnReadOpts, Socket } from 'node:net'
import { SluiceError } from '../../common/errors.ts'
import { seconds } from './control-connection.ts'
import type { Sink } from './options.ts'

export const BLOCK_BYTES = 512 * 1024
/** Blocks that may wait for the sink before reading stops; one more is always there to read into. */
const MAX_WAITING = 2
/** Blocks kept for the next transfer: a small file must not pay for a fresh one. */
const MAX_SPARE = 12
/** How long bytes may rest before the sink gets them, in ms. */
const LINGER = 100
const spare: Buffer[] = []

interface Block {
  buffer: Buffer
  /** Bytes received into it. */
  filled: number
  /** Bytes queued for the sink, of those received. */
  handed: number
  /** Stretches of it in the queue. */
  waiting: number
}

interface Stretch {
  block: Block
  start: number
  end: number
}

export interface ReceiverOptions {
  sink: Sink
  /** Bytes to gather before the sink is called; fewer are handed over at the end, and when they have rested a while. */
  gather: number
  /** ms */
  idleTimeout: number
  host: string
  onProgress?: ((bytes: number) => void) | undefined
}

export class Receiver {
  /** Resolves when the peer has ended the connection and the sink has taken every byte. */
  readonly done: Promise<void>
  bytes = 0
  readonly #options: ReceiverOptions
  readonly #blocks: Block[] = []
  #current: Block
  /** Waiting for the sink, oldest first; the first one is in its hands while `#busy`. */
  readonly #queue: Stretch[] = []
  #busy = false
  #paused = false
  #ended = false
  #settled = false
  #resolve: () => void = () => undefined
  #reject: (error: unknown) => void = () => undefined
  #socket: Socket | null = null
  #idle: NodeJS.Timeout | undefined
  #linger: NodeJS.Timeout | undefined

  constructor(options: ReceiverOptions) {
    this.#options = options
    this.#current = this.#freeBlock()
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // The transfer may fail elsewhere before anyone looks at `done`.
    this.done.catch(() => undefined)
  }

  /** For `connect`: the socket reads straight into the blocks. */
  get onread(): OnReadOpts {
    return {
      buffer: () => this.#current.buffer.subarray(this.#current.filled),
      callback: (count) => {
        this.#received(count)
        return !this.#paused
      },
    }
  }

  /** Watches the socket. `data`: it was not made with `onread` (an accepted socket cannot be), so its chunks are copied. */
  attach(socket: Socket, reads: 'onread' | 'data'): void {
    this.#socket = socket
    const { host } = this.#options
    socket.once('end', () => {
      this.#ended = true
      clearTimeout(this.#idle)
      this.#hand()
    })
    socket.on('error', (cause) => this.fail(brokenOff(host, cause)))
    socket.once('close', () => {
      if (!this.#ended) this.fail(brokenOff(host))
    })
    if (reads === 'data') {
      socket.on('data', (chunk: Buffer) => {
        for (let at = 0; at < chunk.length && !this.#settled;) {
          const count = chunk.copy(this.#current.buffer, this.#current.filled, at)
          at += count
          this.#received(count)
        }
        if (this.#paused) socket.pause()
      })
    }
  }

  /** From now on the peer's silence is timed. */
  expectData(): void {
    if (this.#settled || this.#ended || this.#paused) return
    const { idleTimeout, host } = this.#options
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      this.fail(new SluiceError('timeout', `${host} sent nothing on the data connection for ${seconds(idleTimeout)}.`))
    }, idleTimeout)
  }

  /** Ends it with an error; the socket is destroyed. */
  fail(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#socket?.destroy()
    this.#reject(error)
  }

  /** Wants nothing more: what still comes is read and thrown away, so that the peer can end in order. */
  abandon(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#paused = false
    this.#socket?.resume()
    this.#reject(error)
  }

  #received(count: number): void {
    if (this.#settled || count === 0) return
    const block = this.#current
    block.filled += count
    this.bytes += count
    this.#idle?.refresh()
    const full = block.filled === block.buffer.length
    if (full || block.filled - block.handed >= this.#options.gather) this.#hand()
    else this.#linger ??= setTimeout(() => this.#hand(), LINGER)
    if (full) this.#current = this.#freeBlock()
    this.#options.onProgress?.(this.bytes)
    // TLS hands over what it has decrypted even after reading stopped; the current block has room for that.
    if (!this.#paused && this.#waitingBlocks() >= MAX_WAITING) {
      this.#paused = true
      // Our own slowness must not look like the peer's silence.
      clearTimeout(this.#idle)
    }
  }

  /** Queues what was received and not queued yet. */
  #hand(): void {
    clearTimeout(this.#linger)
    this.#linger = undefined
    if (this.#settled) return
    const block = this.#current
    const last = this.#queue.at(-1)
    if (block.filled > block.handed) {
      if (last?.block === block && (this.#queue.length > 1 || !this.#busy)) {
        last.end = block.filled
      } else {
        this.#queue.push({ block, start: block.handed, end: block.filled })
        block.waiting += 1
      }
      block.handed = block.filled
    }
    if (!this.#busy) this.#pump()
  }

  #pump(): void {
    for (let stretch = this.#queue[0]; stretch && !this.#settled; stretch = this.#queue[0]) {
      let outcome: void | Promise<void>
      try {
        outcome = this.#options.sink(stretch.block.buffer.subarray(stretch.start, stretch.end))
      } catch (error) {
        this.fail(error)
        return
      }
      if (outcome) {
        this.#busy = true
        outcome.then(
          () => {
            this.#busy = false
            this.#taken()
            this.#pump()
          },
          (error: unknown) => this.fail(error),
        )
        return
      }
      this.#taken()
    }
    if (this.#ended && !this.#settled) {
      this.#settle()
      // Only now: after a failure the sink or the socket may still hold a block.
      for (const { buffer } of this.#blocks) if (spare.length < MAX_SPARE) spare.push(buffer)
      this.#resolve()
    }
  }

  /** The sink is done with the first stretch. */
  #taken(): void {
    const stretch = this.#queue.shift()
    if (stretch) stretch.block.waiting -= 1
    if (this.#paused && !this.#settled && this.#waitingBlocks() < MAX_WAITING) {
      this.#paused = false
      this.expectData()
      this.#socket?.resume()
    }
  }

  #waitingBlocks(): number {
    let count = 0
    for (const block of this.#blocks) if (block !== this.#current && block.waiting > 0) count += 1
    return count
  }

  #freeBlock(): Block {
    let block = this.#blocks.find((each) => each.waiting === 0)
    if (!block) {
      block = { buffer: spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES), filled: 0, handed: 0, waiting: 0 }
      this.#blocks.push(block)
    }
    block.filled = 0
    block.handed = 0
    return block
  }

  #settle(): void {
    this.#settled = true
    clearTimeout(this.#idle)
    clearTimeout(this.#linger)
  }
}

function brokenOff(host: string, cause?: unknown): SluiceError {
  if (cause instanceof SluiceError) return cause
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new SluiceError('data-truncated', `The data connection to ${host} broke off${why}.`, { cause })
}
