/** The listening sockets of a server. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { SluiceError, systemCode } from '../common/errors.ts'
import type { ShareAddress, ShareConfig } from '../common/share.ts'
import { shareAddresses } from './addresses.ts'

export interface Listeners {
  readonly addresses: readonly ShareAddress[]
  /** Takes no more connections. */
  close(): Promise<void>
}

function problemOf(error: unknown, host: string, port: number): SluiceError {
  const code = systemCode(error)
  const where = `${host} port ${port}`
  const why =
    code === 'EADDRINUSE'
      ? 'another program uses it. Choose another port.'
      : code === 'EACCES'
        ? 'the system does not allow it. Choose a port above 1023.'
        : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
          ? 'that is not an address of this computer. Choose another.'
          : `${error instanceof Error ? error.message : String(error)}.`
  return new SluiceError('connect-failed', `The server cannot listen on ${where}: ${why}`, { cause: error })
}

/** @throws SluiceError connect-failed */
async function listen(host: string, port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onSocket)
  try {
    // "::" takes IPv4, too.
    server.listen({ host, port, backlog: 511, ipv6Only: false })
    await once(server, 'listening')
  } catch (error) {
    server.close()
    throw problemOf(error, host, port)
  }
  return server
}

/**
 * Listens as configured.
 * @param onSocket gets each connection, and whether TLS comes first
 * @throws SluiceError connect-failed: the port is taken, the address is not this machine's
 */
export async function openListeners(
  config: Pick<ShareConfig, 'host' | 'port' | 'implicitPort' | 'tls'>,
  onSocket: (socket: Socket, implicit: boolean) => void,
  onProblem: (message: string) => void,
): Promise<Listeners> {
  const servers: Server[] = []
  const addresses: ShareAddress[] = []
  const close = async (): Promise<void> => {
    await Promise.all(
      servers.splice(0).map(
        async (server) =>
          await new Promise<void>((resolve) => {
            server.close(() => resolve())
          }),
      ),
    )
  }
  const add = async (port: number, implicit: boolean): Promise<void> => {
    const server = await listen(config.host, port, (socket) => onSocket(socket, implicit))
    // Out of descriptors, for one: the next connection may do better.
    server.on('error', (error) => onProblem(`The server could not take a connection: ${error.message}`))
    servers.push(server)
    const bound = server.address()
    if (bound === null || typeof bound === 'string') return
    addresses.push(...shareAddresses(bound.address, bound.port, implicit))
  }
  try {
    await add(config.port, false)
    if (config.implicitPort !== null && config.tls.mode !== 'off') await add(config.implicitPort, true)
  } catch (error) {
    await close()
    throw error
  }
  return { addresses, close }
}
