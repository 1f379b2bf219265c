/** How far a request is, read from the counts that the journal's triggers keep: a few rows, however many files it has. */
import { FINAL_STATES, type RequestProgress, type TransferRow, type TransferState } from '../../common/models.ts'
import type { JournalDatabase } from './journal-database.ts'
import { text } from './journal-rows.ts'

/** Rows at work that a progress shows. */
const ACTIVE_LIMIT = 10

interface Count {
  files: number
  /** Bytes of the files whose size is known. */
  bytes: number
  transferred: number
}

export type RequestCounts = ReadonlyMap<TransferState, Count>

export function countsOf(db: JournalDatabase, request: number): RequestCounts {
  const rows = db
    .statement('SELECT state, files, bytes, transferred FROM request_counts WHERE request = ?')
    .all(request)
  return new Map(
    rows.map((row) => [
      text(row['state']) as TransferState,
      { files: Number(row['files']), bytes: Number(row['bytes']), transferred: Number(row['transferred']) },
    ]),
  )
}

/**
 * Puts the journal's counts and the rows at work together: what those have moved the journal learns only at their end.
 * @param active all rows of the request that have a worker, as they are this moment
 */
export function progressOf(counts: RequestCounts, active: readonly TransferRow[]): RequestProgress {
  const progress: RequestProgress = {
    files: 0,
    unfinished: 0,
    bytes: 0,
    transferred: 0,
    rate: null,
    ended: { done: 0, blocked: 0, failed: 0, skipped: 0, cancelled: 0 },
    active: active.slice(0, ACTIVE_LIMIT),
  }
  for (const [state, { files, bytes, transferred }] of counts) {
    progress.files += files
    if (!FINAL_STATES.has(state)) progress.unfinished += files
    if (isEnd(state, progress.ended)) progress.ended[state] += files
    if (state === 'transferring') continue
    progress.bytes += bytes
    progress.transferred += transferred
  }
  for (const { size, transferred, rate } of active) {
    progress.bytes += size ?? 0
    progress.transferred += transferred
    if (rate !== null) progress.rate = (progress.rate ?? 0) + rate
  }
  return progress
}

function isEnd(state: TransferState, ended: RequestProgress['ended']): state is keyof RequestProgress['ended'] {
  return state in ended
}
