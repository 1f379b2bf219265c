import { FINAL_STATES, type TransferRow, type TransferState } from '../../../common/models.ts'
import { remoteBasename } from '../../../common/remote-path.ts'
import { formatDuration, formatRate, percent } from '../../../common/format.ts'
import { localBasename } from './local-path.ts'

/** What the transfer list says about a row, in words; colours and icons follow `tone` and never stand alone. */
export type Tone = 'muted' | 'busy' | 'good' | 'warn' | 'bad'

export interface Label {
  text: string
  tone: Tone
}

const STATES: Record<TransferState, Label> = {
  queued: { text: 'Queued', tone: 'muted' },
  asking: { text: 'Waiting for you', tone: 'warn' },
  preparing: { text: 'Preparing', tone: 'busy' },
  scanning: { text: 'Scanning', tone: 'busy' },
  transferring: { text: 'Transferring', tone: 'busy' },
  verifying: { text: 'Verifying', tone: 'busy' },
  done: { text: 'Done', tone: 'good' },
  blocked: { text: 'Blocked', tone: 'bad' },
  failed: { text: 'Failed', tone: 'warn' },
  skipped: { text: 'Skipped', tone: 'muted' },
  cancelled: { text: 'Cancelled', tone: 'muted' },
}

/** Name of the file, as its source calls it. */
export function rowName(row: TransferRow): string {
  return row.direction === 'upload' ? localBasename(row.localPath) : remoteBasename(row.remotePath)
}

export function stateLabel(row: TransferRow): Label {
  if (isFinishing(row)) return { text: 'Finishing', tone: 'busy' }
  if (row.state === 'transferring')
    return { text: row.direction === 'upload' ? 'Uploading' : 'Downloading', tone: 'busy' }
  if (row.state === 'done') return { text: row.direction === 'upload' ? 'Uploaded' : 'Downloaded', tone: 'good' }
  return STATES[row.state]
}

/** All bytes are sent, but the server has yet to take the last ones out of the buffers between it and us. */
function isFinishing(row: TransferRow): boolean {
  return row.direction === 'upload' && row.state === 'transferring' && row.size !== null && row.transferred >= row.size
}

/** Why a row ended as it did, for the state's column; '' where another column or the state itself says so. */
export function whyText(row: TransferRow): string {
  // The scan's column names the signature or the scanner's problem; here is what became of the file.
  if (row.state === 'blocked') return row.direction === 'upload' ? 'not sent' : 'not saved'
  // Somebody has cancelled it and knows; what the file is like now is news.
  if (row.state === 'cancelled') return row.error?.message.replace(/^Cancelled\. ?/, '') ?? ''
  if (row.scan !== null && row.scan.verdict !== 'OK') return ''
  return row.error?.message ?? ''
}

/** The rate in words; '' when nothing moves any more. */
export function rateText(row: TransferRow): string {
  return isFinishing(row) ? '' : formatRate(row.rate)
}

const NOT_BEGUN: ReadonlySet<TransferState> = new Set(['queued', 'asking', 'preparing'])

/** What a row says that nobody scanned, in capitals like a verdict. */
export const UNSCANNED = 'NOT SCANNED'

/** The scan's column: "Waiting", "Scanning 43 %", "OK", "INFECTED <signature>", "ERROR <why>", "NOT SCANNED". */
export function scanLabel(row: TransferRow): Label {
  const { scan } = row
  // Before all else: whatever became of the file, nobody looked at it.
  if (row.unscanned) return { text: UNSCANNED, tone: 'bad' }
  if (scan?.verdict === 'OK') return { text: 'OK', tone: 'good' }
  if (scan?.verdict === 'INFECTED') return { text: `INFECTED ${scan.signature ?? 'unnamed signature'}`, tone: 'bad' }
  if (scan?.verdict === 'ERROR') return { text: `ERROR ${scan.message ?? 'no reason given'}`, tone: 'warn' }
  if (NOT_BEGUN.has(row.state)) return { text: 'Waiting', tone: 'muted' }
  if (FINAL_STATES.has(row.state)) return { text: 'Not scanned', tone: 'muted' }
  const done = percent(row.scanned, row.size)
  // A download is scanned as it arrives; its verdict comes after the last byte.
  return { text: done === null || row.size === 0 ? 'Scanning' : `Scanning ${done} %`, tone: 'busy' }
}

/** Percent for the progress bar; null while unknown. The scan before an upload fills the same bar. */
export function rowProgress(row: TransferRow): number | null {
  if (row.state === 'done') return 100
  if (row.state === 'scanning') return percent(row.scanned, row.size)
  return percent(row.transferred, row.size === 0 ? null : row.size)
}

/** Time left as words; '' when it cannot be told. */
export function timeLeft(row: TransferRow): string {
  if (row.rate === null || row.rate <= 0 || row.size === null || row.state !== 'transferring') return ''
  if (isFinishing(row)) return ''
  return formatDuration((row.size - row.transferred) / row.rate)
}

export const canCancel = (row: TransferRow): boolean => !FINAL_STATES.has(row.state)
/** What was blocked is not offered again: the bytes are the same, and so would be the verdict. */
export const canRetry = (row: TransferRow): boolean => row.state === 'failed' || row.state === 'cancelled'
