/** What upload and download jobs share: what they are given, how they end, and what a scan's outcome means for a row. */
import { SluiceError, type ErrorData } from '../../common/errors.ts'
import type { ConflictAction, ConflictPolicy, ScanReport, TransferRow } from '../../common/models.ts'
import { printablePath } from '../local/index.ts'
import type { FtpPool } from '../ftp/index.ts'
import type { Refused, ScanGate } from '../gate/index.ts'
import type { LeasedRow, QuestionFacts } from './journal-rows.ts'
import type { TargetFolders } from './target-folders.ts'
import type { TargetLocks } from './target-locks.ts'

/** What every job works with. */
export interface JobTools {
  gate: ScanGate
  folders: TargetFolders
  locks: TargetLocks
  /** Accounts (endpointUrl) whose server takes type ASCII and converts nothing. */
  rawText: Set<string>
  /** Folders that jobs had to make: their account (endpointUrl), a space, their path. */
  madeFolders: Set<string>
  /** A new folder was made in this folder of the server. */
  folderMade(folder: string): void
}

/** One row at work. */
export interface Job {
  readonly leased: LeasedRow
  /** The row as the window sees it; change it by `update` only. */
  readonly row: Readonly<TransferRow>
  readonly pool: FtpPool
  readonly signal: AbortSignal
  update(change: Partial<TransferRow>): void
  /** Says that the row's temporary file could not be removed. */
  partStays(): void
}

export type JobEnd =
  | { state: 'done' | 'skipped'; error: null }
  | { state: 'blocked' | 'failed' | 'cancelled'; error: ErrorData }
  | { state: 'asking'; question: QuestionFacts }

export const DONE: JobEnd = { state: 'done', error: null }
export const SKIPPED: JobEnd = { state: 'skipped', error: null }

/** The person's decision about this row, else the request's policy. */
export function policyOf(leased: LeasedRow): ConflictPolicy | ConflictAction {
  return leased.answer ?? leased.request.conflict
}

/** What a row says of its scan; without a report nobody looked at the file. */
export function scanFacts(report: ScanReport | null): Pick<TransferRow, 'scan' | 'scanned' | 'unscanned'> {
  return { scan: report, scanned: report?.bytes ?? 0, unscanned: report === null }
}

/**
 * How a row ends whose scan did not pass.
 * @param size the file's bytes as far as known: the report of a file that was not even begun does not tell
 */
export function refusedByScan(gate: ScanGate, refused: Refused, path: string, size: number | null): JobEnd {
  const name = printablePath(path)
  const { report } = refused
  if (report.verdict === 'INFECTED') {
    const message = `"${name}" is infected (${report.signature ?? 'unnamed signature'}) and was not let through.`
    return { state: 'blocked', error: { code: 'infected', message } }
  }
  const status = gate.status()
  const tooLarge =
    status.state === 'ready' && status.maxBytes !== null && Math.max(report.bytes, size ?? 0) > status.maxBytes
  // An agent's own report says in words only why it failed.
  const guessed = status.state !== 'ready' ? 'agent-unavailable' : tooLarge ? 'scan-too-large' : 'scan-error'
  const code = refused.code === 'scan-error' ? guessed : refused.code
  const why = report.message ?? 'the scanner gave no reason'
  return {
    state: 'failed',
    error: { code, message: `"${name}" was not let through, since it could not be scanned: ${why}` },
  }
}

/** The end of a row whose target is a folder. */
export function folderInTheWay(path: string): JobEnd {
  const message = `A folder named "${printablePath(path)}" is there already; a file cannot replace it.`
  return { state: 'failed', error: { code: 'local-exists', message } }
}

/** Thrown to start a transfer of type `auto` again as binary: the content or the server does not suit text mode. */
export class NotAsText extends SluiceError {
  constructor() {
    super('internal', 'The file is transferred as binary.')
  }
}
