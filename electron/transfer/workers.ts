/** Leases rows to workers, as many at a time as wanted, and ends each in the journal as its job ended. */
import { dirname } from 'node:path'
import { isCancelled, SluiceError, toErrorData, type ErrorData } from '../../common/errors.ts'
import type { TransferRow } from '../../common/models.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../common/remote-path.ts'
import { partName, partPathFor } from '../local/index.ts'
import type { ChangeFeed } from './change-feed.ts'
import { download } from './download-job.ts'
import { lockKey as downloadKey } from './download-target.ts'
import type { Job, JobEnd, JobTools } from './job.ts'
import type { LeasedRow, RowEnd } from './journal-rows.ts'
import type { Journal } from './journal.ts'
import { RateMeter } from './rate-meter.ts'
import { isConnectionLoss } from './remote-access.ts'
import type { TransferDeps } from './types.ts'
import { upload } from './upload-job.ts'
import { lockKey as uploadKey } from './upload-target.ts'

interface ActiveRow {
  row: TransferRow
  partStays: boolean
  controller: AbortController
  rate: RateMeter
  ended: Promise<void>
}

export interface WorkersDeps {
  journal: Journal
  feed: ChangeFeed
  tools: JobTools
  pool: TransferDeps['pool']
  retryDelays: readonly number[]
  /** Ends all work. */
  stop: AbortSignal
  /** A row of this request has to wait for a person. */
  asking(request: number): void
  /** The journal knows of this row's end. */
  ended(id: number): void
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

export class Workers {
  readonly #deps: WorkersDeps
  readonly #active = new Map<number, ActiveRow>()
  #parallel: number
  #timer: NodeJS.Timeout | null = null

  constructor(deps: WorkersDeps, parallel: number) {
    this.#deps = deps
    this.#parallel = parallel
  }

  /** Ids of the rows at work. */
  ids(): Iterable<number> {
    return this.#active.keys()
  }

  has(id: number): boolean {
    return this.#active.has(id)
  }

  /** The rows of a request that are at work, as they are this moment. */
  ofRequest(request: number): TransferRow[] {
    return [...this.#active.values()].flatMap(({ row }) => (row.request === request ? [this.live(row)] : []))
  }

  /** A row as it is this moment: with its job's progress, if it has a job. */
  live(row: TransferRow): TransferRow {
    const active = this.#active.get(row.id)
    if (!active) return row
    const rate = active.row.state === 'transferring' ? active.rate.rate(performance.now()) : null
    return { ...active.row, rate }
  }

  /** The rows among `ids` that are at work. */
  liveRows(ids: readonly number[]): TransferRow[] {
    return ids.flatMap((id) => this.#active.get(id)?.row ?? []).map((row) => this.live(row))
  }

  setParallel(n: number): void {
    this.#parallel = n
    this.pump()
  }

  /** Breaks off those of the rows that are at work. */
  cancel(ids: readonly number[]): void {
    for (const id of ids) this.#active.get(id)?.controller.abort(new SluiceError('cancelled', 'Cancelled.'))
  }

  /** Starts what may start. */
  pump(): void {
    if (this.#deps.stop.aborted) return
    while (this.#active.size < this.#parallel) {
      const leased = this.#deps.journal.lease(Date.now(), nameOfPart)
      if (!leased) {
        this.#wakeUpLater()
        return
      }
      this.#start(leased)
    }
  }

  /** Waits until all work has ended; the `stop` signal makes it end. */
  async ended(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    await Promise.allSettled([...this.#active.values()].map(({ ended }) => ended))
  }

  #wakeUpLater(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const due = this.#deps.journal.nextDue()
    if (due === null) return
    this.#timer = setTimeout(() => this.pump(), Math.max(10, due - Date.now()))
  }

  #start(leased: LeasedRow): void {
    const active: ActiveRow = {
      // The journal knows taken or not; only the window is told what a taken row is doing.
      row: { ...leased.row, state: 'preparing' },
      partStays: false,
      controller: new AbortController(),
      rate: new RateMeter(),
      ended: Promise.resolve(),
    }
    this.#active.set(leased.row.id, active)
    this.#deps.feed.touch(leased.row.id)
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
    if (this.#deps.stop.aborted && !('end' in outcome)) return
    this.#settle(leased, active, outcome)
    this.#deps.feed.touch(id)
    this.pump()
  }

  async #work(leased: LeasedRow, active: ActiveRow): Promise<JobEnd> {
    const { tools, feed, stop } = this.#deps
    const signal = AbortSignal.any([active.controller.signal, stop])
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
        feed.touch(id)
      },
      partStays: () => {
        active.partStays = true
      },
    }
    const key = direction === 'upload' ? uploadKey(job, remotePath) : downloadKey(localPath)
    const release = await tools.locks.hold(key, signal)
    try {
      return await (direction === 'upload' ? upload(job, tools) : download(job, tools))
    } finally {
      release()
    }
  }

  #settle(leased: LeasedRow, active: ActiveRow, outcome: { end: JobEnd } | { error: unknown }): void {
    const { journal, feed } = this.#deps
    const { row, controller } = active
    const now = Date.now()
    if ('end' in outcome) {
      const { end } = outcome
      const cancelled = controller.signal.aborted
      if (end.state === 'asking' && cancelled) {
        this.#finish(active, { state: 'cancelled', error: null }, now)
        return
      }
      if (end.state === 'asking') {
        journal.conflicts.setAsking(row.id, end.question)
        this.#deps.asking(leased.request.id)
        return
      }
      const again = end.state === 'failed' && lostAgent(end.error, row) && !cancelled
      if (again && this.#tryAgain(leased, end.error, now)) return
      this.#finish(active, end, now)
      if (end.state !== 'done') return
      if (row.direction === 'upload') feed.folder('remote', remoteParent(row.remotePath))
      else feed.folder('local', dirname(row.localPath))
      return
    }
    const { error } = outcome
    if (controller.signal.aborted || isCancelled(error)) {
      this.#finish(active, { state: 'cancelled', error: null }, now)
      return
    }
    if (isConnectionLoss(error) && this.#tryAgain(leased, toErrorData(error), now)) return
    this.#finish(active, { state: 'failed', error: toErrorData(error) }, now)
  }

  #finish({ row, partStays }: ActiveRow, { state, error }: Pick<RowEnd, 'state' | 'error'>, now: number): void {
    this.#deps.journal.finish(row, { state, scan: row.scan, error, partStays }, now)
    this.#deps.ended(row.id)
  }

  /** Puts a row back into the queue for a while; false when it has had all its tries. */
  #tryAgain({ row, attempts }: LeasedRow, error: ErrorData, now: number): boolean {
    const { retryDelays, journal } = this.#deps
    const delay = retryDelays[attempts]
    if (delay === undefined) return false
    const tries = `try ${attempts + 2} of ${retryDelays.length + 1}`
    const data = { ...error, message: `${error.message} Going on with ${tries} in ${delay / 1000} s.` }
    journal.requeue(row.id, { attempts: attempts + 1, notBefore: now + delay, error: data })
    return true
  }
}
