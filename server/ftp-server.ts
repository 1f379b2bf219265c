/** The server: listeners, sessions, and what they share. */
import type { Socket } from 'node:net'
import { systemCode } from '../common/errors.ts'
import type { ShareConfig } from '../common/share.ts'
import { createDataConnections, createPassivePorts, type PassivePorts } from './data/index.ts'
import { createDoor } from './door/index.ts'
import { openUserFiles } from './files/index.ts'
import { createLimits } from './limits/index.ts'
import { openListeners, type Listeners } from './listeners.ts'
import { ReplyError } from './protocol/reply-error.ts'
import { formatReply } from './protocol/reply.ts'
import { ControlSession } from './session/session.ts'
import type { ServerServices } from './session/types.ts'
import { createTransferRegistry, type LiveTransfers } from './transfers/index.ts'
import { keepSwept } from './sweeping.ts'
import type { FtpServer, FtpServerOptions } from './types.ts'

const STOPPING = 'The server stops.'
/** ms that sessions have for their last reply before they are cut. */
const LAST_WORDS_MS = 1000
/** Refused connections that are being told so; more are closed without a word. */
const MOST_REFUSALS = 100
/** ms that a refused client has to take its reply. */
const REFUSAL_MS = 1000

/**
 * Starts a server.
 * @throws SluiceError connect-failed: the port is taken, the address is not this machine's
 */
export async function createFtpServer(options: FtpServerOptions): Promise<FtpServer> {
  const server = new RunningServer(options)
  await server.start()
  return server
}

class RunningServer implements FtpServer {
  readonly #options: FtpServerOptions
  readonly #services: ServerServices
  readonly #transfers: LiveTransfers
  readonly #ports: PassivePorts
  readonly #sessions = new Map<number, ControlSession>()
  readonly #refusals = new Set<Socket>()
  readonly #watchers = new Set<() => void>()
  #listeners: Listeners | null = null
  #lastSession = 0
  #stopping: Promise<void> | null = null
  #endSweeping: () => Promise<void> = () => Promise.resolve()
  /** Called when the last session has gone. */
  #emptied: () => void = () => undefined

  constructor(options: FtpServerOptions) {
    const { config, database, gate, certificate } = options
    this.#options = options
    this.#transfers = createTransferRegistry(() => this.#changed())
    this.#ports = createPassivePorts(config.passive)
    this.#services = {
      config,
      accounts: database.accounts,
      audit: database.audit,
      door: createDoor({ gate, onProblem: (message) => this.#problem(message) }),
      limits: createLimits(config, options.clock),
      certificate: config.tls.mode === 'off' ? null : certificate,
      transfers: this.#transfers,
      filesOf: async (account) => {
        try {
          return await openUserFiles(account)
        } catch (error) {
          // The client is not told where it lies.
          const why = error instanceof ReplyError ? systemCode(error.cause) : null
          const what = why === 'ENOENT' ? 'it is not there' : (why ?? 'it is no folder, or a whole disk')
          this.#problem(`The folder ${account.root} of account ${account.name} cannot be used: ${what}.`)
          throw error
        }
      },
    }
  }

  async start(): Promise<void> {
    const { config, database } = this.#options
    this.#listeners = await openListeners(
      config,
      (socket, implicit) => this.#welcome(socket, implicit),
      (message) => this.#problem(message),
    )
    this.#endSweeping = keepSwept(database.accounts, this.#services.door, (message) => this.#problem(message))
    database.audit.add({ kind: 'server-started', outcome: 'ok', detail: summary(config, this.addresses) })
  }

  get addresses(): FtpServer['addresses'] {
    return this.#listeners?.addresses ?? []
  }

