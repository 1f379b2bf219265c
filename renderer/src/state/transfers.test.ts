import { beforeEach, expect, test, vi } from 'vitest'
import type { TransferRow, TransferState } from '../../../common/models.ts'
import { transferRow } from '../../../testing/transfer-row.ts'
import { cancelTransfers, retryTransfers, takeTransfers, useTransfers } from './transfers.ts'

const row = (id: number, state: TransferState): TransferRow => transferRow({ id, state })
const take = (changed: TransferRow[], removed: number[] = []): void =>
  takeTransfers({ type: 'transfers', changed, removed, totals: useTransfers.getState().totals })
const cancelling = (): number[] => [...useTransfers.getState().cancelling]

beforeEach(() => {
  vi.stubGlobal('window', { sluice: { invoke: () => Promise.resolve({ ok: true }) } })
  useTransfers.setState({ cancelling: new Set() })
})

test('a row is being cancelled from the click until it has ended or is gone', () => {
  cancelTransfers([1, 2, 3])
  expect(cancelling()).toEqual([1, 2, 3])
  take([row(1, 'transferring'), row(2, 'cancelled')])
  expect(cancelling()).toEqual([1, 3])
  take([row(1, 'done')], [3])
  expect(cancelling()).toEqual([])
})

test('a retry, or a cancel that main refused, ends it too', async () => {
  cancelTransfers([1])
  retryTransfers([1])
  expect(cancelling()).toEqual([])
  const refusal = { ok: false, error: { code: 'internal', message: 'No.' } }
  vi.stubGlobal('window', {
    sluice: { invoke: () => Promise.resolve(refusal) },
    setTimeout: () => 0,
  })
  cancelTransfers([1])
  await vi.waitFor(() => expect(cancelling()).toEqual([]))
})
