/** What happens when the target is there already: by policy at once, else by asking, one question a request at a time. */
import { isCancelled, toErrorData, type ErrorData } from '../../common/errors.ts'
import type { ConflictAction, ConflictPolicy } from '../../common/models.ts'
import type { Journal } from './journal.ts'
import type { TransferDeps } from './types.ts'

/** What a job does next. */
export type ConflictStep = 'go' | 'replace' | 'skip' | 'rename' | 'ask' | 'refuse'

/**
 * @param existing type of what stands at the target, null for nothing
 * @param policy the person's decision about this row, else the request's policy
 */
export function conflictStep(existing: { type: string } | null, policy: ConflictPolicy | ConflictAction): ConflictStep {
  if (existing === null) return 'go'
  if (policy === 'skip' || policy === 'rename') return policy
  // A file cannot replace a folder, and to delete one with all it contains is not what "overwrite" means.
  if (existing.type === 'dir') return 'refuse'
  return policy === 'overwrite' ? 'replace' : 'ask'
}

export interface QuestionerEvents {
  /** These rows were answered and wait in the queue again. */
  answered(ids: readonly number[]): void
  /** The person gave up on these rows. */
  cancel(ids: readonly number[]): void
  failed(id: number, error: ErrorData): void
}

/**
 * Rows that wait for a person lie in the journal, without a worker and without an object; per request one question is open,
 * so that "apply to all" can answer the rest.
 */
export class Questioner {
  readonly #journal: Journal
  readonly #ask: TransferDeps['ask']
  readonly #events: QuestionerEvents
  /** Request -> the row whose question is open. */
  readonly #open = new Map<number, { id: number; controller: AbortController }>()
  #disposed = false

  constructor(journal: Journal, ask: TransferDeps['ask'], events: QuestionerEvents) {
    this.#journal = journal
    this.#ask = ask
    this.#events = events
  }

  /** Opens the next question of a request unless one is open. */
  next(request: number): void {
    if (this.#disposed || this.#open.has(request)) return
    const first = this.#journal.conflicts.firstAsking(request)
    if (!first) return
    const controller = new AbortController()
    this.#open.set(request, { id: first.id, controller })
    const ask = async (): ReturnType<TransferDeps['ask']> =>
      this.#ask({ kind: 'conflict', direction: first.direction, ...first.question }, controller.signal)
    // Whatever comes of it comes as a promise, so that this row is marked as open before anyone hears of it.
    ask()
      .then(
        ({ answer, applyToAll }) => {
          if (this.#disposed || controller.signal.aborted) return
          if (answer === 'cancel')
            this.#events.cancel(applyToAll ? this.#journal.views.unfinished(request) : [first.id])
          else if (applyToAll) this.#events.answered(this.#journal.conflicts.answerAll(request, answer))
          else {
            this.#journal.conflicts.answer(first.id, answer)
            this.#events.answered([first.id])
          }
        },
        (error: unknown) => {
          if (this.#disposed || controller.signal.aborted) return
          if (isCancelled(error)) this.#events.cancel([first.id])
          else this.#events.failed(first.id, toErrorData(error))
        },
      )
      .finally(() => {
        this.#open.delete(request)
        this.next(request)
      })
  }

  /** These rows need no answer any more. */
  withdraw(ids: readonly number[]): void {
    const gone = new Set(ids)
    for (const { id, controller } of this.#open.values()) if (gone.has(id)) controller.abort()
  }

  dispose(): void {
    this.#disposed = true
    for (const { controller } of this.#open.values()) controller.abort()
  }
}
