/** Speed limits of an account. */
import type { Account } from '../../common/share.ts'
import { BUFFER_BYTES } from '../data/index.ts'
import type { Session } from '../session/types.ts'

/** With a limit bytes go in pieces of a quarter of a second, so that they trickle rather than come in bursts. */
const PIECES_A_SECOND = 4
const MIN_PIECE = 1024

function rateOf(account: Account, direction: 'upload' | 'download'): number | null {
  return direction === 'upload' ? account.uploadRate : account.downloadRate
}

/** Bytes that go at once, at most. */
export function pieceBytes(account: Account, direction: 'upload' | 'download'): number {
  const rate = rateOf(account, direction)
  if (rate === null) return Number.POSITIVE_INFINITY
  return Math.max(MIN_PIECE, Math.min(BUFFER_BYTES, Math.floor(rate / PIECES_A_SECOND)))
}

/** Waits until so many bytes may go; at once for accounts without a limit. */
export async function pace(
  session: Session,
  account: Account,
  direction: 'upload' | 'download',
  bytes: number,
): Promise<void> {
  if (rateOf(account, direction) === null) return
  await session.services.limits.pace(account, direction, bytes, session.signal)
}
