/** Passive data connections: the server listens (EPSV, RFC 2428 section 3; PASV, RFC 959 section 4.1.2). */
import { connect as connectTcp, isIPv6, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SluiceError } from '../../common/errors.ts'
import { seconds } from './control-connection.ts'
import { epsvPort, pasvPort } from './data-address.ts'
import type { DataContext, DataLink, OpenOptions } from './data-connection.ts'
import { inTime } from './data-handshake.ts'
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
  const { signal } = options
  // Always the control connection's peer, whatever host a reply names (CVE-2020-8284).
  const { peer } = context.control.addresses
  const onread = options.onread ? { onread: options.onread } : {}
  const secure = tls ? connectTls({ port, ...onread, ...tls.dataOptions(peer) }) : null
  const socket = secure ?? connectTcp({ port, host: peer, ...onread })
  socket.setNoDelay(true)
  // Keeps an error that comes when nobody waits any more from ending the process.
  socket.on('error', () => undefined)
  const established = within(connected(socket), {
    timeout: timeouts.connect,
    // With TLS a connection is never cut before its handshake is over: see DataLink.ready.
    ...(tls ? {} : { signal }),
    onTimeout: () => failed(host, port, `no answer within ${seconds(timeouts.connect)}`),
  }).catch((error: unknown) => {
    socket.destroy()
    throw error instanceof SluiceError ? error : failed(host, port, error instanceof Error ? error.message : '', error)
  })
  const secured = tls && secure ? handshakeDone(secure, host, () => tls.verifyData(secure)) : null
  established.catch(() => undefined)
  secured?.catch(() => undefined)
  // In clear it is worth knowing that the port can be reached before a command depends on it: PASV may follow EPSV. TLS
  // begins by itself as soon as the connection stands, and pyftpdlib resets it when the command comes after that; nor
  // can anything between us and the server treat EPSV and PASV differently there.
  if (!secured) await established
  // Not before: the socket of a first try that failed is nothing to the transfer.
  options.onSocket(socket, options.onread ? 'onread' : 'data')
  const failure = new Promise<never>((_resolve, reject) => {
    established.catch(reject)
  })
  // Nobody may be listening, when the command was never sent.
  failure.catch(() => undefined)
  return {
    failed: failure,
    ready: async () => {
      await established
      if (secured) await inTime(secured, host, timeouts)
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
