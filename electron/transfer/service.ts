/** The queue: leases rows to workers, ends them in the journal, and answers the window. */
import { isCancelled, SluiceError, toErrorData, type ErrorData } from '../../common/errors.ts'
import type { Endpoint, Side, TransferRequest, TransferRow, TransferTotals } from '../../common/models.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../common/remote-path.ts'
import { dirname, isAbsolute } from 'node:path'
import { partName, partPathFor, removePartSync } from '../local/index.ts'
import { ChangeFeed } from './change-feed.ts'
import { Questioner } from './conflicts.ts'
import { download } from './download-job.ts'
import { lockKey as downloadKey } from './download-target.ts'
import type { Job, JobEnd, JobTools } from './job.ts'
import type { LeasedRow, RequestRecord } from './journal-rows.ts'
import { Journal } from './journal.ts'
import { planDownloads, type DownloadSource } from './plan-downloads.ts'
import { planUploads } from './plan-uploads.ts'
import { Plan } from './plan.ts'
import { RateMeter } from './rate-meter.ts'
import { isConnectionLoss } from './remote-access.ts'
import { TargetFolders } from './target-folders.ts'
import { TargetLocks } from './target-locks.ts'
import type { TransferChange, TransferDeps, TransferService } from './types.ts'
import { upload } from './upload-job.ts'
import { lockKey as uploadKey } from './upload-target.ts'

/** Rows that the window is given at most. */
const LIST_LIMIT = 10_000
const RETRY_DELAYS_MS: readonly number[] = [1000, 4000]

interface ActiveRow {
  row: TransferRow
  partStays: boolean
  controller: AbortController
  rate: RateMeter
  ended: Promise<void>
}

/** Opens the journal and starts the queue. @throws Error when the journal's folder cannot be written */
export function createTransfers(deps: TransferDeps): TransferService {
  return new Transfers(deps)
}

function nameOfPart({ direction, localPath, remotePath }: TransferRow): string {
  return direction === 'download'
    ? partPathFor(localPath)
    : joinRemote(remoteParent(remotePath), partName(remoteBasename(remotePath)))
}

/** The agent ended during the scan: it is started again. One that was never there has been waited for already. */
function lostAgent(error: ErrorData, { scan }: TransferRow): boolean {
  return error.code === 'agent-unavailable' && scan !== null && scan.bytes > 0
}

class Transfers implements TransferService {
  readonly #deps: TransferDeps
  readonly #retryDelays: readonly number[]
  readonly #journal: Journal
  readonly #feed: ChangeFeed
  readonly #questioner: Questioner
  readonly #tools: JobTools
  readonly #active = new Map<number, ActiveRow>()
  readonly #stop = new AbortController()
  readonly #planning = new Set<Promise<unknown>>()
  #parallel: number
  #timer: NodeJS.Timeout | null = null

