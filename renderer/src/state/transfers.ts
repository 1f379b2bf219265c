import { create } from 'zustand'
import type { TransferRequest, TransferTotals } from '../../../common/models.ts'
import { call } from '../api.ts'
import { applyChange, queueOf, type Queue, type TransferFilter } from '../lib/transfer-queue.ts'
import type { AppEvent } from '../../../common/ipc.ts'
import { useSettings } from './settings.ts'
import { openDialog, report, showTab } from './ui.ts'

interface TransfersSlice {
  queue: Queue
  totals: TransferTotals
  filter: TransferFilter
}

export const useTransfers = create<TransfersSlice>()(() => ({
  queue: queueOf([]),
  totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 },
  filter: 'all',
}))

export async function loadTransfers(): Promise<void> {
  const { rows, totals } = await call('transfers.list')
  useTransfers.setState({ queue: queueOf(rows), totals })
}

export function takeTransfers(event: Extract<AppEvent, { type: 'transfers' }>): void {
  useTransfers.setState(({ queue }) => ({
    queue: applyChange(queue, event.changed, event.removed),
    totals: event.totals,
  }))
}

type Wanted = Omit<TransferRequest, 'conflict' | 'transferType'>

/** Most sources a request may name; more go in several. */
const MOST_SOURCES = 100_000

/** Sends files on their way, after asking where the settings say so. */
export function requestTransfer(wanted: Wanted): void {
  if (wanted.sources.length === 0) return
  const several = wanted.sources.length > 1
  if (several && useSettings.getState().confirmSeveral) openDialog({ kind: 'confirm-transfer', request: wanted })
  else startTransfer(wanted)
}

/** Sends files on their way without asking. */
export function startTransfer(wanted: Wanted): void {
  const { transferType, conflict } = useSettings.getState()
  showTab('transfers')
  for (let i = 0; i < wanted.sources.length; i += MOST_SOURCES) {
    const sources = wanted.sources.slice(i, i + MOST_SOURCES)
    report(call('transfers.add', { ...wanted, sources, transferType, conflict }))
  }
}

export const cancelTransfers = (ids: number[]): void => report(call('transfers.cancel', ids))
export const retryTransfers = (ids: number[]): void => report(call('transfers.retry', ids))
export const clearFinished = (): void => report(call('transfers.clearFinished'))
