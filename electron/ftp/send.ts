/** The sending end of a data connection. */
import type { Socket } from 'node:net'
import { SluiceError } from '../../common/errors.ts'
import { seconds } from './control-connection.ts'
import { unlessAborted, within } from './waiting.ts'

/** A server has nothing to say on an upload's data connection; so much is overlooked. */
const MAX_BACKCHAT = 64 * 1024

export interface SendOptions {
  /** ms */
  idleTimeout: number
  host: string
  onProgress?: ((bytes: number) => void) | undefined
  /** Ends the sending: cancelled by the caller, or the server has answered before the end. */
  stop: AbortSignal
}

/**
 * Sends everything and ends the sending direction (TLS close_notify, then FIN). One chunk is on its way while the next
 * is fetched: a chunk's memory may be used again when the chunk after the next is asked for.
 * @returns bytes sent
 * @throws what the source throws; SluiceError `data-truncated`, `timeout`, `cancelled`
 */
export async function sendAll(socket: Socket, source: AsyncIterable<Buffer>, options: SendOptions): Promise<number> {
  const { host, idleTimeout } = options
  const broken = new AbortController()
  let failure: SluiceError | null = null
  const breakOff = (cause?: unknown) => {
    const why = cause instanceof Error ? ` (${cause.message})` : ''
    failure ??=
      cause instanceof SluiceError
        ? cause
        : new SluiceError('data-truncated', `${host} closed the data connection before the end of the file${why}.`, {
            cause,
          })
    broken.abort()
  }
  const onEnd = () => breakOff()
  let backchat = 0
  // Reading goes on all the time: with unread TLS session tickets in the receive buffer, closing would send RST, and
  // the server might keep a short file.
  const onData = (chunk: Buffer) => {
    backchat += chunk.length
    if (backchat > MAX_BACKCHAT) {
      breakOff(new SluiceError('protocol-violation', `${host} sent data on an upload's data connection.`))
    }
  }
  socket.on('data', onData)
  socket.on('error', breakOff)
  socket.once('end', onEnd)
  socket.once('close', onEnd)
  if (socket.destroyed) breakOff()
  const stop = AbortSignal.any([options.stop, broken.signal])
  const bounded = (written: Promise<void>) =>
    within(written, {
      timeout: idleTimeout,
      signal: stop,
      onTimeout: () =>
        new SluiceError('timeout', `${host} took no data on the data connection for ${seconds(idleTimeout)}.`),
    })

  const iterator = source[Symbol.asyncIterator]()
  let finished = false
  let bytes = 0
  let writing: Promise<void> = Promise.resolve()
  try {
    for (;;) {
      const next = await unlessAborted(iterator.next(), stop)
      await writing
      if (next.done) {
        finished = true
        break
      }
      const chunk = next.value
      if (chunk.length === 0) continue
      writing = bounded(write(socket, chunk)).then(() => {
        bytes += chunk.length
        options.onProgress?.(bytes)
      })
      writing.catch(() => undefined)
    }
    socket.off('end', onEnd)
    socket.off('close', onEnd)
    await bounded(end(socket))
    return bytes
  } catch (error) {
    throw failure ?? error
  } finally {
    // Not awaited: a source in the middle of a read returns only when that is over.
    if (!finished) iterator.return?.()?.then(undefined, () => undefined)
    socket.off('data', onData)
    socket.resume()
  }
}

function write(socket: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}

async function end(socket: Socket): Promise<void> {
  // Node loses close_notify when the end comes in the same turn as the handshake's last message, as with an empty file:
  // it thinks a write is still going on (TLSWrap::EncOut), and only FIN goes out. vsftpd answers 426 to that.
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.end(() => {
      socket.off('error', reject)
      resolve()
    })
  })
}
