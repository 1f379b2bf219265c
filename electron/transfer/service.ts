/** The queue as others see it: takes requests, and answers the window and the console. */
import { SluiceError, type ErrorData } from '../../common/errors.ts'
import type {
  Endpoint,
  RequestProgress,
  Side,
  TransferRequest,
  TransferRow,
  TransferTotals,
} from '../../common/models.ts'
import { removePartSync } from '../local/index.ts'
import { ChangeFeed } from './change-feed.ts'
import { Questioner } from './conflicts.ts'
import { Endings } from './endings.ts'
import { progressOf } from './journal-progress.ts'
import { Journal } from './journal.ts'
import { Planner } from './planner.ts'
import { checkRequest } from './request-check.ts'
import { removeStaleSpools } from './spool.ts'
import { TargetFolders } from './target-folders.ts'
import { TargetLocks } from './target-locks.ts'
import type { TransferChange, TransferDeps, TransferService } from './types.ts'
import { Workers } from './workers.ts'

/** Rows that the window is given at most. */
const LIST_LIMIT = 10_000
const RETRY_DELAYS_MS: readonly number[] = [1000, 4000]

/** Opens the journal and starts the queue. @throws Error when the journal's folder cannot be written */
export function createTransfers(deps: TransferDeps): TransferService {
  return new Transfers(deps)
}

class Transfers implements TransferService {
  readonly #deps: TransferDeps
  readonly #journal: Journal
  readonly #feed: ChangeFeed
  readonly #endings: Endings
  readonly #questioner: Questioner
  readonly #planner: Planner
  readonly #workers: Workers
  readonly #stop = new AbortController()
  /** What crashes left behind is being taken away. */
  readonly #tidied = removeStaleSpools()

  constructor(deps: TransferDeps) {
    this.#deps = deps
    this.#journal = Journal.open(deps.journalFile, Date.now())
    const journal = this.#journal
    const pool: TransferDeps['pool'] = (endpoint) => deps.pool(endpoint)
    const stop = this.#stop.signal
    const retryDelays = deps.retryDelays ?? RETRY_DELAYS_MS
    const folders = new TargetFolders()
    const feed = new ChangeFeed(
      { rows: (ids) => this.#rows(ids), totals: () => journal.views.totals(), active: () => this.#workers.ids() },
      LIST_LIMIT,
    )
    this.#feed = feed
    this.#endings = new Endings((ids) => journal.views.rows(ids))
    this.#workers = new Workers(
      {
        journal,
        feed,
        tools: {
          gate: deps.gate,
          folders,
          locks: new TargetLocks(),
          rawText: new Set(),
          madeFolders: new Set(),
          folderMade: (folder) => feed.folder('remote', folder),
        },
        pool,
        retryDelays,
        stop,
        asking: (request) => this.#questioner.next(request),
        ended: (id) => this.#endings.tell([id]),
      },
      deps.parallel,
    )
    this.#planner = new Planner({
      journal,
      pool,
      folders,
      retryDelays,
      stop,
      events: {
        added: (first, last) => {
          feed.added(first, last)
          this.#workers.pump()
        },
        ended: (ids) => this.#endings.tell(ids),
        folderMade: (side, folder) => feed.folder(side, folder),
      },
    })
    this.#questioner = new Questioner(journal, (question, signal) => deps.ask(question, signal), {
      answered: (ids) => {
        feed.changed(ids)
        this.#workers.pump()
      },
      cancel: (ids) => this.cancel([...ids]),
      failed: (id, error) => this.#fail(id, error),
    })
    this.#cleanParts()
  }

  async add(
    request: TransferRequest,
    endpoint: Endpoint,
    o: { onRequest?: (request: number) => void } = {},
  ): Promise<{ request: number; added: number }> {
    this.#assertOpen()
    // Fails now rather than once a row: nobody has logged in there.
    this.#deps.pool(endpoint)
    const sources = checkRequest(request)
    const { direction, targetFolder, transferType, conflict, mode = 'whole' } = request
    const record = this.#journal.addRequest({ endpoint, direction, targetFolder, transferType, conflict, mode })
    const added = await this.#planner.plan(record, sources, () => o.onRequest?.(record.id))
    return { request: record.id, added }
  }

  progress(request: number): RequestProgress {
    return progressOf(this.#journal.views.counts(request), this.#workers.ofRequest(request))
  }

  cancelRequest(request: number): void {
    this.#planner.cancel(request)
    this.cancel(this.#journal.views.unfinished(request))
  }

  onEnded(callback: (row: TransferRow) => void): () => void {
    return this.#endings.onEnded(callback)
  }

  list(): { rows: TransferRow[]; totals: TransferTotals } {
    const rows = this.#journal.views.overview(LIST_LIMIT).map((row) => this.#workers.live(row))
    this.#feed.reset(rows)
    return { rows, totals: this.totals() }
  }

  totals(): TransferTotals {
    return this.#journal.views.totals()
  }

  cancel(ids: number[]): void {
    this.#questioner.withdraw(ids)
    const waiting = this.#journal.cancelWaiting(ids, Date.now())
    this.#feed.changed(waiting)
    this.#workers.cancel(ids)
    this.#endings.tell(waiting)
  }

  retry(ids: number[]): void {
    this.#assertOpen()
    this.#feed.changed(this.#journal.retryFiles(ids))
    const folders = this.#journal.takeFailedFolders(ids)
    this.#feed.removed(folders.map(({ row }) => row.id))
    for (const { row, request } of folders) this.#planner.replan(request, row)
    this.#workers.pump()
  }

  clearFinished(): void {
    this.#feed.removeEnded()
    this.#journal.clearFinished()
  }

  setParallel(n: number): void {
    this.#workers.setParallel(n)
  }

  onChange(callback: (change: TransferChange) => void): () => void {
    return this.#feed.onChange(callback)
  }

  onFolderChanged(callback: (side: Side, path: string) => void): () => void {
    return this.#feed.onFolderChanged(callback)
  }

  async dispose(): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort(new SluiceError('cancelled', 'The program ends.'))
    this.#questioner.dispose()
    await Promise.all([this.#planner.ended(), this.#workers.ended(), this.#tidied])
    this.#endings.dispose()
    this.#feed.dispose()
    this.#journal.close()
  }

  #fail(id: number, error: ErrorData): void {
    const [row] = this.#journal.views.rows([id])
    if (row?.state === 'asking') {
      this.#journal.finish(row, { state: 'failed', scan: row.scan, error, partStays: false }, Date.now())
      this.#endings.tell([id])
    }
    this.#feed.touch(id)
  }

  #rows(ids: readonly number[]): TransferRow[] {
    const waiting = ids.filter((id) => !this.#workers.has(id))
    return [...(waiting.length > 0 ? this.#journal.views.rows(waiting) : []), ...this.#workers.liveRows(ids)]
  }

  /** Part files that a crash left behind: at most as many as there were workers, and gone before a row can use one. */
  #cleanParts(): void {
    for (const { id, part } of this.#journal.views.leftoverParts())
      if (removePartSync(part)) this.#journal.forgetPart(id)
  }

  #assertOpen(): void {
    if (this.#stop.signal.aborted) throw new SluiceError('cancelled', 'The program ends.')
  }
}
