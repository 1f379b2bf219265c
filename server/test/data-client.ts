/** A client's side of control and data connections, made by hand so that tests can misbehave. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { expect, onTestFinished } from 'vitest'
import type { AuditEntry } from '../../common/share.ts'
import { ControlClient } from '../../testing/control-client.ts'
import { startFtpServer, type TestFtpServer, type TestFtpServerOptions } from '../../testing/ftp-server.ts'

export async function start(options: TestFtpServerOptions = {}): Promise<TestFtpServer> {
  const server = await startFtpServer(options)
  onTestFinished(() => server.stop())
  return server
}

interface Way {
  /** TLS on control and data connections. */
  secure?: boolean
  host?: string
  /** One of the server's accounts. */
  user?: string
}

/** Greeted, and nothing said. */
export async function greeted(
  server: TestFtpServer,
  { secure = false, host = server.host }: Way = {},
): Promise<ControlClient> {
  const client = await ControlClient.connect(host, server.port)
  onTestFinished(() => client.destroy())
  expect(await client.reply()).toMatchObject({ code: 220 })
  if (secure) {
    expect(await client.command('AUTH TLS')).toMatchObject({ code: 234 })
    await client.startTls()
  }
  return client
}

/** Logged in; nothing else was said but, with TLS, that data connections have it too. */
export async function loggedIn(server: TestFtpServer, way: Way = {}): Promise<ControlClient> {
  const client = await greeted(server, way)
  const { user = server.user } = way
  expect(await client.command(`USER ${user}`)).toMatchObject({ code: 331 })
  expect(await client.command(`PASS ${server.passwords[user] ?? server.password}`)).toMatchObject({ code: 230 })
  if (way.secure === true) for (const line of ['PBSZ 0', 'PROT P']) await client.command(line)
  return client
}

/** In binary, as a real client. */
export async function login(server: TestFtpServer, way: Way = {}): Promise<ControlClient> {
  const client = await loggedIn(server, way)
  await client.command('TYPE I')
  return client
}

/** Says line after line, and gives what each is answered. */
export async function codes(client: ControlClient, ...lines: string[]): Promise<number[]> {
  const found: number[] = []
  for (const line of lines) found.push((await client.command(line)).code)
  return found
}

export interface ConnectOptions {
  host?: string
  /** The client's own address. */
  from?: string
}

/** Connects, and stays open when the server ends. */
export async function dial(port: number, { host = '127.0.0.1', from }: ConnectOptions = {}): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** A passive data connection, plain. */
export async function passive(client: ControlClient, options: ConnectOptions = {}): Promise<Socket> {
  return await dial(await client.passive(), options)
}

/** TLS on a data connection. @param resume the session of the control connection */
export async function secured(socket: Socket, client: ControlClient, resume = true): Promise<TLSSocket> {
  const session = client.socket instanceof TLSSocket && resume ? client.socket.getSession() : undefined
  const secure = connectTls({ socket, rejectUnauthorized: false, ...(session === undefined ? {} : { session }) })
  onTestFinished(() => void secure.destroy())
  secure.on('error', () => undefined)
  await once(secure, 'secureConnect')
  return secure
}

/** Everything up to the end of the connection; what came before a cut, too. */
export async function everything(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', (chunk: Buffer) => parts.push(chunk))
  if (!socket.readableEnded && !socket.destroyed) {
    await Promise.race([once(socket, 'end'), once(socket, 'close')]).catch(() => undefined)
  }
  socket.end()
  return Buffer.concat(parts)
}

export interface Exchange {
  codes: number[]
  /** Of the last reply. */
  text: string
  received: Buffer
}

/** A command with a passive data connection: reads all, after having sent `content` if there is some. */
export async function exchange(client: ControlClient, line: string, content?: string | Buffer): Promise<Exchange> {
  const plain = await passive(client)
  const first = await client.command(line)
  if (first.code >= 200) return { codes: [first.code], text: first.lines.join('\n'), received: Buffer.alloc(0) }
  const socket = client.socket instanceof TLSSocket ? await secured(plain, client) : plain
  if (content !== undefined) socket.end(content)
  const received = await everything(socket)
  const last = await client.reply()
  return { codes: [first.code, last.code], text: last.lines.join('\n'), received }
}

/** The audit log, newest first. */
export async function audited(server: TestFtpServer): Promise<AuditEntry[]> {
  await server.database.audit.flush()
  return await server.database.audit.page({ limit: 1000 })
}
