/** Logging in as a person does it, from the window and from the console alike: what worked is remembered. */
import { toErrorData } from '../../common/errors.ts'
import type { ConnectRequest, RecentConnection, SessionState } from '../../common/models.ts'
import type { ProtocolLog } from './protocol-log.ts'
import type { RecentConnections } from './recent.ts'
import type { Session } from './session.ts'

export interface ConnectDeps {
  session: Session
  recent: RecentConnections
  log: ProtocolLog
  onRecent(connections: RecentConnection[]): void
}

/**
 * @param how `signUp`: the account is made first
 * @throws SluiceError as the session's method of that name does
 */
export async function connectAndRemember(
  { session, recent, log, onRecent }: ConnectDeps,
  request: ConnectRequest,
  how: 'connect' | 'signUp' = 'connect',
): Promise<SessionState> {
  const state = await session[how](request)
  try {
    onRecent(await recent.add(request, Date.now()))
  } catch (error) {
    // The session stands; that it cannot be remembered is worth a line, not a failed connect.
    log.add(0, 'error', toErrorData(error).message)
  }
  return state
}
