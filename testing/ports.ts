/** Ports for programs that cannot be told to take any free one. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'

/** A port of 127.0.0.1 that nobody listens on; one that was free a moment ago almost always still is. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const START_TRIES = 100
const START_PAUSE_MS = 50

/** Resolves when somebody listens there. @throws Error when nobody does within seconds */
export async function listening(port: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (tries === START_TRIES) throw error
      await setTimeout(START_PAUSE_MS)
    } finally {
      socket.destroy()
    }
  }
}
