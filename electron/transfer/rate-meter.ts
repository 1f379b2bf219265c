/** Bytes a second, as a moving average over the last three seconds. */

const WINDOW_MS = 3000
const STEP_MS = 100

export class RateMeter {
  /** Chunks come thousands of times a second; one sample a step is enough. */
  readonly #samples: { time: number; bytes: number }[] = []
  #bytes = 0

  /** @param bytes moved so far in all; @param now ms, monotonic */
  add(bytes: number, now: number): void {
    this.#bytes = bytes
    const last = this.#samples.at(-1)
    if (last && now - last.time < STEP_MS) return
    this.#samples.push({ time: now, bytes })
    while ((this.#samples[1]?.time ?? now) <= now - WINDOW_MS) this.#samples.shift()
  }

  /** Null in the first moment. Silence counts: the rate falls while nothing comes. */
  rate(now: number): number | null {
    const start = this.#samples.findLast((sample) => sample.time <= now - WINDOW_MS) ?? this.#samples[0]
    if (!start || now - start.time < STEP_MS) return null
    return Math.round(((this.#bytes - start.bytes) * 1000) / (now - start.time))
  }
}
