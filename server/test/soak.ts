/**
 * Many sessions that log in, list, move files and are cut, over and over. Afterwards nothing of them may be left: no
 * handle, no socket, no part file, no session, and not more memory with every round.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { TestFtpServer } from '../../testing/ftp-server.ts'

/** Sessions at the same time. */
const SESSIONS = 20
const CONTENT = randomBytes(200_000)

export interface Left {
  /** What Node keeps open: sockets, listeners, files, timers. */
  resources: number
  /** Open descriptors of the process; 0 where the system does not tell. */
  descriptors: number
  sessions: number
  transfers: number
  /** Names in the served folder, also hidden ones. */
  names: string[]
  /** Bytes, after a collection. */
  heap: number
}

/** Collects what nobody holds: what is left to the collector's mood says nothing about leaks. */
function collect(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** What is there now. */
export function leftBy({ server, root }: TestFtpServer): Left {
  collect()
  return {
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    sessions: server.sessions().length,
    transfers: server.transfers().length,
    names: readdirSync(root, { recursive: true }).map(String).toSorted(),
    heap: process.memoryUsage().heapUsed + process.memoryUsage().external,
  }
}

/** A client that only this test needs: replies one at a time, and ends that are no farewell. */
class Client {
  readonly #socket: Socket
  #text = ''
  #bell = Promise.withResolvers<void>()
  #closed = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      this.#text += part
      this.#ring()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#closed = true
      this.#ring()
    })
  }

  #ring(): void {
    this.#bell.resolve()
    this.#bell = Promise.withResolvers<void>()
  }

  /** The next reply. @throws Error when the connection closes first */
  async reply(): Promise<string> {
    for (;;) {
      const end = /^(\d{3} [^\n]*)\r\n/m.exec(this.#text)
      if (end !== null) {
        this.#text = this.#text.slice(end.index + end[0].length)
        return end[1] ?? ''
      }
      if (this.#closed) throw new Error('The server closed the connection.')
      await this.#bell.promise
    }
  }

  async ask(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`)
    return await this.reply()
  }

  async data(): Promise<Socket> {
    const reply = await this.ask('EPSV')
    const socket = connect(Number(/\|\|\|(\d+)\|/.exec(reply)?.[1]), '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }
}

async function login(server: TestFtpServer): Promise<Client> {
  const socket = connect(server.port, server.host)
  const client = new Client(socket)
  await once(socket, 'connect')
  await client.reply()
  await client.ask(`USER ${server.user}`)
  const answer = await client.ask(`PASS ${server.password}`)
  if (!answer.startsWith('230')) throw new Error(`not let in: ${answer}`)
  return client
}

async function closed(socket: Socket): Promise<void> {
  socket.resume()
  // Not `once`: a reset is an end like others here.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

/** The ways in which a session goes, good and bad. Each ends its own. */
const WAYS: readonly ((client: Client, name: string) => Promise<void>)[] = [
  async (client, name) => {
    const data = await client.data()
    await client.ask(`STOR ${name}`)
    data.end(CONTENT)
    await Promise.all([closed(data), client.reply()])
    await client.ask('QUIT')
    client.destroy()
  },
  async (client, name) => {
    const data = await client.data()
    await client.ask(`STOR ${name}.cut`)
    data.write(CONTENT)
    data.resetAndDestroy()
    await client.reply()
    client.destroy()
  },
  async (client, name) => {
    const data = await client.data()
    await client.ask(`STOR ${name}.left`)
    data.write(CONTENT)
    client.reset()
    await closed(data)
  },
  async (client) => {
    const data = await client.data()
    await client.ask('MLSD')
    await Promise.all([closed(data), client.reply()])
    client.reset()
  },
  async (client) => {
    const data = await client.data()
    await client.ask('RETR kept.bin')
    data.resetAndDestroy()
    await client.reply()
    await client.ask('QUIT')
    client.destroy()
  },
  async (client) => {
    const data = await client.data()
    await client.ask('RETR kept.bin')
    data.resume()
    client.reset()
    await closed(data)
  },
  async (client) => {
    // Prepared and never used.
    await client.ask('EPSV')
    await client.ask('PASV')
    client.destroy()
  },
  async (client) => {
    client.destroy()
    await Promise.resolve()
  },
]

/** One round: as many sessions as there may be, each in its own way. */
export async function soakRound(server: TestFtpServer): Promise<void> {
  const sessions = Array.from({ length: SESSIONS }, async (_, index) => {
    const client = await login(server)
    await WAYS[index % WAYS.length]?.(client, `file-${index}`)
  })
  await Promise.all(sessions)
}

/** Resolves when the server has noticed that all are gone. */
export async function quiet({ server }: TestFtpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => {
    if (server.sessions().length === 0 && server.transfers().length === 0) resolve()
  }
  const stop = server.onChange(look)
  look()
  await promise
  stop()
}
