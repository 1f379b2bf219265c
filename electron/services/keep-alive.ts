/** Notices when a connection has been silent for long, so that something can be said on it. */

export class KeepAlive {
  readonly #idleMs: number
  readonly #onIdle: () => void
  #on = false
  #operations = 0
  #timer: NodeJS.Timeout | null = null

  /**
   * @param idleMs silence, in ms
   * @param onIdle called once after it; the count begins again with the next `start` or operation
   */
  constructor(idleMs: number, onIdle: () => void) {
    this.#idleMs = idleMs
    this.#onIdle = onIdle
  }

  /** A connection is there, or something was said on it just now. */
  start(): void {
    this.#on = true
    this.#wind()
  }

  /** There is no connection. */
  stop(): void {
    this.#on = false
    this.#clear()
  }

  /** Runs an operation, during which nobody counts. */
  async during<T>(operation: () => Promise<T>): Promise<T> {
    this.#operations++
    this.#clear()
    try {
      return await operation()
    } finally {
      this.#operations--
      this.#wind()
    }
  }

  #wind(): void {
    this.#clear()
    if (!this.#on || this.#operations > 0) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#onIdle()
    }, this.#idleMs)
    this.#timer.unref()
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
