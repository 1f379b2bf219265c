/** Looks now and then for what cut uploads left in the accounts' folders. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStore } from './accounts/types.ts'
import type { Door } from './door/types.ts'

/** ms between two looks */
const EVERY = 6 * 3_600_000

/** Begins at once, in the background. What is given back ends it. */
export function keepSwept(
  accounts: Pick<AccountStore, 'list'>,
  door: Pick<Door, 'sweep'>,
  onProblem: (message: string) => void,
): () => Promise<void> {
  const over = new AbortController()
  const { signal } = over
  const sweepAll = async (): Promise<void> => {
    for (const root of new Set((await accounts.list()).map((account) => account.root))) {
      signal.throwIfAborted()
      await door.sweep(root, signal)
    }
  }
  const running = (async () => {
    while (!signal.aborted) {
      await sweepAll().catch((error: unknown) => {
        if (signal.aborted) return
        onProblem(
          `Leftovers of uploads could not be looked for: ${error instanceof Error ? error.message : String(error)}`,
        )
      })
      await sleep(EVERY, undefined, { signal, ref: false }).catch(() => undefined)
    }
  })()
  return async () => {
    over.abort()
    await running
  }
}
