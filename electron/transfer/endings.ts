/**
 * Tells of every row that ends, at once and once per end. Unlike the change feed it leaves nothing out: whoever must know
 * how each file ended (a console, an exit code) counts on it.
 */
import type { TransferRow } from '../../common/models.ts'

/** Rows read at a time: a hundred thousand that are cancelled together must not all be objects at once. */
const SLICE = 500

export class Endings {
  readonly #rows: (ids: readonly number[]) => TransferRow[]
  readonly #listeners = new Set<(row: TransferRow) => void>()

  /** @param rows reads ended rows by their ids */
  constructor(rows: (ids: readonly number[]) => TransferRow[]) {
    this.#rows = rows
  }

  /** Calls back with every row that ends; returns what stops it. */
  onEnded(callback: (row: TransferRow) => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  /** These rows have ended, and the journal knows it. */
  tell(ids: readonly number[]): void {
    for (let from = 0; from < ids.length && this.#listeners.size > 0; from += SLICE) {
      for (const row of this.#rows(ids.slice(from, from + SLICE)))
        for (const listener of [...this.#listeners]) listener(row)
    }
  }

  dispose(): void {
    this.#listeners.clear()
  }
}
