/** The pauses between the tries to open a lost session again. They grow, and they end. */

export class Retries {
  readonly #delays: readonly number[]
  readonly #stableAfter: number
  #used = 0
  /** Opened again without a pause already. Not one of the pauses: the loss itself is told, and scheduled, before. */
  #openedAtOnce = false
  /** ms since the epoch; null while no session stands */
  #since: number | null = null
  #timer: NodeJS.Timeout | null = null

  /**
   * @param delays pauses in ms; their number is the number of tries
   * @param stableAfter ms a session must have lived for the next loss to begin with the first pause: a server that hangs
   * up right after every login would be called on for ever otherwise
   */
  constructor(delays: readonly number[], stableAfter: number) {
    this.#delays = delays
    this.#stableAfter = stableAfter
  }

  /** A session stands. */
  connected(): void {
    this.cancel()
    this.#since = Date.now()
  }

  /**
   * Calls `attempt` after the next pause.
   * @returns when, in ms since the epoch; null when the pauses are used up
   */
  schedule(attempt: () => void): number | null {
    this.cancel()
    this.#ended()
    const delay = this.#delays[this.#used]
    if (delay === undefined) return null
    this.#used++
    this.#timer = setTimeout(() => {
      this.#timer = null
      attempt()
    }, delay)
    // A session that nobody waits for must not keep the process alive.
    this.#timer.unref()
    return Date.now() + delay
  }

  /**
   * Whether a session that was lost in the middle of something may be opened again without a pause: once, and then only
   * after it was well for a time. A window that reads its folder anew after every login would never stop otherwise.
   */
  atOnce(): boolean {
    this.#ended()
    if (this.#openedAtOnce) return false
    this.#openedAtOnce = true
    return true
  }

  /** Stops the countdown. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** A person takes the matter up: the next pause is the first one again. */
  restart(): void {
    this.cancel()
    this.#forget()
    this.#since = null
  }

  #ended(): void {
    if (this.#since !== null && Date.now() - this.#since >= this.#stableAfter) this.#forget()
    this.#since = null
  }

  #forget(): void {
    this.#used = 0
    this.#openedAtOnce = false
  }
}
