/** One conversation with a clamd: connect, send, read the one reply to its end (clamd(8), "z" commands). */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { SluiceError } from '../common/errors.ts'
import { formatClamdAddress, type ClamdAddress } from './clamd-address.ts'

/** clamd's replies are one line; what is longer is not clamd's. */
const MAX_REPLY = 4096

/** Connects. Throws `agent-unavailable` when nothing answers within `timeout` ms, or an AbortError. */
export async function connectClamd(address: ClamdAddress, timeout: number, signal?: AbortSignal): Promise<Socket> {
  const socket =
    address.kind === 'unix' ? connect({ path: address.path }) : connect({ host: address.host, port: address.port })
  const limit = AbortSignal.timeout(timeout)
  try {
    await once(socket, 'connect', { signal: signal ? AbortSignal.any([signal, limit]) : limit })
    return socket
  } catch (cause) {
    // An error that comes after the wait was given up must not go unheard, or the process would end.
    socket.on('error', () => {}).destroy()
    signal?.throwIfAborted()
    throw new SluiceError('agent-unavailable', `clamd at ${formatClamdAddress(address)} does not answer.`, { cause })
  }
}

/** Sends a command such as VERSION; gives the reply without its final NUL. Throws `agent-unavailable`. */
export async function askClamd(address: ClamdAddress, command: string, timeout: number): Promise<string> {
  const signal = AbortSignal.timeout(timeout)
  const socket = await connectClamd(address, timeout)
  try {
    const reply = new ReplyReader(socket)
    socket.write(`z${command}\0`)
    return await Promise.race([reply.done, once(signal, 'abort').then(() => Promise.reject(signal.reason as Error))])
  } catch (cause) {
    throw new SluiceError('agent-unavailable', `clamd at ${formatClamdAddress(address)} does not answer.`, { cause })
  } finally {
    socket.destroy()
  }
}

/**
 * Reads one reply: text, one NUL, then the end of the connection. Everything else rejects with `scan-error`:
 * nothing at all, a connection cut before the NUL, bytes after it, more than 4 KiB.
 */
export class ReplyReader {
  readonly done: Promise<string>
  /** True from the first byte on: before the request's end it means that clamd gave up or is not a clamd. */
  started = false

  constructor(socket: Socket) {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.done = promise
    // Whoever awaits `done` hears of it; nobody may be waiting yet.
    promise.catch(() => {})
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      this.started = true
      text += part
      if (text.length > MAX_REPLY) reject(new SluiceError('scan-error', 'The answer of clamd does not end.'))
    })
    socket.on('end', () => {
      if (/^[^\0]+\0$/.test(text)) resolve(text.slice(0, -1))
      else reject(new SluiceError('scan-error', `clamd gave no whole answer (${describe(text)}).`))
    })
    socket.on('error', (cause) => {
      reject(new SluiceError('scan-error', 'The connection to clamd was lost.', { cause }))
    })
    socket.on('close', () => reject(new SluiceError('scan-error', 'The connection to clamd was lost.')))
  }
}

function describe(text: string): string {
  return text === '' ? 'nothing' : JSON.stringify(text.slice(0, 80))
}