  constructor(deps: TransferDeps) {
    this.#deps = deps
    this.#parallel = deps.parallel
    this.#retryDelays = deps.retryDelays ?? RETRY_DELAYS_MS
    this.#journal = Journal.open(deps.journalFile, Date.now())
    this.#tools = { gate: deps.gate, folders: new TargetFolders(), locks: new TargetLocks(), rawText: new Set() }
    this.#feed = new ChangeFeed(
      {
        rows: (ids) => this.#rows(ids),
        totals: () => this.#journal.totals(),
        active: () => this.#active.keys(),
      },
      LIST_LIMIT,
    )
    this.#questioner = new Questioner(this.#journal, deps.ask, {
      answered: (ids) => {
        this.#feed.changed(ids)
        this.#pump()
      },
      cancel: (ids) => this.cancel([...ids]),
      failed: (id, error) => this.#fail(id, error),
    })
    this.#cleanParts()
  }

  async add(request: TransferRequest, endpoint: Endpoint): Promise<{ added: number }> {
    this.#assertOpen()
    // Fails now rather than once a row: nobody has logged in there.
    this.#deps.pool(endpoint)
    const absolute =
      request.direction === 'download' ? isAbsolute(request.targetFolder) : request.targetFolder.startsWith('/')
    if (!absolute) throw new SluiceError('bad-argument', `The target folder "${request.targetFolder}" is not absolute.`)
    const { direction, targetFolder, transferType, conflict } = request
    const record = this.#journal.addRequest({ endpoint, direction, targetFolder, transferType, conflict })
    return { added: await this.#plan(record, request.sources) }
  }

  list(): { rows: TransferRow[]; totals: TransferTotals } {
    const rows = this.#journal.overview(LIST_LIMIT).map((row) => this.#live(row))
    this.#feed.reset(rows)
    return { rows, totals: this.#journal.totals() }
  }

  cancel(ids: number[]): void {
    this.#questioner.withdraw(ids)
    this.#feed.changed(this.#journal.cancelWaiting(ids, Date.now()))
    for (const id of ids) this.#active.get(id)?.controller.abort(new SluiceError('cancelled', 'Cancelled.'))
  }

  retry(ids: number[]): void {
    this.#assertOpen()
    this.#feed.changed(this.#journal.retryFiles(ids))
    const folders = this.#journal.takeFailedFolders(ids)
    this.#feed.removed(folders.map(({ row }) => row.id))
    for (const { row, request } of folders) this.#replan(request, row)
    this.#pump()
  }

  clearFinished(): void {
    this.#feed.removeEnded()
    this.#journal.clearFinished()
  }

  setParallel(n: number): void {
    this.#parallel = n
    this.#pump()
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
    if (this.#timer) clearTimeout(this.#timer)
    this.#questioner.dispose()
    await Promise.allSettled([...this.#planning, ...[...this.#active.values()].map(({ ended }) => ended)])
    this.#feed.dispose()
    this.#journal.close()
  }

  // ---- planning -------------------------------------------------------------------------------------------------

  async #plan(record: RequestRecord, sources: readonly DownloadSource[]): Promise<number> {
    const work = this.#walk(record, sources)
    this.#planning.add(work)
    try {
      return await work
    } finally {
      this.#planning.delete(work)
    }
  }

  async #walk(record: RequestRecord, sources: readonly DownloadSource[]): Promise<number> {
    const plan = new Plan(
      this.#journal,
      record,
      {
        added: (first, last) => {
          this.#feed.added(first, last)
          this.#pump()
        },
        folderMade: (side, folder) => this.#feed.folder(side, folder),
      },
      this.#stop.signal,
    )
    const pool = (): ReturnType<TransferDeps['pool']> => this.#deps.pool(record.endpoint)
    const retryDelays = this.#retryDelays
    try {
      if (record.direction === 'upload') {
        await planUploads({ plan, sources, pool, folders: this.#tools.folders, retryDelays })
      } else {
        await planDownloads({ plan, sources, pool, retryDelays })
      }
      return plan.added
    } finally {
      plan.end()
    }
  }

  /** Plans again what a failed folder row stood for: from and to the same places, under the same request. */
  #replan(request: RequestRecord, row: TransferRow): void {
    const upload = request.direction === 'upload'
    const source = { path: upload ? row.localPath : row.remotePath, target: upload ? row.remotePath : row.localPath }
    this.#plan(request, [source]).catch((error: unknown) => {
      if (this.#stop.signal.aborted) return
      // The row was taken to be planned again: what it stands for must not vanish with it.
      const { localPath, remotePath } = row
      const failed = { kind: 'folder', localPath, remotePath, size: null, modified: null, state: 'failed' } as const
      const range = this.#journal.addRows(request, [{ ...failed, error: toErrorData(error) }], Date.now())
      if (range) this.#feed.added(range.first, range.last)
    })
  }

  // ---- working --------------------------------------------------------------------------------------------------

  #pump(): void {
    if (this.#stop.signal.aborted) return
    while (this.#active.size < this.#parallel) {
      const leased = this.#journal.lease(Date.now(), nameOfPart)
      if (!leased) {
        this.#wakeUpLater()
        return
      }
      this.#start(leased)
    }
  }

  #wakeUpLater(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const due = this.#journal.nextDue()
    if (due === null) return
    this.#timer = setTimeout(() => this.#pump(), Math.max(10, due - Date.now()))
  }

  #start(leased: LeasedRow): void {
    const controller = new AbortController()
    const active: ActiveRow = {
      // The journal knows taken or not; only the window is told what a taken row is doing.
      row: { ...leased.row, state: 'preparing' },
      partStays: false,
      controller,
      rate: new RateMeter(),
      ended: Promise.resolve(),
    }
    this.#active.set(leased.row.id, active)
    this.#feed.touch(leased.row.id)
    active.ended = this.#run(leased, active)
  }

  async #run(leased: LeasedRow, active: ActiveRow): Promise<void> {
    const { id } = leased.row
    let outcome: { end: JobEnd } | { error: unknown }
    try {
      outcome = { end: await this.#work(leased, active) }
    } catch (error) {
      outcome = { error }
    }
    this.#active.delete(id)
    if (this.#stop.signal.aborted && !('end' in outcome)) return
    this.#settle(leased, active, outcome)
    this.#feed.touch(id)
    this.#pump()
  }

  async #work(leased: LeasedRow, active: ActiveRow): Promise<JobEnd> {
    const signal = AbortSignal.any([active.controller.signal, this.#stop.signal])
    const { id, direction, localPath, remotePath, endpoint } = leased.row
    const job: Job = {
      leased,
      get row() {
        return active.row
      },
      pool: this.#deps.pool(endpoint),
      signal,
      update: (change) => {
        active.row = { ...active.row, ...change }
        if (change.transferred !== undefined) active.rate.add(change.transferred, performance.now())
        this.#feed.touch(id)
      },
      partStays: () => {
        active.partStays = true
      },
    }
    const key = direction === 'upload' ? uploadKey(job, remotePath) : downloadKey(localPath)
    const release = await this.#tools.locks.hold(key, signal)
    try {
      return await (direction === 'upload' ? upload(job, this.#tools) : download(job, this.#tools))
    } finally {
      release()
    }
  }

  #settle(
    leased: LeasedRow,
    { row, controller, partStays }: ActiveRow,
    outcome: { end: JobEnd } | { error: unknown },
  ): void {
    const now = Date.now()
    if ('end' in outcome) {
      const { end } = outcome
      if (end.state === 'asking') {
        this.#journal.setAsking(row.id, end.question)
        this.#questioner.next(leased.request.id)
        return
      }
      if (end.state === 'failed' && lostAgent(end.error, row) && this.#tryAgain(leased, end.error, now)) return
      this.#journal.finish(row, { state: end.state, scan: row.scan, error: end.error, partStays }, now)
      if (end.state === 'done') this.#landed(row)
      return
    }
    const { error } = outcome
    if (controller.signal.aborted || isCancelled(error)) {
      this.#journal.finish(row, { state: 'cancelled', scan: row.scan, error: null, partStays }, now)
      return
    }
    if (isConnectionLoss(error) && this.#tryAgain(leased, toErrorData(error), now)) return
    this.#journal.finish(row, { state: 'failed', scan: row.scan, error: toErrorData(error), partStays }, now)
  }

  /** Puts a row back into the queue for a while; false when it has had all its tries. */
  #tryAgain({ row, attempts }: LeasedRow, error: ErrorData, now: number): boolean {
    const delay = this.#retryDelays[attempts]
    if (delay === undefined) return false
    const tries = `try ${attempts + 2} of ${this.#retryDelays.length + 1}`
    const data = { ...error, message: `${error.message} Going on with ${tries} in ${delay / 1000} s.` }
    this.#journal.requeue(row.id, { attempts: attempts + 1, notBefore: now + delay, error: data })
    return true
  }

  #landed(row: TransferRow): void {
    if (row.direction === 'upload') this.#feed.folder('remote', remoteParent(row.remotePath))
    else this.#feed.folder('local', dirname(row.localPath))
  }

  #fail(id: number, error: ErrorData): void {
    const [row] = this.#journal.rows([id])
    if (row?.state === 'asking')
      this.#journal.finish(row, { state: 'failed', scan: row.scan, error, partStays: false }, Date.now())
    this.#feed.touch(id)
  }

  // ---- looking --------------------------------------------------------------------------------------------------

  #rows(ids: readonly number[]): TransferRow[] {
    const waiting = ids.filter((id) => !this.#active.has(id))
    const working = ids.flatMap((id) => this.#active.get(id)?.row ?? [])
    return [...(waiting.length > 0 ? this.#journal.rows(waiting) : []), ...working].map((row) => this.#live(row))
  }

  /** A row as it is this moment: with its job's progress, if it has a job. */
  #live(row: TransferRow): TransferRow {
    const active = this.#active.get(row.id)
    if (!active) return row
    const rate = active.row.state === 'transferring' ? active.rate.rate(performance.now()) : null
    return { ...active.row, rate }
  }

  /** Part files that a crash left behind: at most as many as there were workers, and gone before a row can use one. */
  #cleanParts(): void {
    for (const { id, part } of this.#journal.leftoverParts()) if (removePartSync(part)) this.#journal.forgetPart(id)
  }

  #assertOpen(): void {
    if (this.#stop.signal.aborted) throw new SluiceError('cancelled', 'The program ends.')
  }
}
