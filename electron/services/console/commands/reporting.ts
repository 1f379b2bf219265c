/** What commands that work on several things have in common: they go on past failures, and tell how it ended. */
import type { CommandName } from '../../../../common/commands.ts'
import { toErrorData, type ErrorData } from '../../../../common/errors.ts'
import type { Side } from '../../../../common/models.ts'
import { outcomeOf } from '../outcome.ts'
import { errorRecord, line } from '../output.ts'
import type { CommandContext, Outcome } from '../types.ts'

/** Problems shown one by one; more would only repeat the point. */
const SHOWN = 20

/** Failures met by a command that goes on. */
export class Problems {
  readonly #context: CommandContext
  readonly #command: CommandName
  readonly #outcomes = new Set<Outcome>()
  #count = 0

  constructor(context: CommandContext, command: CommandName) {
    this.#context = context
    this.#command = command
  }

  get count(): number {
    return this.#count
  }

  /** Shows a failure. All are counted, the first ones shown; programs get them all. */
  add(error: ErrorData): void {
    this.#outcomes.add(outcomeOf(error.code))
    this.#count++
    const lines = this.#count <= SHOWN ? [line('bad', error.message)] : []
    this.#context.write({ lines, data: [errorRecord(error, this.#command)] })
  }

  /** Says how many were not shown, and gives the outcome. @param done how many things went well */
  end(done: number): Outcome {
    if (this.#count > SHOWN)
      this.#context.write({ lines: [line('bad', `… and ${this.#count - SHOWN} more failures.`)] })
    if (this.#count === 0) return 'ok'
    if (done > 0) return 'partial'
    const [only] = this.#outcomes
    return this.#outcomes.size === 1 && only !== undefined ? only : 'failed'
  }
}

/** Notes a folder that was changed. */
export type Touch = (side: Side, folder: string) => void

/**
 * Does something with each of several things. What fails is told, and the rest goes on, unless the person cancelled or the
 * server is gone. Panes hear of each folder that was touched once, at the end: each time costs a listing.
 */
export async function forEach<T>(
  context: CommandContext,
  command: CommandName,
  things: readonly T[],
  action: (thing: T, touch: Touch) => Promise<void>,
): Promise<Outcome> {
  const problems = new Problems(context, command)
  const touched: Record<Side, Set<string>> = { local: new Set(), remote: new Set() }
  let done = 0
  try {
    for (const thing of things) {
      context.signal.throwIfAborted()
      try {
        await action(thing, (side, folder) => touched[side].add(folder))
        done++
      } catch (error) {
        const data = toErrorData(error)
        if (context.signal.aborted || ['unreachable', 'cancelled'].includes(outcomeOf(data.code))) throw error
        if (things.length === 1) throw error
        problems.add(data)
      }
    }
  } finally {
    for (const side of ['local', 'remote'] as const)
      for (const folder of touched[side]) context.host.changed(side, folder)
  }
  return problems.end(done)
}
