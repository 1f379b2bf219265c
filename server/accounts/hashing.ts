/** Lets few slow hashes run at once: each takes memory and a thread that file access needs too. */
import { SluiceError } from '../../common/errors.ts'

/** Of the four threads that Node shares between hashes and files. */
const AT_ONCE = 2
const MAX_WAITING = 1000

export class HashingQueue {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @throws SluiceError timeout when too many wait already: somebody guesses, and the rest shall not wait for ever */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING)
        throw new SluiceError('timeout', 'Too many logins at once. Try again in a minute.')
      const { promise, resolve } = Promise.withResolvers<undefined>()
      this.#waiting.push(() => resolve(undefined))
      await promise
    } else {
      this.#running++
    }
    try {
      return await work()
    } finally {
      // The place passes to the next without being free in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
