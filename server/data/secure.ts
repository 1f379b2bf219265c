/** TLS on a data connection (RFC 4217 section 9), with the context of the session's control connection. */
import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { ReplyError } from '../protocol/reply-error.ts'
import { choosing, sessionCache } from '../tls/index.ts'
import { Wire } from './wire.ts'

export interface SecureOptions {
  context: SecureContext
  /** The client must resume the TLS session of its control connection: then nobody else can be at the other end. */
  requireResumption: boolean
  /** To receive: tells a cut apart from an end. It costs a little, which sending need not pay. */
  direction: 'upload' | 'download'
  patienceMs: number
}

export interface SecureStream {
  stream: TLSSocket
  /** Of uploads. */
  wire: Wire | null
}

/** ms */
const GOODBYE_LIMIT = 1000

/**
 * Lets out the last message of TLS 1.2's handshake, which is ours, and says goodbye: a client that is cut before it
 * blames TLS, and gives up without reading what the reply has to tell.
 */
async function endHandshake(stream: TLSSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, GOODBYE_LIMIT)
  stream.once('close', resolve)
  stream.destroySoon()
  await promise
  clearTimeout(timer)
}

/**
 * Waits for the client's handshake. On failure the socket is destroyed.
 * @throws ReplyError 425 no handshake, or not in time; 522 no resumption; the signal's reason
 */
export async function secure(socket: Socket, options: SecureOptions, signal: AbortSignal): Promise<SecureStream> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const fail = (why: string): void => reject(new ReplyError(425, `TLS on the data connection failed: ${why}.`))
  const wire = options.direction === 'upload' ? new Wire(socket) : null
  const stream = new TLSSocket(wire ?? socket, {
    isServer: true,
    secureContext: options.context,
    ...sessionCache(options.context),
    // A file that somebody stored must not be taken for the page that a browser asked for.
    ALPNCallback: choosing('ftp-data', 'ftp'),
  })
  const timer = setTimeout(() => fail(`no handshake within ${options.patienceMs / 1000} s`), options.patienceMs)
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  stream.on('error', () => fail('the handshake went wrong'))
  stream.on('close', () => fail('it was closed'))
  wire?.onCut(() => fail('it was closed'))
  stream.once('secure', () => {
    if (stream.getProtocol() === 'TLSv1.3') wire?.hold()
    resolve()
  })
  stream.once('end', () => wire?.release())
  try {
    signal.throwIfAborted()
    await promise
    if (options.requireResumption && !stream.isSessionReused()) {
      wire?.release()
      await endHandshake(stream)
      throw new ReplyError(522, 'The data connection must resume the TLS session of the control connection.')
    }
    return { stream, wire }
  } catch (error) {
    stream.destroy()
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
