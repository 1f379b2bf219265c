/** Bounded concurrency: so many at once, so many waiting, the rest is turned away. */
import { SluiceError } from '../common/errors.ts'

export class Slots {
  readonly #limit: number
  readonly #queueLimit: number
  readonly #waiting: (() => void)[] = []
  #used = 0

  /**
   * @param limit how many may hold a slot
   * @param queueLimit how many may wait for one
   */
  constructor(limit: number, queueLimit: number) {
    this.#limit = limit
    this.#queueLimit = queueLimit
  }

  /** Waits for a slot, first come first served; gives what frees it. Throws `agent-unavailable` when the queue is full. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#used < this.#limit) {
      this.#used++
    } else {
      if (this.#waiting.length >= this.#queueLimit) {
        throw new SluiceError('agent-unavailable', 'The agent has more to scan than it can take. Try again later.')
      }
      await this.#wait(signal)
    }
    let released = false
    return () => {
      if (released) return
      released = true
      // The slot goes straight to the next in line, so that nobody can slip in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#used--
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const enter = (): void => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = (): void => {
      const at = this.#waiting.indexOf(enter)
      if (at !== -1) this.#waiting.splice(at, 1)
      reject(signal.reason as Error)
    }
    this.#waiting.push(enter)
    signal.addEventListener('abort', leave, { once: true })
    return promise
  }
}
