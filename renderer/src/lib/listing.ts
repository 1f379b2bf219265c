import type { Entry } from '../../../common/models.ts'
import { naturalKey } from './natural-key.ts'

/** Pure model of a folder's rows: stable storage that only grows, and a view of it, sorted and filtered. */

export const SORT_COLUMNS = ['name', 'size', 'modified', 'permissions'] as const
export type SortColumn = (typeof SORT_COLUMNS)[number]

export interface SortOrder {
  column: SortColumn
  descending: boolean
}

export interface ViewOptions {
  sort: SortOrder
  /** Part of a name, or a pattern with `*` and `?`; '' for all. */
  filter: string
  showHidden: boolean
}

/**
 * Rows as they arrived. An index into `entries` names a row for as long as the listing lives, whatever the view does.
 * Sorting 100,000 names must not stall the window: `keys` are made once a name, and `byName`, all rows in the order of
 * their names, grows by merging, so that every view starts from names already in order.
 */
export interface Listing {
  readonly entries: Entry[]
  readonly keys: string[]
  byName: readonly number[]
}

/** Indexes into `entries` in the order in which they are shown. */
export type View = readonly number[]

export function emptyListing(): Listing {
  return { entries: [], keys: [], byName: [] }
}

/** Makes the test that a filter text stands for; null when everything passes. */
export function nameFilter(filter: string): ((name: string) => boolean) | null {
  const text = filter.trim().toLowerCase()
  if (text === '') return null
  if (!/[*?]/.test(text)) return (name) => name.toLowerCase().includes(text)
  return (name) => matchesPattern(text, name.toLowerCase())
}

/** `*` for any characters, `?` for one. Greedy with one way back, so that no pattern can take exponential time. */
function matchesPattern(pattern: string, name: string): boolean {
  let p = 0
  let n = 0
  let star = -1
  let retry = 0
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++
      retry = n
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++
      n++
    } else if (star >= 0) {
      p = star + 1
      n = ++retry
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** Adds rows that arrived; only they are sorted, then merged with those before. Rows of equal key stay as they came. */
export function appendEntries(listing: Listing, batch: readonly Entry[]): void {
  const { entries, keys, byName } = listing
  const added = batch.map((_, index) => entries.length + index)
  for (const entry of batch) {
    entries.push(entry)
    keys.push(naturalKey(entry.name))
  }
  const keyOf = (row: number): string => keys[row] ?? ''
  added.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a - b))
  const merged: number[] = []
  let old = 0
  for (const row of added) {
    const key = keyOf(row)
    for (let next = byName[old]; next !== undefined && keyOf(next) <= key; next = byName[old]) {
      merged.push(next)
      old++
    }
    merged.push(row)
  }
  for (; old < byName.length; old++) merged.push(byName[old] ?? 0)
  listing.byName = merged
}

/** The rows to show, in order: folders first whatever the column, unknown values last, ties by name. */
export function makeView(listing: Listing, { sort, filter, showHidden }: ViewOptions): View {
  const { entries, byName } = listing
  const matches = nameFilter(filter)
  const folders: number[] = []
  const others: number[] = []
  const turned = sort.column === 'name' && sort.descending
  for (let i = 0; i < byName.length; i++) {
    const row = byName[turned ? byName.length - 1 - i : i] ?? 0
    const entry = entries[row]
    if (entry === undefined || (!showHidden && entry.name.startsWith('.'))) continue
    if (matches && !matches(entry.name)) continue
    if (entry.type === 'dir') folders.push(row)
    else others.push(row)
  }
  if (sort.column !== 'name') {
    const compare = comparison(entries, sort.column, sort.descending ? -1 : 1)
    // Stable: rows of equal value keep the order of their names.
    folders.sort(compare)
    others.sort(compare)
  }
  return folders.concat(others)
}

/** Unknown values stay at the end in both directions: they are never what is looked for. */
function comparison(
  entries: readonly Entry[],
  column: Exclude<SortColumn, 'name'>,
  sign: 1 | -1,
): (a: number, b: number) => number {
  if (column === 'permissions') {
    const text = (row: number): string => entries[row]?.permissions ?? ''
    return (a, b) => {
      const [x, y] = [text(a), text(b)]
      return x === y ? 0 : x === '' ? 1 : y === '' ? -1 : x < y ? -sign : sign
    }
  }
  const last = sign * Number.POSITIVE_INFINITY
  const values = Float64Array.from(entries, (entry) => entry[column] ?? last)
  return (a, b) => {
    const x = values[a] ?? last
    const y = values[b] ?? last
    return x === y ? 0 : x < y ? -sign : sign
  }
}

/** What the status line under a pane says. */
export interface ListingSums {
  files: number
  folders: number
  /** Bytes of all files whose size is known. */
  bytes: number
}

export function sumOf(listing: Listing, indexes: Iterable<number>): ListingSums {
  const sums = { files: 0, folders: 0, bytes: 0 }
  for (const index of indexes) {
    const entry = listing.entries[index]
    if (entry === undefined) continue
    if (entry.type === 'dir') sums.folders++
    else {
      sums.files++
      sums.bytes += entry.size ?? 0
    }
  }
  return sums
}

/** First row at or after `from` in the view, wrapping around, whose name starts with what was typed; -1 for none. */
export function findByPrefix(listing: Listing, view: View, typed: string, from: number): number {
  const prefix = typed.toLowerCase()
  for (let step = 0; step < view.length; step++) {
    const position = (from + step) % view.length
    const entry = listing.entries[view[position] ?? -1]
    if (entry?.name.toLowerCase().startsWith(prefix)) return position
  }
  return -1
}
