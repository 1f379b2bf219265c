/** Active data connections: the server connects, and to nobody but the client. */
import { createConnection, isIPv4, type Socket } from 'node:net'
import { ReplyError } from '../protocol/reply-error.ts'

/**
 * Connects from the control connection's local address, so that the client can tell that it is us.
 * @throws ReplyError 425 refused, or not within `patienceMs` ms; the signal's reason
 */
export async function connectActive(
  target: { address: string; port: number },
  local: string,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = createConnection({
    host: target.address,
    port: target.port,
    localAddress: local,
    family: isIPv4(target.address) ? 4 : 6,
    noDelay: true,
    allowHalfOpen: true,
  })
  socket.pause()
  const fail = (why: string): void => reject(new ReplyError(425, `No connection to your port ${target.port}: ${why}.`))
  const timer = setTimeout(() => fail(`no answer within ${patienceMs / 1000} s`), patienceMs)
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  socket.on('error', (error) => fail('code' in error && error.code === 'ECONNREFUSED' ? 'it was refused' : 'it failed'))
  socket.once('connect', () => resolve(socket))
  try {
    return await promise
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
