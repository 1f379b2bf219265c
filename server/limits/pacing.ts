/** Speed limits of accounts. */
import type { Clock } from './clock.ts'

/** ms of silence that an account may make up for at once. */
const BURST_MS = 250
/** Buckets that are kept at most before the full ones are thrown away. */
const MANY = 1000

/** One token bucket for each account and direction, shared by all its sessions. */
export class Pacing {
  /** When the bytes granted so far will have been paid for, in ms of the clock. */
  readonly #paidAt = new Map<string, number>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits until so many bytes may pass at `rate` bytes a second; turns come in the order of asking. @throws AbortError */
  async take(key: string, rate: number, bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = this.#clock.now()
    const start = Math.max(this.#paidAt.get(key) ?? 0, now - BURST_MS)
    this.#forget(now)
    const paidAt = start + (bytes / rate) * 1000
    this.#paidAt.set(key, paidAt)
    const wait = paidAt - now
    if (wait > 0) await this.#clock.sleep(wait, signal)
  }

  #forget(now: number): void {
    if (this.#paidAt.size < MANY) return
    for (const [key, paidAt] of this.#paidAt) if (paidAt <= now - BURST_MS) this.#paidAt.delete(key)
  }
}
