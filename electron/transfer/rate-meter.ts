/** Bytes a second, as a moving average over the last three seconds. */

const WINDOW_MS = 3000
const STEP_MS = 100

export class RateMeter {
  readonly #samples: { time: number; bytes: number }[] = []

  /** @param bytes moved so far in all; @param now ms, monotonic */
  add(bytes: number, now: number): void {
    const last = this.#samples.at(-1)
    // Chunks come thousands of times a second; a sample every step is enough. The first sample of a step stays.
    if (last && now - last.time < STEP_MS && this.#samples.length > 1) last.bytes = bytes
    else this.#samples.push({ time: now, bytes })
    while (this.#samples.length > 2 && (this.#samples[1]?.time ?? now) <= now - WINDOW_MS) this.#samples.shift()
  }

  /** Null before there are two samples. Silence counts: the rate falls while nothing comes. */
  rate(now: number): number | null {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (!first || !last || first === last) return null
    const start = this.#samples.findLast((sample) => sample.time <= now - WINDOW_MS) ?? first
    const elapsed = now - start.time
    return elapsed < STEP_MS ? null : Math.round(((last.bytes - start.bytes) * 1000) / elapsed)
  }
}
