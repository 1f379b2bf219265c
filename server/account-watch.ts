/**
 * Ends the sessions of accounts that may do less than before, whoever changed them: the app, a client's SITE command, or
 * another process on the same database.
 */
import { toErrorData } from '../common/errors.ts'
import { rightsOf, type Account } from '../common/share.ts'
import type { FtpServer } from './types.ts'
import type { AccountStore } from './accounts/types.ts'

/** ms between two looks for what others changed; only while somebody is logged in */
const LOOK_EVERY = 10_000

/** Whether sessions that began as `before` may do what `now` does not let them. */
export function hasShrunk(before: Account, now: Account): boolean {
  const rights = rightsOf(now)
  const lost = [...rightsOf(before)].some((right) => !rights.has(right))
  return lost || !now.enabled || now.root !== before.root || now.homeShown !== before.homeShown
}

/**
 * Begins to watch.
 * @throws SluiceError what the database cannot do; later it is told to `onProblem`, once until it works again
 */
export async function watchAccounts(
  accounts: AccountStore,
  server: Pick<FtpServer, 'kickAccount' | 'sessions'>,
  onProblem: (message: string) => void,
  lookEvery = LOOK_EVERY,
): Promise<{ dispose(): void }> {
  const all = async (): Promise<Map<number, Account>> =>
    new Map((await accounts.list()).map((account) => [account.id, account]))
  let known = await all()
  let looking = false
  let again = false
  let failed = false
  let disposed = false

  const lookOnce = async (): Promise<void> => {
    const now = await all()
    if (disposed) return
    for (const [id, before] of known) {
      const account = now.get(id)
      if (account === undefined || account.name !== before.name || hasShrunk(before, account)) {
        server.kickAccount(before.name)
      }
    }
    known = now
  }
  const look = async (): Promise<void> => {
    again = true
    if (looking) return
    looking = true
    while (again && !disposed) {
      again = false
      try {
        await lookOnce()
        failed = false
      } catch (error) {
        if (!failed) onProblem(`Accounts could not be looked at: ${toErrorData(error).message}`)
        failed = true
      }
    }
    looking = false
  }

  const stop = accounts.onChange(() => void look())
  const timer = setInterval(() => {
    if (server.sessions().some(({ account }) => account !== null)) void look()
  }, lookEvery)
  timer.unref()
  return {
    dispose: () => {
      disposed = true
      stop()
      clearInterval(timer)
    },
  }
}
