/** The share of a server process that the app started: one database, one gate, and at most one server at a time. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ShareEvent, ShareParsedArgument } from '../../common/share-control.ts'
import type { FirstAccount, ShareConfig, ShareStatus } from '../../common/share.ts'
import { createGate, type AgentAddress, type ScanGate } from '../../electron/gate/index.ts'
import type { ShareDatabase } from '../audit/types.ts'
import { openShareDatabase } from '../database/index.ts'
import { startShare, type RunningShare } from '../running-share.ts'
import { atMostEvery } from './at-most.ts'

/** ms: at most two of a kind of event a second */
const EVENT_EVERY = 500
/** Sessions and transfers in a `live` event; the newest. */
const MAX_LIVE = 1000

interface Opened {
  database: ShareDatabase
  gate: ScanGate
  dataFolder: string
}

export class ManagedShare {
  readonly #tell: (event: ShareEvent) => void
  #opened: Opened | null = null
  #running: RunningShare | null = null
  #status: ShareStatus = { state: 'stopped' }
  #agent: AgentAddress | null = null
  #live: NodeJS.Timeout | null = null
  #lastLive = ''
  /** Opening, starting and stopping come one after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #cleanups: (() => void)[] = []
  readonly #statusChanged = atMostEvery(EVENT_EVERY, () => this.#tellStatus())

  constructor(tell: (event: ShareEvent) => void) {
    this.#tell = tell
  }

  /** @throws SluiceError bad-argument before `open` */
  get opened(): Opened {
    if (this.#opened === null) throw new SluiceError('bad-argument', 'The database is not open yet.')
    return this.#opened
  }

  /** @throws SluiceError bad-argument while nothing runs */
  get running(): RunningShare {
    if (this.#running === null) throw new SluiceError('bad-argument', 'The server is not running: start it first.')
    return this.#running
  }

  /** @throws SluiceError why the database cannot be opened; bad-argument the second time */
  open({ database: spec, dataFolder, quarantineFolder }: ShareParsedArgument<'open'>): Promise<void> {
    return this.#next(async () => {
      if (this.#opened !== null) throw new SluiceError('bad-argument', 'The database is open already.')
      const database = await openShareDatabase(spec)
      const gate = createGate({ quarantineFolder })
      gate.useAgent(this.#agent)
      this.#opened = { database, gate, dataFolder }
      this.#cleanups.push(
        gate.onStatus(() => this.#statusChanged()),
        gate.quarantine.onChange(() => this.#tell({ name: 'quarantined' })),
        database.accounts.onChange(() => this.#tell({ name: 'accounts-changed' })),
        database.audit.onChange(() => this.#tell({ name: 'audit-changed' })),
      )
    })
  }

  /** @throws SluiceError as `startShare`; bad-argument when it runs already */
  start(config: ShareConfig): Promise<{ firstAccount: FirstAccount | null }> {
    return this.#next(async () => {
      if (this.#running !== null) throw new SluiceError('bad-argument', 'The server is running already.')
      const { opened } = this
      this.#set({ state: 'starting' })
      try {
        const share = await startShare({
          config,
          ...opened,
          onProblem: (message) => {
            console.error(message)
            this.#statusChanged()
          },
          onCertificate: () => this.#statusChanged(),
        })
        this.#running = share
        // The server forgets its watchers when it stops.
        share.server.onChange(() => this.#statusChanged())
        this.#set(share.status())
        return { firstAccount: share.firstAccount }
      } catch (error) {
        this.#set({ state: 'failed', error: toErrorData(error), retryAt: null })
        throw error
      }
    })
  }

  /** Does nothing when nothing runs. */
  stop(graceMs: number): Promise<void> {
    return this.#next(async () => {
      const share = this.#running
      if (share === null) return
      const stopped = share.stop(graceMs)
      this.#set(share.status())
      await stopped.finally(() => {
        this.#running = null
        this.#set({ state: 'stopped' })
      })
    })
  }

  useAgent(address: AgentAddress | null): void {
    this.#agent = address
    this.#opened?.gate.useAgent(address)
  }

  watch(wanted: boolean): void {
    if (this.#live !== null) clearInterval(this.#live)
    this.#live = null
    this.#lastLive = ''
    if (!wanted) return
    this.#live = setInterval(() => this.#tellLive(), EVENT_EVERY)
    this.#tellLive()
  }

  async dispose(): Promise<void> {
    this.watch(false)
    await this.stop(0).catch(() => undefined)
    this.#statusChanged.dispose()
    for (const cleanup of this.#cleanups.splice(0)) cleanup()
    const opened = this.#opened
    this.#opened = null
    opened?.gate.dispose()
    await opened?.database.close()
  }

  async #next<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }

  #set(status: ShareStatus): void {
    this.#status = status
    // Not held back: that something has started or stopped is what the person waits for.
    this.#tell({ name: 'status', status })
  }

  #tellStatus(): void {
    if (this.#running === null) return
    const status = this.#running.status()
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return
    this.#set(status)
  }

  #tellLive(): void {
    const server = this.#running?.server
    const newest = <T>(all: T[] | undefined): T[] => (all ?? []).slice(-MAX_LIVE)
    const sessions = newest(server?.sessions())
    const transfers = newest(server?.transfers())
    const now = JSON.stringify([sessions, transfers])
    if (now === this.#lastLive) return
    this.#lastLive = now
    this.#tell({ name: 'live', sessions, transfers })
  }
}
