/**
 * Tells listeners what changed, at most twenty times a second and never more than the window can hold: of a million
 * rows it hears of those it was shown, of those that come to life, and of the totals.
 */
import { FINAL_STATES, type Side, type TransferRow, type TransferTotals } from '../../common/models.ts'
import type { TransferChange } from './types.ts'

const INTERVAL_MS = 50
/** While something runs, rates are told anew this often even when no byte came. */
const HEARTBEAT_MS = 1000

export interface FeedSource {
  /** Current rows for these ids; unknown ids are left out. */
  rows(ids: readonly number[]): TransferRow[]
  totals(): TransferTotals
  /** Ids of rows that have a job. */
  active(): Iterable<number>
}

export class ChangeFeed {
  readonly #source: FeedSource
  readonly #limit: number
  readonly #listeners = new Set<(change: TransferChange) => void>()
  readonly #folderListeners = new Set<(side: Side, path: string) => void>()
  /** What listeners have: id -> whether it has ended. Oldest first. */
  readonly #shown = new Map<number, boolean>()
  readonly #touched = new Set<number>()
  readonly #removed = new Set<number>()
  readonly #folders: Record<Side, Set<string>> = { local: new Set(), remote: new Set() }
  #timer: NodeJS.Timeout | null = null
  #heartbeat: NodeJS.Timeout | null = null

  constructor(source: FeedSource, limit: number) {
    this.#source = source
    this.#limit = limit
  }

  onChange(callback: (change: TransferChange) => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  onFolderChanged(callback: (side: Side, path: string) => void): () => void {
    this.#folderListeners.add(callback)
    return () => this.#folderListeners.delete(callback)
  }

  /** A row that listeners should hear of. */
  touch(id: number): void {
    this.#touched.add(id)
    this.#schedule()
  }

  /** New rows that wait: told while there is room. Totals are told in any case. */
  added(first: number, last: number): void {
    for (let id = first; id <= last && this.#shown.size + this.#touched.size < this.#limit; id++) this.#touched.add(id)
    this.#schedule()
  }

  /** Many rows changed at once: of those only the shown ones are told. */
  changed(ids: readonly number[]): void {
    for (const id of ids)
      if (this.#shown.has(id) || this.#shown.size + this.#touched.size < this.#limit) this.#touched.add(id)
    this.#schedule()
  }

  /** Every row that has ended is gone from the journal. */
  removeEnded(): void {
    this.#flush()
    for (const [id, ended] of this.#shown) if (ended) this.#drop(id)
    this.#schedule()
  }

  removed(ids: readonly number[]): void {
    for (const id of ids) {
      this.#touched.delete(id)
      if (this.#shown.has(id)) this.#drop(id)
    }
    this.#schedule()
  }

  folder(side: Side, path: string): void {
    this.#folders[side].add(path)
    this.#schedule()
  }

  /** What a listener starts with. */
  reset(rows: readonly TransferRow[]): void {
    this.#shown.clear()
    for (const row of rows) this.#shown.set(row.id, FINAL_STATES.has(row.state))
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#heartbeat) clearTimeout(this.#heartbeat)
    this.#listeners.clear()
    this.#folderListeners.clear()
    this.#disposed = true
  }

  #disposed = false

  #schedule(): void {
    if (this.#disposed) return
    this.#timer ??= setTimeout(() => this.#flush(), INTERVAL_MS)
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const changed = this.#source.rows([...this.#touched])
    this.#touched.clear()
    for (const row of changed) this.#show(row)
    const removed = [...this.#removed]
    this.#removed.clear()
    const change: TransferChange = { changed, removed, totals: this.#source.totals() }
    for (const listener of this.#listeners) listener(change)
    for (const side of ['local', 'remote'] as const) {
      const paths = [...this.#folders[side]]
      this.#folders[side].clear()
      for (const path of paths) for (const listener of this.#folderListeners) listener(side, path)
    }
    this.#beat()
  }

  #beat(): void {
    if (this.#heartbeat || this.#disposed) return
    const active = [...this.#source.active()]
    if (active.length === 0) return
    this.#heartbeat = setTimeout(() => {
      this.#heartbeat = null
      for (const id of this.#source.active()) this.touch(id)
    }, HEARTBEAT_MS)
  }

  #show(row: TransferRow): void {
    this.#removed.delete(row.id)
    this.#shown.set(row.id, FINAL_STATES.has(row.state))
    if (this.#shown.size <= this.#limit) return
    for (const [id, ended] of this.#shown) {
      if (!ended || id === row.id) continue
      this.#drop(id)
      return
    }
  }

  #drop(id: number): void {
    this.#shown.delete(id)
    this.#removed.add(id)
  }
}
