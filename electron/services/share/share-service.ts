/** Sharing a folder, as the window sees it: configuration, the server's state, accounts and audit log. */
import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../../../common/errors.ts'
import type { AppEvent, ShareState } from '../../../common/ipc.ts'
import type { SessionState } from '../../../common/models.ts'
import type { ShareArgument, ShareEvent, ShareMethod, ShareResults } from '../../../common/share-control.ts'
import {
  SHARE_STOP_GRACE,
  sharesNothing,
  type AuditFilter,
  type FirstAccount,
  type ShareConfig,
} from '../../../common/share.ts'
import type { AgentAddress } from '../../gate/index.ts'
import { ShareConfigStore } from './config-store.ts'
import { ServerSupervisor } from './server-supervisor.ts'
import { TryOut, type TryOutOptions } from './try-out.ts'
import type { FileDialogs } from './types.ts'

export type ShareAppEvent = Extract<AppEvent, { type: 'share' | 'share-live' | 'share-accounts' | 'share-audit' }>

export interface ShareServiceOptions extends TryOutOptions {
  dialogs: FileDialogs
  emit(event: ShareAppEvent): void
}

export class ShareService {
  readonly #options: ShareServiceOptions
  readonly #store: ShareConfigStore
  readonly #server: ServerSupervisor
  readonly #tryOut: TryOut

  private constructor(options: ShareServiceOptions, store: ShareConfigStore) {
    const { dataFolder, quarantineFolder, fork } = options
    const folder = join(dataFolder, 'share')
    this.#options = options
    this.#store = store
    this.#tryOut = new TryOut(options)
    this.#server = new ServerSupervisor({
      fork,
      open: { database: `sqlite:${join(folder, 'share.sqlite')}`, dataFolder: folder, quarantineFolder },
      onStatus: () => this.#changed(),
      onEvent: (event) => this.#hear(event),
    })
  }

  /** Nothing is started before it is needed. */
  static async open(options: ShareServiceOptions): Promise<ShareService> {
    return new ShareService(options, await ShareConfigStore.open(join(options.dataFolder, 'share.json')))
  }

  state(): ShareState {
    const config = this.#store.get()
    const { problem } = this.#store
    const { status, serves } = this.#server
    return {
      config,
      // Settings that were set aside must be seen before anything is started.
      status: problem && status.state === 'stopped' ? { state: 'failed', error: problem, retryAt: null } : status,
      restartNeeded: serves !== null && JSON.stringify(serves) !== JSON.stringify(config),
    }
  }

  /** Saves; a server that runs goes on with what it was started with. @throws SluiceError local-io */
  async setConfig(config: ShareConfig): Promise<ShareState> {
    await this.#store.set(config)
    this.#changed()
    return this.state()
  }

  /** @throws SluiceError bad-argument without a folder to share, or what keeps the server from starting */
  async start(): Promise<{ firstAccount: FirstAccount | null }> {
    const config = this.#store.get()
    if (sharesNothing(config)) throw new SluiceError('bad-argument', 'Choose the folder to share first.')
    return this.#server.start(config)
  }

  /** Transfers get some seconds to finish. */
  stop(): Promise<void> {
    return this.#server.stop(SHARE_STOP_GRACE)
  }

  /** Connects to a server with examples, which is started if need be; the share is not touched by it. */
  tryOut(): Promise<SessionState> {
    return this.#tryOut.open()
  }

  /** Whether the window wants `share-live` events. */
  watch(wanted: boolean): void {
    this.#server.watch(wanted)
  }

  /** Asks the server process: accounts, audit log, sessions, port test. @throws SluiceError what it answers */
  call<M extends Exclude<ShareMethod, 'open' | 'start' | 'stop' | 'useAgent' | 'watch' | 'audit.export'>>(
    method: M,
    argument: ShareArgument<M>,
  ): Promise<ShareResults[M]> {
    return this.#server.call(method, argument)
  }

  /** Asks where to and writes the audit log there; null when the person did not say. */
  async exportAudit(format: 'csv' | 'json', filter: AuditFilter): Promise<{ entries: number; file: string } | null> {
    const day = new Date().toISOString().slice(0, 10)
    const { dialogs } = this.#options
    const file = await dialogs.chooseNewFile('Export the audit log', `sluice-audit-${day}.${format}`)
    if (file === null) return null
    // Whole or not at all; whether an older file may be replaced was the dialog's question.
    const temporary = `${file}.${randomUUID()}.new`
    try {
      const { entries } = await this.#server.call('audit.export', { file: temporary, format, filter })
      await rename(temporary, file)
      return { entries, file }
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined)
      if (cause instanceof SluiceError) throw cause
      throw new SluiceError('local-io', `${file} cannot be written: check the disk and its permissions.`, { cause })
    }
  }

  chooseFolder(from: string): Promise<string | null> {
    return this.#options.dialogs.chooseFolder('Choose a folder', from)
  }

  /** The scanning agent, or null while there is none. */
  useAgent(address: AgentAddress | null): void {
    this.#server.useAgent(address)
    this.#tryOut.useAgent(address)
  }

  /** Ends both servers. @param graceMs ms for transfers */
  async dispose(graceMs: number): Promise<void> {
    await Promise.all([this.#server.dispose(graceMs), this.#tryOut.dispose(graceMs)])
  }

  #hear(event: Exclude<ShareEvent, { name: 'status' }>): void {
    const { emit, onQuarantined } = this.#options
    switch (event.name) {
      case 'live':
        emit({ type: 'share-live', sessions: event.sessions, transfers: event.transfers })
        break
      case 'accounts-changed':
        emit({ type: 'share-accounts' })
        break
      case 'audit-changed':
        emit({ type: 'share-audit' })
        break
      case 'quarantined':
        onQuarantined()
        break
    }
  }

  #changed(): void {
    this.#options.emit({ type: 'share', share: this.state() })
  }
}
