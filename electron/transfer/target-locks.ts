/** One writer a target: two rows that lead to the same name go one after the other, and the second sees the first's file. */
export class TargetLocks {
  readonly #held = new Map<string, Promise<void>>()

  /**
   * Waits until nobody holds `key`, then holds it; gives what releases it.
   * @throws the signal's reason when it aborts first
   */
  async hold(key: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const aborted = Promise.withResolvers<never>()
    aborted.promise.catch(() => undefined)
    const onAbort = (): void => aborted.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      for (let before = this.#held.get(key); before; before = this.#held.get(key)) {
        await Promise.race([before, aborted.promise])
      }
      return this.#take(key)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
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
