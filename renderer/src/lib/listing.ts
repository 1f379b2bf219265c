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
 * Rows as they arrived. An index into `entries` names a row for as long as the listing lives, whatever the view does;
 * `keys` are made once, because sorting 100,000 names must not stall the window.
 */
export interface Listing {
  readonly entries: Entry[]
  readonly keys: string[]
}

/** Indexes into `entries` in the order in which they are shown. */
export type View = readonly number[]

export function emptyListing(): Listing {
  return { entries: [], keys: [] }
}

/** Folders first, whatever the column and its direction. */
const isFolder = (entry: Entry | undefined): boolean => entry?.type === 'dir'

/** Comparison of two rows for Array.prototype.sort. Ties end at the name, then at the order of arrival. */
function comparison(listing: Listing, sort: SortOrder): (a: number, b: number) => number {
  const { entries, keys } = listing
  const sign = sort.descending ? -1 : 1
  const byName = (a: number, b: number): number => {
    const x = keys[a] ?? ''
    const y = keys[b] ?? ''
    return x < y ? -1 : x > y ? 1 : a - b
  }
  const value: Record<Exclude<SortColumn, 'name'>, (entry: Entry | undefined) => number | string | null | undefined> = {
    size: (entry) => entry?.size,
    modified: (entry) => entry?.modified,
    permissions: (entry) => entry?.permissions,
  }
  const read = sort.column === 'name' ? null : value[sort.column]
  return (a, b) => {
    const folders = Number(isFolder(entries[b])) - Number(isFolder(entries[a]))
    if (folders !== 0) return folders
    if (read === null) return sign * byName(a, b)
    const x = read(entries[a]) ?? null
    const y = read(entries[b]) ?? null
    if (x === y) return byName(a, b)
    // Unknown values stay at the end in both directions: they are never what is looked for.
    if (x === null) return 1
    if (y === null) return -1
    return x < y ? -sign : sign
  }
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

function shown(listing: Listing, from: number, options: ViewOptions): number[] {
  const matches = nameFilter(options.filter)
  const indexes: number[] = []
  for (let i = from; i < listing.entries.length; i++) {
    const name = listing.entries[i]?.name ?? ''
    if (!options.showHidden && name.startsWith('.')) continue
    if (matches && !matches(name)) continue
    indexes.push(i)
  }
  return indexes
}

/** The whole view anew: after a change of order, filter or hidden files. */
export function makeView(listing: Listing, options: ViewOptions): View {
  return shown(listing, 0, options).sort(comparison(listing, options.sort))
}

/** Adds rows that arrived and merges them into the view: sorting only what is new keeps every batch short. */
export function appendEntries(listing: Listing, view: View, batch: readonly Entry[], options: ViewOptions): View {
  const from = listing.entries.length
  for (const entry of batch) {
    listing.entries.push(entry)
    listing.keys.push(naturalKey(entry.name))
  }
  const compare = comparison(listing, options.sort)
  const added = shown(listing, from, options).sort(compare)
  if (view.length === 0) return added
  const merged: number[] = new Array<number>(view.length + added.length)
  let v = 0
  let n = 0
  for (let i = 0; i < merged.length; i++) {
    const old = view[v]
    const fresh = added[n]
    if (fresh === undefined || (old !== undefined && compare(old, fresh) <= 0)) {
      merged[i] = old ?? 0
      v++
    } else {
      merged[i] = fresh
      n++
    }
  }
  return merged
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
    if (isFolder(entry)) sums.folders++
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
