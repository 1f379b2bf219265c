import { FINAL_STATES, type TransferRow, type TransferState } from '../../../common/models.ts'

/** Pure model of the queue as the window mirrors it: rows by id, and the order in which they are shown. */
export interface Queue {
  /** Changed in place: a batch must not copy a million rows. The queue's own identity says that something changed. */
  readonly rows: Map<number, TransferRow>
}

export const TRANSFER_FILTERS = ['all', 'active', 'done', 'blocked', 'failed'] as const
export type TransferFilter = (typeof TRANSFER_FILTERS)[number]

const FILTERS: Record<TransferFilter, ReadonlySet<TransferState> | null> = {
  all: null,
  active: new Set(['queued', 'asking', 'preparing', 'scanning', 'transferring', 'verifying']),
  done: new Set(['done']),
  blocked: new Set(['blocked']),
  failed: new Set(['failed', 'cancelled', 'skipped']),
}

export function queueOf(rows: readonly TransferRow[]): Queue {
  return { rows: new Map(rows.map((row) => [row.id, row])) }
}

/** Takes a batch of changes in. */
export function applyChange(queue: Queue, changed: readonly TransferRow[], removed: readonly number[]): Queue {
  for (const row of changed) queue.rows.set(row.id, row)
  for (const id of removed) queue.rows.delete(id)
  return { rows: queue.rows }
}

/** Ids in the order shown: what moves, then what waits, then what ended, the latest first. */
export function orderOf(queue: Queue, filter: TransferFilter): number[] {
  const states = FILTERS[filter]
  const moving: number[] = []
  const waiting: number[] = []
  const ended: TransferRow[] = []
  for (const row of queue.rows.values()) {
    if (states && !states.has(row.state)) continue
    if (FINAL_STATES.has(row.state)) ended.push(row)
    else if (row.state === 'queued') waiting.push(row.id)
    else moving.push(row.id)
  }
  ended.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0) || b.id - a.id)
  const byId = (a: number, b: number): number => a - b
  return [...moving.sort(byId), ...waiting.sort(byId), ...ended.map((row) => row.id)]
}
