/**
 * Bytes a second, as a moving average over the last three seconds. It measures from one arrival of bytes to another: a
 * slow server takes megabytes at a time and then nothing for a second, and a rate that sank in between would be no help.
 */

const WINDOW_MS = 3000
const STEP_MS = 100
/** What moves at first goes into the system's buffers, not to the server: megabytes at once, and no measure of anything. */
const SETTLE_MS = 500
/** After so long without a byte, silence counts. */
const SILENCE_MS = 2000

export class RateMeter {
  /** Chunks come thousands of times a second; one sample a step is enough. The first one is where the measure begins. */
  #samples: { time: number; bytes: number }[] = []
  #bytes = 0
  #lastTime = 0
  #firstMove: number | null = null

  /** @param bytes moved so far in all, fewer than before: it begins anew; @param now ms, monotonic */
  add(bytes: number, now: number): void {
    if (bytes < this.#bytes) {
      this.#samples = []
      this.#firstMove = null
    } else if (bytes > this.#bytes) this.#firstMove ??= now
    this.#bytes = bytes
    this.#lastTime = now
    const sample = { time: now, bytes }
    if (this.#firstMove === null || now - this.#firstMove < SETTLE_MS) {
      this.#samples = [sample]
      return
    }
    const last = this.#samples.at(-1)
    if (last && now - last.time < STEP_MS) return
    this.#samples.push(sample)
    while ((this.#samples[1]?.time ?? now) <= now - WINDOW_MS) this.#samples.shift()
  }

  /** Null until bytes have moved for a moment. A long silence counts: the rate falls while nothing comes. */
  rate(now: number): number | null {
    const isSilent = now - this.#lastTime > SILENCE_MS
    const end = isSilent ? now : this.#lastTime
    const start = this.#samples.findLast((sample) => sample.time <= end - WINDOW_MS) ?? this.#samples[0]
    if (!start || end - start.time < STEP_MS) return null
    return Math.round(((this.#bytes - start.bytes) * 1000) / (end - start.time))
  }
}
