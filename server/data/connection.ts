/** An open data connection: bytes in one direction, an end that is known to be one, and a limit for silence. */
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { ReplyError } from '../protocol/reply-error.ts'
import { Inflow } from './receive.ts'
import type { DataConnection } from './types.ts'
import type { Wire } from './wire.ts'

/** How long the other side may take to end after we did, unheard, before the socket is closed. */
const LINGER_MS = 2000

function cutError(why: string): ReplyError {
  return new ReplyError(426, `${why}; the transfer is incomplete.`)
}

/** What a transfer waits for: woken by the socket's events, and never missing one. */
class Bell {
  #rung = Promise.withResolvers<void>()

  readonly ring = (): void => this.#rung.resolve()

  async wait(): Promise<void> {
    await this.#rung.promise
    this.#rung = Promise.withResolvers<void>()
  }
}

export interface DataConnectionOptions {
  direction: 'upload' | 'download'
  /** What lies below TLS, of uploads. */
  wire: Wire | null
  /** ms without a byte, while it is the other side's turn, until the connection is given up */
  silenceMs: number
}

/** @param given plain or with TLS, paused; the connection's own from now on */
export function dataConnection(given: Socket, { direction, wire, silenceMs }: DataConnectionOptions): DataConnection {
  const bell = new Bell()
  const inflow = new Inflow(bell.ring)
  const socket = direction === 'upload' && !(given instanceof TLSSocket) ? inflow.under(given) : given
  let failure: Error | null = null
  // The goodbye may have come with the handshake's last message, as with an empty file, and its event is over.
  let ended = socket.readableEnded
  /** True while silence is the other side's fault. */
  let theirTurn = (): boolean => false

  const fail = (error: Error): void => {
    failure ??= error
    socket.destroy()
    bell.ring()
  }
  const check = (): void => {
    if (failure !== null) throw failure
  }
  socket.on('error', () => {
    // An orderly end stays one, though the client closes so that the system resets what we say after it.
    if (!ended) fail(cutError('The data connection was cut'))
  })
  socket.on('close', () => {
    if (!ended) fail(cutError('The data connection was closed'))
  })
  socket.on('end', () => {
    ended = true
    bell.ring()
  })
  socket.on('timeout', () => {
    if (theirTurn()) fail(cutError(`Nothing moved on the data connection for ${silenceMs / 1000} s`))
    else socket.setTimeout(silenceMs)
  })
  wire?.onCut(() => bell.ring())
  if (socket.destroyed && !ended) fail(cutError('The data connection was closed'))
  socket.setTimeout(silenceMs)

  /** Runs `work` until it settles; what the signal says meanwhile ends the connection. */
  async function heeding<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const onAbort = (): void => fail(cutError('The transfer was aborted'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    try {
      return await work()
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
      theirTurn = () => false
    }
  }

  /** Says goodbye, and closes once the other side has, or has had its time. */
  function linger(): void {
    socket.setTimeout(0)
    const close = (): void => void socket.destroy()
    const timer = setTimeout(close, LINGER_MS)
    socket.once('close', () => clearTimeout(timer))
    if (ended) close()
    else socket.once('end', close)
    socket.resume()
  }

  async function finishSending(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const settle = (): void => resolve()
    socket.once('close', settle)
    socket.end(settle)
    await promise
    socket.off('close', settle)
  }

  /** A cut below TLS, with all that came before taken: had there been a close_notify, the end would be known. */
  async function cutShort(): Promise<boolean> {
    if (wire?.cut !== true || wire.readableLength > 0 || socket.readableLength > 0) return false
    await setImmediate()
    await setImmediate()
    return wire.readableLength === 0 && socket.readableLength === 0
  }

  return {
    receive: (sink, signal) =>
      heeding(signal, async () => {
        let bytes = 0
        theirTurn = () => inflow.empty
        try {
          inflow.start(socket)
          for (;;) {
            check()
            const chunk = inflow.next()
            if (chunk !== null) {
              try {
                await sink(chunk)
              } finally {
                inflow.release()
              }
              bytes += chunk.length
            } else if (ended) {
              break
            } else if ((await cutShort()) && inflow.empty && !ended) {
              throw cutError('The data connection was cut without a TLS close_notify')
            } else {
              await bell.wait()
              // What lies ready in the system comes along: few big writes cost less than many small ones.
              await setImmediate()
            }
          }
        } finally {
          inflow.stop()
        }
        await finishSending()
        linger()
        return bytes
      }),

    send: (source, signal) =>
      heeding(signal, async () => {
        let bytes = 0
        let under = 0
        theirTurn = () => under > 0
        // What the client says on the way is not listened to, but must not lie unread: closing would reset the connection.
        socket.resume()
        // The client's end of its own direction says nothing about ours.
        const written = (): void => {
          under--
          bell.ring()
        }
        for await (const chunk of source) {
          check()
          under++
          bytes += chunk.length
          socket.write(chunk, written)
          while (under > 1 && failure === null) await bell.wait()
        }
        while (under > 0 && failure === null) await bell.wait()
        check()
        theirTurn = () => true
        await finishSending()
        check()
        linger()
        return bytes
      }),

    destroy() {
      ended = true
      socket.destroy()
    },
  }
}
