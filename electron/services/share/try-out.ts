/**
 * A server to try the app with: on this computer only, with a folder of examples and an account that nobody knows. It is
 * a process of its own beside the person's share, whose configuration, accounts and audit log it never touches.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SluiceError } from '../../../common/errors.ts'
import type { ConnectRequest, SessionState } from '../../../common/models.ts'
import { ACCOUNT_DEFAULTS, shareConfigSchema, type ShareStatus } from '../../../common/share.ts'
import type { AgentAddress } from '../../gate/index.ts'
import { makeExamples } from './examples.ts'
import { ServerSupervisor } from './server-supervisor.ts'
import type { ForkServer } from './types.ts'

const USER = 'try-it'

export interface TryOutOptions {
  /** Absolute folder of what outlives the run. */
  dataFolder: string
  /** Absolute folder that infected uploads go to: the app's own. */
  quarantineFolder: string
  fork: ForkServer
  /** Logs in without remembering it: the port is another one in the next run. */
  connect(request: ConnectRequest): Promise<SessionState>
  /** Accepts a certificate without a question, for this run. */
  trust(host: string, port: number, fingerprint: string): void
  onQuarantined(): void
}

export class TryOut {
  readonly #options: TryOutOptions
  readonly #folder: string
  readonly #server: ServerSupervisor
  /** In this process's memory only. */
  readonly #password = randomBytes(18).toString('base64url')
  #starting: Promise<void> | null = null

  constructor(options: TryOutOptions) {
    const { dataFolder, quarantineFolder, fork } = options
    this.#options = options
    this.#folder = join(dataFolder, 'try-it')
    this.#server = new ServerSupervisor({
      fork,
      open: { database: 'sqlite::memory:', dataFolder: join(dataFolder, 'share', 'try-it'), quarantineFolder },
      onStatus: (status) => this.#trust(status),
      onEvent: ({ name }) => {
        if (name === 'quarantined') options.onQuarantined()
      },
      // After a crash too: the accounts were in memory.
      beforeStart: async (server) => {
        const known = await server.call('accounts.list', null)
        if (known.some(({ name }) => name === USER)) return
        const account = { ...ACCOUNT_DEFAULTS, role: 'writer' as const, root: this.#folder }
        await server.call('accounts.add', { ...account, name: USER, password: this.#password })
      },
      // The session looks for it where it was.
      configAgain: (config, last) => ({ ...config, port: listening(last)?.port ?? config.port }),
    })
  }

  /**
   * Starts the server if need be and connects to it.
   * @throws SluiceError what keeps the server from starting, or as `Session.connect`
   */
  async open(): Promise<SessionState> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null
    })
    await this.#starting
    const address = listening(this.#server.status)
    if (!address) throw new SluiceError('internal', 'The server to try did not start. Try again.')
    const { host, port } = address
    return this.#options.connect({ protocol: 'ftpes', host, port, user: USER, password: this.#password })
  }

  /** The scanning agent, or null while there is none. */
  useAgent(address: AgentAddress | null): void {
    this.#server.useAgent(address)
  }

  /** Ends the server. @param graceMs for transfers */
  dispose(graceMs: number): Promise<void> {
    return this.#server.dispose(graceMs)
  }

  async #start(): Promise<void> {
    await makeExamples(this.#folder)
    if (listening(this.#server.status)) return
    // One that crashed and waits for its next try is started now, where it was.
    const again = this.#server.serves
    if (again) await this.#server.stop(0)
    await this.#server.start(again ?? shareConfigSchema.parse({ port: 0, root: this.#folder }))
  }

  #trust(status: ShareStatus): void {
    const address = listening(status)
    if (!address || status.state !== 'running' || status.fingerprint === null) return
    this.#options.trust(address.host, address.port, status.fingerprint)
  }
}

/** Where a running server takes explicit TLS. */
function listening(status: ShareStatus): { host: string; port: number } | null {
  if (status.state !== 'running') return null
  const address = status.addresses.find(({ implicit }) => !implicit)
  return address ? { host: address.host, port: address.port } : null
}
