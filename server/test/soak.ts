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
import { ControlClient } from '../../testing/control-client.ts'
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

/** A passive data connection whose end may be a reset. */
async function dataOf(client: ControlClient): Promise<Socket> {
  const socket = connect(await client.passive(), '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function login(server: TestFtpServer): Promise<ControlClient> {
  const client = await ControlClient.connect(server.host, server.port)
  await client.reply()
  await client.command(`USER ${server.user}`)
  const { code, lines } = await client.command(`PASS ${server.password}`)
  if (code !== 230) throw new Error(`not let in: ${lines.join(' ')}`)
  return client
}

async function closed(socket: Socket): Promise<void> {
  socket.resume()
  // Not `once`: a reset is an end like others here.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

/** The ways in which a session goes, good and bad. Each ends its own. */
const WAYS: readonly ((client: ControlClient, name: string) => Promise<void>)[] = [
  async (client, name) => {
    const data = await dataOf(client)
    await client.command(`STOR ${name}`)
    data.end(CONTENT)
    await Promise.all([closed(data), client.reply()])
    await client.command('QUIT')
    client.destroy()
  },
  async (client, name) => {
    const data = await dataOf(client)
    await client.command(`STOR ${name}.cut`)
    data.write(CONTENT)
    data.resetAndDestroy()
    await client.reply()
    client.destroy()
  },
  async (client, name) => {
    const data = await dataOf(client)
    await client.command(`STOR ${name}.left`)
    data.write(CONTENT)
    client.socket.resetAndDestroy()
    await closed(data)
  },
  async (client) => {
    const data = await dataOf(client)
    await client.command('MLSD')
    await Promise.all([closed(data), client.reply()])
    client.socket.resetAndDestroy()
  },
  async (client) => {
    const data = await dataOf(client)
    await client.command('RETR kept.bin')
    data.resetAndDestroy()
    await client.reply()
    await client.command('QUIT')
    client.destroy()
  },
  async (client) => {
    const data = await dataOf(client)
    await client.command('RETR kept.bin')
    data.resume()
    client.socket.resetAndDestroy()
    await closed(data)
  },
  async (client) => {
    // Prepared and never used.
    await client.command('EPSV')
    await client.command('PASV')
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
