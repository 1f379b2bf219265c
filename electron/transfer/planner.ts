/** Plans requests, several at a time, and gives up those that are cancelled. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { TransferRow } from '../../common/models.ts'
import type { RequestRecord } from './journal-rows.ts'
import type { Journal } from './journal.ts'
import { planDownloads } from './plan-downloads.ts'
import { planUploads } from './plan-uploads.ts'
import { Plan, type PlanEvents } from './plan.ts'
import type { PlannedSource } from './request-check.ts'
import type { TargetFolders } from './target-folders.ts'
import type { TransferDeps } from './types.ts'

export interface PlannerDeps {
  journal: Journal
  pool: TransferDeps['pool']
  folders: TargetFolders
  retryDelays: readonly number[]
  events: PlanEvents
  /** Ends all planning. */
  stop: AbortSignal
}

export class Planner {
  readonly #deps: PlannerDeps
  readonly #running = new Set<Promise<unknown>>()
  /** Request -> what ends its plans; a retried folder is a plan of its own. */
  readonly #plans = new Map<number, Set<AbortController>>()

  constructor(deps: PlannerDeps) {
    this.#deps = deps
  }

  /**
   * Walks the sources; gives the number of rows, also when the request was cancelled meanwhile.
   * @param begun called before the first row; the plan can be cancelled from then on
   */
  async plan(record: RequestRecord, sources: readonly PlannedSource[], begun?: () => void): Promise<number> {
    const controller = new AbortController()
    const plans = this.#plans.get(record.id) ?? new Set()
    this.#plans.set(record.id, plans.add(controller))
    let work: Promise<number> | null = null
    try {
      begun?.()
      work = this.#walk(record, sources, controller.signal)
      this.#running.add(work)
      return await work
    } finally {
      if (work) this.#running.delete(work)
      plans.delete(controller)
      if (plans.size === 0) this.#plans.delete(record.id)
    }
  }

  /** Plans again what a failed folder row stood for: from and to the same places, under the same request. */
  replan(request: RequestRecord, row: TransferRow): void {
    const upload = request.direction === 'upload'
    const source = { path: upload ? row.localPath : row.remotePath, target: upload ? row.remotePath : row.localPath }
    this.plan(request, [source]).catch((error: unknown) => {
      const { stop, journal, events } = this.#deps
      if (stop.aborted) return
      // The row was taken to be planned again: what it stands for must not vanish with it.
      const { localPath, remotePath } = row
      const failed = { kind: 'folder', localPath, remotePath, size: null, modified: null, state: 'failed' } as const
      const range = journal.addRows(request, [{ ...failed, error: toErrorData(error) }], Date.now())
      if (!range) return
      events.added(range.first, range.last)
      events.ended([range.first])
    })
  }

  /** Gives up what is still being planned of a request. */
  cancel(request: number): void {
    for (const controller of this.#plans.get(request) ?? [])
      controller.abort(new SluiceError('cancelled', 'Cancelled.'))
  }

  /** Waits until all planning has ended; the `stop` signal makes it end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #walk(record: RequestRecord, sources: readonly PlannedSource[], cancelled: AbortSignal): Promise<number> {
    const { journal, events, folders, retryDelays, stop } = this.#deps
    const plan = new Plan(journal, record, events, AbortSignal.any([stop, cancelled]))
    const pool = (): ReturnType<TransferDeps['pool']> => this.#deps.pool(record.endpoint)
    try {
      plan.signal.throwIfAborted()
      if (record.direction === 'upload') await planUploads({ plan, sources, pool, folders, retryDelays })
      else await planDownloads({ plan, sources, pool, retryDelays })
    } catch (error) {
      // To be cancelled is an end like others.
      if (!cancelled.aborted || stop.aborted) throw error
    } finally {
      plan.end()
    }
    return plan.added
  }
}
