/**
 * Remembers what content a file had when it was last read, so that an unchanged file need not be read to ask for its
 * verdict. A hint may be wrong (clocks, tricks with times) without harm: the clearance it leads to is for the hinted
 * hash, and the bytes that are sent later must match it.
 */
import type { BigIntStats } from 'node:fs'

/** About 300 bytes each. */
const CAPACITY = 200_000

export class ContentHints {
  readonly #hints = new Map<string, { facts: string; sha256: string }>()

  /** Lower-case hex, or null when the file is unknown or has changed. */
  get(path: string, stats: BigIntStats): string | null {
    const hint = this.#hints.get(path)
    return hint?.facts === factsOf(stats) ? hint.sha256 : null
  }

  set(path: string, stats: BigIntStats, sha256: string): void {
    this.#hints.delete(path)
    this.#hints.set(path, { facts: factsOf(stats), sha256 })
    const oldest = this.#hints.keys().next()
    if (this.#hints.size > CAPACITY && !oldest.done) this.#hints.delete(oldest.value)
  }
}

/** Everything that changes when a file is written, replaced or swapped; ctime cannot be set by hand. */
export function factsOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`
}
