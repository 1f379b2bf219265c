import { create } from 'zustand'
import type { TransferRequest, TransferRow, TransferTotals } from '../../../common/models.ts'
import { call } from '../api.ts'
import { canCancel } from '../lib/transfer-text.ts'
import { applyChange, queueOf, type Queue, type TransferFilter } from '../lib/transfer-queue.ts'
import type { AppEvent } from '../../../common/ipc.ts'
import { useSettings } from './settings.ts'
import { openDialog, report, showTab } from './ui.ts'

interface TransfersSlice {
  queue: Queue
  totals: TransferTotals
  filter: TransferFilter
  /** Rows that were told to end and have not yet: a server may take seconds to let go. */
  cancelling: ReadonlySet<number>
}

export const useTransfers = create<TransfersSlice>()(() => ({
  queue: queueOf([]),
  totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 },
  filter: 'all',
  cancelling: new Set(),
}))

export async function loadTransfers(): Promise<void> {
  const { rows, totals } = await call('transfers.list')
  useTransfers.setState({ queue: queueOf(rows), totals })
}

export function takeTransfers(event: Extract<AppEvent, { type: 'transfers' }>): void {
  useTransfers.setState(({ queue, cancelling }) => ({
    queue: applyChange(queue, event.changed, event.removed),
    totals: event.totals,
    cancelling: without(cancelling, [
      ...event.changed.filter((row) => !canCancel(row)).map((row) => row.id),
      ...event.removed,
    ]),
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

export function cancelTransfers(ids: number[]): void {
  useTransfers.setState(({ cancelling }) => ({ cancelling: new Set([...cancelling, ...ids]) }))
  report(
    call('transfers.cancel', ids).catch((error: unknown) => {
      notCancelling(ids)
      throw error
    }),
  )
}

export function retryTransfers(ids: number[]): void {
  notCancelling(ids)
  report(call('transfers.retry', ids))
}

const idsWhere = ({ queue }: TransfersSlice, wanted: (row: TransferRow) => boolean): number[] =>
  [...queue.rows.values()].filter(wanted).map((row) => row.id)

export function cancelAllTransfers(): void {
  const ids = idsWhere(useTransfers.getState(), canCancel)
  if (ids.length > 0) cancelTransfers(ids)
}

export function retryAllFailed(): void {
  const ids = idsWhere(useTransfers.getState(), (row) => row.state === 'failed')
  if (ids.length > 0) retryTransfers(ids)
}

function notCancelling(ids: number[]): void {
  useTransfers.setState(({ cancelling }) => ({ cancelling: without(cancelling, ids) }))
}

/** The set without these; the same one, if they are not in it. */
function without(set: ReadonlySet<number>, ids: readonly number[]): ReadonlySet<number> {
  if (!ids.some((id) => set.has(id))) return set
  const gone = new Set(ids)
  return new Set([...set].filter((id) => !gone.has(id)))
}
export const clearFinished = (): void => report(call('transfers.clearFinished'))
