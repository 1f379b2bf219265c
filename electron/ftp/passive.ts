/** Passive data connections: the server listens (EPSV, RFC 2428 section 3; PASV, RFC 959 section 4.1.2). */
import { connect as connectTcp, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SluiceError } from '../../common/errors.ts'
import { seconds } from './control-connection.ts'
import { epsvPort, pasvPort } from './data-address.ts'
import type { DataContext, DataLink, OpenOptions } from './data-connection.ts'
import { replyError } from './reply-errors.ts'
import { handshakeDone } from './tls.ts'
import { within } from './waiting.ts'

export async function openPassive(context: DataContext, options: OpenOptions): Promise<DataLink> {
  if (!context.useEpsv) return openBy('PASV', context, options)
  try {
    return await openBy('EPSV', context, options)
  } catch (error) {
    // PASV cannot name an IPv6 port. Apart from that it helps when EPSV is refused, and when an address translator on
    // the way opens only the ports that it saw in a 227 reply.
    if (isIPv6(context.control.addresses.peer) || !mayHelpPasv(error) || !context.control.isOpen) throw error
  }
  const link = await openBy('PASV', context, options)
  context.useEpsv = false
  return link
}

function mayHelpPasv(error: unknown): boolean {
  if (!(error instanceof SluiceError)) return false
  if (error.reply) return error.reply.code >= 500
  return error.code === 'data-connection-failed'
}

async function openBy(verb: 'EPSV' | 'PASV', context: DataContext, options: OpenOptions): Promise<DataLink> {
  const { control, host } = context
  control.send(verb)
  const reply = await control.reply({ signal: options.signal })
  if (reply.code >= 400) throw replyError('Cannot open a data connection', host, reply)
  const expected = verb === 'EPSV' ? 229 : 227
  const port = reply.code !== expected ? null : verb === 'EPSV' ? epsvPort(reply.text) : pasvPort(reply.text)
  if (port === null) {
    throw control.fail(
      new SluiceError('protocol-violation', `${host} named no usable port in its reply to ${verb}.`, { reply }),
    )
  }
  return connectTo(port, context, options)
}

async function connectTo(port: number, context: DataContext, options: OpenOptions): Promise<DataLink> {
  const { host, timeouts, tls } = context
  // Always the control connection's peer, whatever host a reply names (CVE-2020-8284).
  const { peer } = context.control.addresses
  const onread = options.onread ? { onread: options.onread } : {}
  const target = { port, noDelay: true, ...onread }
  let socket: Socket
  let secured: Promise<void> | null = null
  if (tls) {
    const secure = connectTls({ ...target, ...tls.dataOptions(peer) })
    secured = handshakeDone(secure, host, () => tls.verifyData(secure))
    secured.catch(() => undefined)
    socket = secure.setNoDelay(true)
  } else {
    socket = connectTcp({ ...target, host: peer })
  }
  // Keeps an error that comes when nobody waits any more from ending the process.
  socket.on('error', () => undefined)
  try {
    await within(connected(socket), {
      timeout: timeouts.connect,
      signal: options.signal,
      onTimeout: () => failed(host, port, `no answer within ${seconds(timeouts.connect)}`),
    })
  } catch (error) {
    socket.destroy()
    throw error instanceof SluiceError ? error : failed(host, port, error instanceof Error ? error.message : '', error)
  }
  // Not before: a port that cannot be reached may be followed by a second try.
  options.onSocket(socket, options.onread ? 'onread' : 'data')
  return {
    ready: async () => {
      if (secured) {
        await within(secured, {
          timeout: timeouts.tls,
          signal: options.signal,
          onTimeout: () =>
            new SluiceError(
              'timeout',
              `${host} did not finish the TLS handshake of the data connection within ${seconds(timeouts.tls)}.`,
            ),
        })
      }
      return socket
    },
    destroy: () => void socket.destroy(),
  }
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
}

function failed(host: string, port: number, why: string, cause?: unknown): SluiceError {
  return new SluiceError(
    'data-connection-failed',
    `The data connection to ${host}, port ${port}, could not be made (${why}). A firewall may block it; try active mode.`,
    { cause },
  )
}
