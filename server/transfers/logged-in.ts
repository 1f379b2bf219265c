/** The login of a session that transfers. */
import type { Account } from '../../common/share.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { LoginState, Session } from '../session/types.ts'

/** @throws ReplyError 530 */
export function loggedIn({ login }: Session): { account: Account; login: LoginState } {
  if (login.account === null) throw new ReplyError(530, 'Log in first.')
  return { account: login.account, login }
}
