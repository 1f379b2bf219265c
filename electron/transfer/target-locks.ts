/** One writer a target: two rows that lead to the same name go one after the other, and the second sees the first's file. */
import { untilAborted } from '../../common/until-aborted.ts'

export class TargetLocks {
  readonly #held = new Map<string, Promise<void>>()

  /**
   * Waits until nobody holds `key`, then holds it; gives what releases it.
   * @throws the signal's reason when it aborts first
   */
  async hold(key: string, signal: AbortSignal): Promise<() => void> {
    for (let before = this.#held.get(key); before; before = this.#held.get(key)) await untilAborted(before, signal)
    signal.throwIfAborted()
    return this.#take(key)
  }

  /** Holds `key` if it is free; null if it is not. */
  tryHold(key: string): (() => void) | null {
    return this.#held.has(key) ? null : this.#take(key)
  }

  #take(key: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held.set(key, promise)
    return () => {
      if (this.#held.get(key) === promise) this.#held.delete(key)
      resolve()
    }
  }
}
