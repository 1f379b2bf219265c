import { expect, test } from 'vitest'
import type { Entry } from '../../../common/models.ts'
import {
  appendEntries,
  emptyListing,
  findByPrefix,
  makeView,
  nameFilter,
  sumOf,
  SORT_COLUMNS,
  type Listing,
  type View,
  type ViewOptions,
} from './listing.ts'

const byName: ViewOptions = { sort: { column: 'name', descending: false }, filter: '', showHidden: false }

function entry(name: string, more: Partial<Entry> = {}): Entry {
  const nothing = { size: null, modified: null, permissions: null, owner: null, group: null, target: null }
  return { name, type: 'file', ...nothing, ...more }
}

function listingOf(entries: Entry[], options = byName): { listing: Listing; view: View } {
  const listing = emptyListing()
  appendEntries(listing, entries)
  return { listing, view: makeView(listing, options) }
}

const names = (listing: Listing, view: View): string[] => view.map((i) => listing.entries[i]?.name ?? '?')

test('folders come first, names in natural order', () => {
  const { listing, view } = listingOf([entry('b10'), entry('b9'), entry('zoo', { type: 'dir' }), entry('A')])
  expect(names(listing, view)).toEqual(['zoo', 'A', 'b9', 'b10'])
})

test('folders stay first when the order is turned round', () => {
  const options: ViewOptions = { ...byName, sort: { column: 'name', descending: true } }
  const { listing, view } = listingOf([entry('a'), entry('dir', { type: 'dir' }), entry('b')], options)
  expect(names(listing, view)).toEqual(['dir', 'b', 'a'])
})

test('unknown sizes are last in both directions, ties go by name', () => {
  const entries = [entry('none'), entry('b', { size: 5 }), entry('a', { size: 5 }), entry('big', { size: 9 })]
  const sizeUp: ViewOptions = { ...byName, sort: { column: 'size', descending: false } }
  const { listing } = listingOf(entries)
  expect(names(listing, makeView(listing, sizeUp))).toEqual(['a', 'b', 'big', 'none'])
  const sizeDown: ViewOptions = { ...byName, sort: { column: 'size', descending: true } }
  expect(names(listing, makeView(listing, sizeDown))).toEqual(['big', 'a', 'b', 'none'])
})

test('batches merge into the same view as everything at once', () => {
  const entries = Array.from({ length: 500 }, (_, i) =>
    entry(`f${(i * 7919) % 500}`, { type: i % 9 === 0 ? 'dir' : 'file' }),
  )
  const listing = emptyListing()
  for (let i = 0; i < entries.length; i += 37) appendEntries(listing, entries.slice(i, i + 37))
  const once = listingOf(entries)
  expect(names(listing, makeView(listing, byName))).toEqual(names(once.listing, once.view))
  expect(listing.byName).toHaveLength(500)
})

test('a name listed twice stays two rows', () => {
  const { view } = listingOf([entry('same'), entry('same', { type: 'link' })])
  expect(view).toHaveLength(2)
})

test('hidden files and the filter take rows out of the view', () => {
  const { listing } = listingOf([entry('.profile'), entry('Report.PDF'), entry('notes.txt')])
  expect(names(listing, makeView(listing, byName))).toEqual(['notes.txt', 'Report.PDF'])
  expect(names(listing, makeView(listing, { ...byName, showHidden: true, filter: 'PRO' }))).toEqual(['.profile'])
})

test('patterns match the whole name, and cost no exponential time', () => {
  const matches = (filter: string, name: string): boolean => nameFilter(filter)?.(name) ?? true
  expect(matches('*.pdf', 'Report.PDF')).toBe(true)
  expect(matches('*.pdf', 'report.pdf.exe')).toBe(false)
  expect(matches('a?c*', 'abcdef')).toBe(true)
  expect(matches('a.c*', 'abc')).toBe(false)
  expect(matches('*a*b', 'xaxbxb')).toBe(true)
  expect(matches(`${'*a'.repeat(40)}*b`, 'a'.repeat(20_000))).toBe(false)
})

test('sums count files, folders and known bytes', () => {
  const { listing, view } = listingOf([entry('d', { type: 'dir', size: 4096 }), entry('a', { size: 10 }), entry('b')])
  expect(sumOf(listing, view)).toEqual({ files: 2, folders: 1, bytes: 10 })
})

test('type-ahead starts after the cursor and wraps round', () => {
  const { listing, view } = listingOf([entry('alpha'), entry('beta'), entry('Bravo'), entry('gamma')])
  expect(findByPrefix(listing, view, 'b', 0)).toBe(1)
  expect(findByPrefix(listing, view, 'B', 2)).toBe(2)
  expect(findByPrefix(listing, view, 'b', 3)).toBe(1)
  expect(findByPrefix(listing, view, 'x', 0)).toBe(-1)
})

test('100,000 rows arrive and sort in work that does not grow with their square', () => {
  const entries = Array.from({ length: 100_000 }, (_, i) =>
    entry(`Image ${(i * 7919) % 100_000} of the archive.jpeg`, { size: (i * 31) % 9999, modified: i % 50 }),
  )
  const listing = emptyListing()
  let longest = 0
  const timed = <T>(work: () => T): T => {
    const start = performance.now()
    const result = work()
    longest = Math.max(longest, performance.now() - start)
    return result
  }
  for (let i = 0; i < entries.length; i += 5000) timed(() => appendEntries(listing, entries.slice(i, i + 5000)))
  for (const column of SORT_COLUMNS) {
    for (const descending of [false, true]) {
      expect(timed(() => makeView(listing, { ...byName, sort: { column, descending } }))).toHaveLength(100_000)
    }
  }
  // About 60 ms on a quiet machine; what this finds is work that grows with the square of the rows, which takes minutes.
  expect(longest).toBeLessThan(10_000)
})
