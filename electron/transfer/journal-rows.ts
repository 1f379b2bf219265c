/** What the journal takes and gives, and how it reads its own rows. */
import type { SQLOutputValue } from 'node:sqlite'
import type { ErrorData } from '../../common/errors.ts'
import type {
  ConflictAction,
  ConflictPolicy,
  Direction,
  Endpoint,
  ScanReport,
  TransferMode,
  TransferRow,
  TransferState,
  TransferType,
} from '../../common/models.ts'
import type { ConflictQuestion } from './types.ts'

/** `file` can move; `folder` stands for a folder that could not be planned; `note` only tells something. */
export type RowKind = 'file' | 'folder' | 'note'

export interface NewRow {
  kind: RowKind
  localPath: string
  remotePath: string
  size: number | null
  /** ms since the epoch, as the source side says */
  modified: number | null
  state: 'queued' | 'failed' | 'skipped'
  error: ErrorData | null
}

export interface RequestRecord {
  id: number
  endpoint: Endpoint
  direction: Direction
  targetFolder: string
  transferType: TransferType
  conflict: ConflictPolicy
  mode: TransferMode
}

/** A row with what its job must know beyond what the window shows. */
export interface LeasedRow {
  row: TransferRow
  kind: RowKind
  request: RequestRecord
  modified: number | null
  /** What the person decided about this row; null: the request's policy holds. */
  answer: ConflictAction | null
  /** Tries before this one that ended with a lost connection. */
  attempts: number
  /** The temporary file of this row, in all its tries: local for downloads, on the server for uploads. */
  part: string
}

/** What a conflict question says beyond its kind and direction. */
export type QuestionFacts = Pick<ConflictQuestion, 'target' | 'source' | 'existing'>

export interface RowEnd {
  state: TransferState
  scan: ScanReport | null
  error: ErrorData | null
  /** The temporary file could not be removed: its name is kept for the next try. */
  partStays: boolean
}

export interface PlannedFolder {
  localPath: string
  remotePath: string
  depth: number
}

export const ROW_COLUMNS = `t.id, t.kind, t.local_path, t.remote_path, t.size, t.modified, t.transferred, t.resumed_from, t.scanned, t.type, t.state,
  t.answer, t.question, t.attempts, t.part, t.scan, t.unscanned, t.error, t.added_at, t.started_at, t.ended_at, t.request, r.direction,
  r.target_folder, r.transfer_type, r.conflict, r.mode, e.protocol, e.host, e.port, e.user`
export const ROW_TABLES = 'transfers t JOIN requests r ON r.id = t.request JOIN endpoints e ON e.id = r.endpoint'

/** One row as SQLite gives it. */
export type Columns = Record<string, SQLOutputValue>

export function toRow(record: Columns): TransferRow {
  return {
    id: Number(record['id']),
    request: Number(record['request']),
    direction: record['direction'] as Direction,
    endpoint: {
      protocol: record['protocol'] as Endpoint['protocol'],
      host: text(record['host']),
      port: Number(record['port']),
      user: text(record['user']),
    },
    localPath: text(record['local_path']),
    remotePath: text(record['remote_path']),
    size: number(record['size']),
    transferred: Number(record['transferred']),
    resumedFrom: Number(record['resumed_from']),
    scanned: Number(record['scanned']),
    rate: null,
    transferType: record['type'] as TransferType,
    state: record['state'] as TransferState,
    scan: fromJson<ScanReport>(record['scan']),
    unscanned: record['unscanned'] === 1,
    error: fromJson<ErrorData>(record['error']),
    addedAt: Number(record['added_at']),
    startedAt: number(record['started_at']),
    endedAt: number(record['ended_at']),
  }
}

export function ids(rows: readonly Columns[]): number[] {
  return rows.map((row) => Number(row['id']))
}

export function text(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function number(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}

export function toJson(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}

function fromJson<T>(value: SQLOutputValue | undefined): T | null {
  return typeof value === 'string' ? (JSON.parse(value) as T) : null
}