  sessions(): ReturnType<FtpServer['sessions']> {
    return [...this.#sessions.values()].map((session) => session.live)
  }

  transfers(): ReturnType<FtpServer['transfers']> {
    return this.#transfers.list()
  }

  kick(id: number): boolean {
    const session = this.#sessions.get(id)
    if (session === undefined) return false
    session.audit({ kind: 'kicked', outcome: 'ok' })
    session.endNow('You were sent away by whoever runs this server.')
    return true
  }

  kickAccounts(isSuch: Parameters<FtpServer['kickAccounts']>[0]): void {
    for (const session of this.#sessions.values()) {
      const { account } = session.login
      // One that is on its way out is told once.
      if (account === null || session.control.closed || !isSuch(account)) continue
      session.audit({ kind: 'kicked', outcome: 'ok', detail: 'The account was changed.' })
      session.endNow('Your account was changed: log in again.')
    }
  }

  onChange(callback: () => void): () => void {
    this.#watchers.add(callback)
    return () => this.#watchers.delete(callback)
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs)
    await this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    const closed = this.#listeners?.close()
    for (const socket of this.#refusals) socket.destroy()
    const empty = new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
    if (this.#sessions.size === 0) this.#emptied()
    for (const session of this.#sessions.values()) session.endAfterCommand(STOPPING)
    await within(empty, graceMs)
    for (const session of this.#sessions.values()) session.endNow(STOPPING)
    await within(empty, LAST_WORDS_MS)
    for (const session of this.#sessions.values()) session.destroy()
    await Promise.all([this.#services.door.dispose(), this.#endSweeping()])
    await closed
    const { audit } = this.#options.database
    audit.add({ kind: 'server-stopped', outcome: 'ok' })
    await audit.flush()
    this.#watchers.clear()
  }

  #welcome(socket: Socket, implicit: boolean): void {
    if (this.#stopping !== null || socket.remoteAddress === undefined) {
      // It has gone while it waited to be taken.
      socket.destroy()
      return
    }
    const admission = this.#services.limits.admit(socket.remoteAddress)
    if (typeof admission === 'string') {
      this.#refuse(socket, implicit, admission)
      return
    }
    const { config, onLine } = this.#options
    const id = ++this.#lastSession
    const session = new ControlSession({
      id,
      socket,
      services: this.#services,
      admission,
      data: (session) =>
        createDataConnections({
          config,
          ports: this.#ports,
          local: socket.localAddress ?? '',
          peer: socket.remoteAddress ?? '',
          context: () => (session.tls === null ? null : session.secureContext),
          isProtected: () => session.protected,
          onRefused: (detail) => session.audit({ kind: 'refused', outcome: 'refused', detail }),
        }),
      onLine: onLine === undefined ? undefined : (direction, line) => onLine(id, direction, line),
      onProblem: (message) => this.#problem(message),
      onChange: () => this.#changed(),
      onEnd: () => {
        this.#sessions.delete(id)
        if (this.#sessions.size === 0) this.#emptied()
        this.#changed()
      },
    })
    this.#sessions.set(id, session)
    this.#changed()
    void session.begin(implicit)
  }

  /** Without TLS on the port of implicit TLS: a handshake is more than a client that is not let in should cost. */
  #refuse(socket: Socket, implicit: boolean, why: string): void {
    socket.on('error', () => undefined)
    if (implicit || this.#refusals.size >= MOST_REFUSALS) {
      socket.destroy()
      return
    }
    this.#refusals.add(socket)
    const timer = setTimeout(() => socket.destroy(), REFUSAL_MS)
    socket.on('close', () => {
      clearTimeout(timer)
      this.#refusals.delete(socket)
    })
    socket.resume()
    socket.end(formatReply(421, why))
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #problem(message: string): void {
    this.#options.onProblem?.(message)
  }
}

function summary(config: ShareConfig, addresses: FtpServer['addresses']): string {
  const ports = [...new Set(addresses.map(({ port }) => port))].join(' and ')
  return `${config.host} port ${ports}, TLS ${config.tls.mode}, ${config.scan ? 'uploads are scanned' : 'nothing is scanned'}`
}

/** Waits for it, at most so many ms. */
async function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}
