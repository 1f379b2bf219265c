/** Active data connections: this computer listens and the server connects (PORT, RFC 959; EPRT, RFC 2428 section 2). */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { SluiceError } from '../../common/errors.ts'
import { bareAddress, seconds } from './control-connection.ts'
import { activeCommand } from './data-address.ts'
import type { DataContext, DataLink, OpenOptions } from './data-connection.ts'
import { inTime } from './data-handshake.ts'
import { replyError } from './reply-errors.ts'
import { handshakeDone } from './tls.ts'
import { within } from './waiting.ts'

export async function openActive(context: DataContext, options: OpenOptions): Promise<DataLink> {
  const { control, host, timeouts, tls } = context
  const { local, peer } = control.addresses
  const server = createServer({ noDelay: true })
  let socket: Socket | null = null
  let over = false
  const destroy = () => {
    over = true
    server.close()
    socket?.destroy()
  }
  const accepted = acceptFrom(server, peer)
  accepted.then(
    (it) => {
      socket = it
      if (over) it.destroy()
    },
    () => undefined,
  )
  try {
    server.listen({ host: local, port: 0 })
    await once(server, 'listening', options.signal ? { signal: options.signal } : {})
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const { verb, argument } = activeCommand(local, address.port)
    control.send(verb, argument)
    const reply = await control.reply({ signal: options.signal })
    if (reply.code < 200 || reply.code >= 300) throw replyError('Active mode is not possible', host, reply)
  } catch (error) {
    destroy()
    if (error instanceof SluiceError || options.signal?.aborted) throw error
    throw new SluiceError('data-connection-failed', `Cannot listen for a data connection on ${local}.`, {
      cause: error,
    })
  }
  return {
    // Nothing can fail before the server has taken the command: it connects only then.
    failed: new Promise(() => undefined),
    ready: async () => {
      const raw = await within(accepted, {
        timeout: timeouts.connect,
        onTimeout: () =>
          new SluiceError(
            'data-connection-failed',
            `${host} did not connect back within ${seconds(timeouts.connect)}. A firewall may block it; try passive mode.`,
          ),
      })
      if (!tls) {
        options.onSocket(raw, 'data')
        return raw
      }
      // The FTP client is the TLS client here too, whoever connected (RFC 4217 section 7).
      const secure = connectTls({ ...tls.dataOptions(peer), socket: raw })
      socket = secure
      const secured = handshakeDone(secure, host, () => tls.verifyData(secure))
      options.onSocket(secure, 'data')
      await inTime(secured, host, timeouts)
      return secure
    },
    destroy,
  }
}

/** The first connection from `peer`; all others are shut at once, however early they come. */
function acceptFrom(server: Server, peer: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined)
      if (bareAddress(socket.remoteAddress) !== peer) {
        socket.destroy()
        return
      }
      server.close()
      resolve(socket)
    })
    server.once('error', reject)
    server.once('close', () => reject(new Error('closed')))
  })
}
