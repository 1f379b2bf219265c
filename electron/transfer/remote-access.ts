/** How this room uses connections, and which failures are worth another try. */
import { setTimeout as pause } from 'node:timers/promises'
import { SluiceError, type ErrorCode } from '../../common/errors.ts'
import type { FtpClient, FtpPool } from '../ftp/index.ts'

/** The connection failed, not the request: the same may work over a new one. */
const LOST: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'connect-failed',
  'timeout',
  'data-connection-failed',
  'data-truncated',
])

/** 421 service closing, 425 no data connection, 426 transfer cut (RFC 959 section 4.2.2). */
const LOST_REPLIES: ReadonlySet<number> = new Set([421, 425, 426])

/** True for failures of the connection, where a bounded number of new tries is due. */
export function isConnectionLoss(error: unknown): error is SluiceError {
  return (
    error instanceof SluiceError &&
    (LOST.has(error.code) || (error.reply !== undefined && LOST_REPLIES.has(error.reply.code)))
  )
}

/** Runs `work` with a connection out of the pool and gives it back; the engine has closed it if it is in doubt. */
export async function withClient<T>(
  pool: FtpPool,
  signal: AbortSignal,
  work: (client: FtpClient) => Promise<T>,
): Promise<T> {
  const pooled = await pool.acquire({ signal })
  try {
    return await work(pooled.client)
  } finally {
    if (pooled.client.isOpen) pooled.release()
    else pooled.discard()
  }
}

/** Runs `work` again after each of `delays` (ms) while the connection is what fails. `attempt` counts from 0. */
export async function withRetries<T>(
  delays: readonly number[],
  signal: AbortSignal,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const delay = delays[attempt]
      if (delay === undefined || !isConnectionLoss(error)) throw error
      await pause(delay, undefined, { signal })
    }
  }
}
