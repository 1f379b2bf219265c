/**
 * Ends the sessions of accounts that may do less than before, or have another password, whoever changed them: the app, a
 * client's SITE command, or another process on the same database.
 */
import { toErrorData } from '../common/errors.ts'
import { rightsOf } from '../common/share.ts'
import { ANONYMOUS_ID, type AccountStore, type LoginAccount } from './accounts/types.ts'
import type { FtpServer } from './types.ts'

/** ms between two looks for what others changed; only while somebody is logged in */
const LOOK_EVERY = 10_000

/** Whether a session that began as `before` may not go on as what it is `now`. */
export function hasShrunk(before: LoginAccount, now: LoginAccount): boolean {
  const rights = rightsOf(now)
  const lost = [...rightsOf(before)].some((right) => !rights.has(right))
  const moved = now.root !== before.root || now.homeShown !== before.homeShown
  // Whoever knew the old password has no business any more.
  return lost || moved || !now.enabled || now.passwordMark !== before.passwordMark
}

/** Begins to watch. What the database cannot do is told to `onProblem`, once until it works again. */
export function watchAccounts(
  accounts: Pick<AccountStore, 'logins' | 'onChange'>,
  server: Pick<FtpServer, 'kickAccounts' | 'sessions'>,
  onProblem: (message: string) => void,
  lookEvery = LOOK_EVERY,
): { dispose(): void } {
  let looking = false
  let again = false
  let failed = false
  let disposed = false

  const lookOnce = async (): Promise<void> => {
    const now = new Map((await accounts.logins()).map((account) => [account.id, account]))
    if (disposed) return
    // Each session with what it was let in by: what was changed and looked at before its login came to its end counts, too.
    server.kickAccounts((before) => {
      const account = now.get(before.id)
      return before.id !== ANONYMOUS_ID && (account === undefined || hasShrunk(before, account))
    })
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
