/** What planning uploads and planning downloads have in common: rows go out in batches, folders wait on disk. */
import { createHash } from 'node:crypto'
import { SluiceError, toErrorData, type ErrorCode } from '../../common/errors.ts'
import { printablePath } from '../local/index.ts'
import type { NewRow, PlannedFolder, RequestRecord } from './journal-rows.ts'
import type { Journal } from './journal.ts'

/** Deeper trees are loops made by broken or hostile servers; real ones end far above. */
export const MAX_DEPTH = 100
/** Entries of one request: an endless listing must end somewhere. */
const MAX_ENTRIES = 5_000_000

export interface PlanEvents {
  added(first: number, last: number): void
  /** Rows that had ended when they were journalled. */
  ended(ids: readonly number[]): void
  /** A new folder was made in `folder`. */
  folderMade(side: 'local' | 'remote', folder: string): void
}

let lastPlan = 0

export class Plan {
  readonly request: RequestRecord
  readonly signal: AbortSignal
  readonly events: PlanEvents
  readonly #journal: Journal
  readonly #id = ++lastPlan
  #batch: NewRow[] = []
  #added = 0
  #entries = 0

  constructor(journal: Journal, request: RequestRecord, events: PlanEvents, signal: AbortSignal) {
    this.#journal = journal
    this.request = request
    this.events = events
    this.signal = signal
  }

  /** Rows journalled so far. */
  get added(): number {
    return this.#added
  }

  /** A file that will move. */
  file(paths: RowPaths, facts: { size: number | null; modified: number | null }): void {
    this.#batch.push({ kind: 'file', ...paths, ...facts, state: 'queued', error: null })
  }

  /** Something that will not move, and why. */
  skip(paths: RowPaths, message: string): void {
    this.#note('note', 'skipped', paths, new SluiceError('unsupported', message))
  }

  /** Something that cannot move, and why. A failed `folder` can be planned again. */
  fail(kind: 'note' | 'folder' | 'file', paths: RowPaths, error: unknown): void {
    this.#note(kind, 'failed', paths, error)
  }

  /** A folder to walk later. */
  folder(folder: PlannedFolder): void {
    this.#journal.notes.pushFolder(this.#id, folder)
  }

  /** Takes the folder that was pushed last; null when none is left, or when there were too many entries. */
  nextFolder(): PlannedFolder | null {
    return this.#entries > MAX_ENTRIES ? null : this.#journal.notes.popFolder(this.#id)
  }

  /** Counts an entry met. @throws TooMany */
  count(): void {
    if (++this.#entries > MAX_ENTRIES) throw new TooMany()
  }

  /** Runs `work`, which must not wait, with one write to the journal for all its notes. */
  batch(work: () => void): void {
    this.#journal.transaction(work)
  }

  /**
   * Notes a name of a folder. 'again': the same listing had it before, and the second must not be written (CVE-2014-4877).
   * 'known': an attempt that was cut off had it; it is planned already.
   */
  see(folder: string, name: string, attempt: number): 'new' | 'again' | 'known' {
    this.count()
    const hash = createHash('sha256').update(folder).update('\0').update(name).digest()
    return this.#journal.notes.markSeen(this.#id, hash.readBigInt64LE(0), attempt)
  }

  /** Journals what has gathered; the rows may start to move. */
  flush(): void {
    // Of a plan that was given up nothing more may appear: whoever cancelled the rest would have missed it.
    this.signal.throwIfAborted()
    const batch = this.#batch
    this.#batch = []
    const range = this.#journal.addRows(this.request, batch, Date.now())
    if (!range) return
    this.#added += batch.length
    const ended = batch.flatMap(({ state }, at) => (state === 'queued' ? [] : [range.first + at]))
    this.events.added(range.first, range.last)
    if (ended.length > 0) this.events.ended(ended)
  }

  end(): void {
    this.#journal.notes.end(this.#id)
  }

  #note(kind: NewRow['kind'], state: 'failed' | 'skipped', paths: RowPaths, error: unknown): void {
    this.#batch.push({ kind, ...paths, size: null, modified: null, state, error: toErrorData(error) })
  }
}

export interface RowPaths {
  localPath: string
  remotePath: string
}

/** The request is larger than any real one. */
export class TooMany extends SluiceError {
  constructor() {
    super('unsupported', `More than ${MAX_ENTRIES} files and folders: the rest is left out. Transfer smaller parts.`)
  }
}

/** A tree that is too deep, as an error for its row. */
export function tooDeep(path: string): SluiceError {
  return new SluiceError(
    'unsupported' satisfies ErrorCode,
    `"${path}" lies more than ${MAX_DEPTH} folders deep, which looks like a loop; it is left out.`,
  )
}

/** A folder where a single file was asked to be gone on with. */
export function notOneFile(path: string): SluiceError {
  return new SluiceError(
    'bad-argument',
    `"${printablePath(path)}" is a folder; only one file can be resumed or appended.`,
  )
}
