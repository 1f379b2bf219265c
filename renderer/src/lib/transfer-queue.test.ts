import { expect, test } from 'vitest'
import type { TransferRow, TransferState } from '../../../common/models.ts'
import { transferRow } from '../../../testing/transfer-row.ts'
import { applyChange, orderOf, queueOf } from './transfer-queue.ts'

const row = (id: number, state: TransferState, endedAt: number | null = null): TransferRow =>
  transferRow({ id, state, endedAt })

test('what moves is on top, then what waits, then what ended, latest first', () => {
  const queue = queueOf([
    row(1, 'done', 10),
    row(2, 'failed', 20),
    row(3, 'queued'),
    row(4, 'scanning'),
    row(5, 'queued'),
  ])
  expect(orderOf(queue, 'all')).toEqual([4, 3, 5, 2, 1])
})

test('changes replace rows, removals take them away, and the identity changes', () => {
  const before = queueOf([row(1, 'queued'), row(2, 'queued')])
  const after = applyChange(before, [row(1, 'done', 5), row(3, 'queued')], [2])
  expect(after).not.toBe(before)
  expect(orderOf(after, 'all')).toEqual([3, 1])
})

test('filters name groups of states', () => {
  const queue = queueOf([row(1, 'done'), row(2, 'blocked'), row(3, 'cancelled'), row(4, 'verifying'), row(5, 'queued')])
  expect(orderOf(queue, 'done')).toEqual([1])
  expect(orderOf(queue, 'blocked')).toEqual([2])
  expect(orderOf(queue, 'failed')).toEqual([3])
  expect(orderOf(queue, 'active')).toEqual([4, 5])
})
