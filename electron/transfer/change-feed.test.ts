import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TransferRow, TransferState } from '../../common/models.ts'
import { transferRow } from '../../testing/transfer-row.ts'
import { ChangeFeed } from './change-feed.ts'
import type { TransferChange } from './types.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function world(limit = 100): {
  feed: ChangeFeed
  states: Map<number, TransferState>
  active: Set<number>
  changes: TransferChange[]
} {
  const states = new Map<number, TransferState>()
  const active = new Set<number>()
  const toRow = (id: number): TransferRow => transferRow({ id, state: states.get(id) ?? 'queued' })
  const totals = { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 }
  const rows = (ids: readonly number[]): TransferRow[] => ids.filter((id) => states.has(id)).map(toRow)
  const feed = new ChangeFeed({ rows, totals: () => totals, active: () => active }, limit)
  const changes: TransferChange[] = []
  feed.onChange((change) => changes.push(change))
  return { feed, states, active, changes }
}

test('a storm of touches becomes at most twenty calls a second', () => {
  const { feed, states, changes } = world()
  states.set(1, 'transferring')
  for (let ms = 0; ms < 1000; ms++) {
    feed.touch(1)
    vi.advanceTimersByTime(1)
  }
  expect(changes.length).toBeGreaterThan(10)
  expect(changes.length).toBeLessThanOrEqual(20)
  expect(changes[0]?.changed).toHaveLength(1)
  feed.dispose()
})

test('of a million new rows the listener hears of as many as it can hold', () => {
  const { feed, states, changes } = world(10)
  for (let id = 1; id <= 1000; id++) states.set(id, 'queued')
  feed.added(1, 1000)
  vi.advanceTimersByTime(50)
  expect(changes[0]?.changed).toHaveLength(10)
  // One of the others comes to life: it is told, and nothing unfinished is taken away for it.
  states.set(500, 'transferring')
  feed.touch(500)
  vi.advanceTimersByTime(50)
  expect(changes[1]).toMatchObject({ changed: [{ id: 500 }], removed: [] })
  // A shown one ends, another starts: the ended one makes room.
  states.set(3, 'done')
  feed.touch(3)
  vi.advanceTimersByTime(50)
  states.set(501, 'transferring')
  feed.touch(501)
  vi.advanceTimersByTime(100)
  expect(changes.flatMap(({ removed }) => removed)).toContain(3)
  feed.dispose()
})

test('clearing takes away the rows that have ended, also those that ended a moment ago', () => {
  const { feed, states, changes } = world()
  states.set(1, 'done')
  states.set(2, 'queued')
  feed.touch(1)
  feed.touch(2)
  feed.removeEnded()
  states.delete(1)
  vi.advanceTimersByTime(50)
  expect(changes.flatMap(({ removed }) => removed)).toEqual([1])
  feed.dispose()
})

test('folders are told once however many files landed in them', () => {
  const { feed } = world()
  const folders: string[] = []
  feed.onFolderChanged((side, path) => folders.push(`${side} ${path}`))
  for (let at = 0; at < 100; at++) feed.folder('remote', '/a')
  feed.folder('local', '/b')
  vi.advanceTimersByTime(50)
  expect(folders).toEqual(['local /b', 'remote /a'])
  feed.dispose()
})

test('while something runs it is told every second, and nothing ticks when nothing runs', () => {
  const { feed, states, active, changes } = world()
  states.set(1, 'transferring')
  active.add(1)
  feed.touch(1)
  vi.advanceTimersByTime(5000)
  expect(changes.length).toBeGreaterThanOrEqual(4)
  active.clear()
  vi.advanceTimersByTime(2000)
  expect(vi.getTimerCount()).toBe(0)
  feed.dispose()
})
