/**
 * Keeps a server process as long as it is wanted: starts it on first need, hands it what it must know, and starts it again
 * when it dies while it should serve, after pauses that grow.
 */
import { SluiceError, toErrorData, type ErrorData } from '../../../common/errors.ts'
import type { ShareArgument, ShareEvent, ShareMethod, ShareResults } from '../../../common/share-control.ts'
import type { FirstAccount, ShareConfig, ShareStatus } from '../../../common/share.ts'
import type { AgentAddress } from '../../gate/index.ts'
import { ServerProcess } from './server-process.ts'
import type { ForkServer } from './types.ts'

/** ms before each try to start again; the last one repeats */
const RESTART_DELAYS = [500, 2_000, 5_000, 15_000, 30_000]
/** A server that served this long (ms) was well: the next failure starts with the first delay again. */
const STABLE_AFTER = 30_000
/** ms beyond the grace for a stop, and then for the process's end */
const STOP_MARGIN = 3_000

export interface SupervisorOptions {
  fork: ForkServer
  /** What the process opens before anything else. */
  open: ShareArgument<'open'>
  onStatus(status: ShareStatus): void
  onEvent(event: Exclude<ShareEvent, { name: 'status' }>): void
  /** Called before each start to serve, those after a crash included. */
  beforeStart?(server: Pick<ServerProcess, 'call'>): Promise<void>
  /** The configuration to start with after a crash. Default: the one of the start. */
  configAgain?(config: ShareConfig, last: ShareStatus): ShareConfig
}

interface Running {
  process: ServerProcess
  ready: Promise<void>
}

export class ServerSupervisor {
  readonly #options: SupervisorOptions
  #status: ShareStatus = { state: 'stopped' }
  #running: Running | null = null
  /** `idle`: not serving, though the process may be there for accounts and audit log. */
  #phase: 'idle' | 'starting' | 'serving' | 'stopping' = 'idle'
  /** What to serve; null while the share should not run. */
  #wanted: ShareConfig | null = null
  #starting: Promise<unknown> = Promise.resolve()
  #agent: AgentAddress | null = null
  #watched = false
  #retryTimer: NodeJS.Timeout | null = null
  #failures = 0
  #servingSince = 0
  #disposed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  get status(): ShareStatus {
    return this.#status
  }

  /** The configuration that is served, or shall be again; null while the share should not run. */
  get serves(): ShareConfig | null {
    return this.#wanted
  }

  /** Asks the process, which is started if need be. @throws SluiceError as `ServerProcess.call` */
  async call<M extends ShareMethod>(method: M, argument: ShareArgument<M>): Promise<ShareResults[M]> {
    return (await this.#process()).call(method, argument)
  }

  /** The scanning agent, or null while there is none. */
  useAgent(address: AgentAddress | null): void {
    this.#agent = address
    this.#tell('useAgent', address)
  }

  /** Whether `live` events are wanted. */
  watch(wanted: boolean): void {
    this.#watched = wanted
    this.#tell('watch', wanted)
  }

  /**
   * Begins to serve.
   * @throws SluiceError `bad-argument` when it serves already, else why it could not; it is then not tried again
   */
  async start(config: ShareConfig): Promise<{ firstAccount: FirstAccount | null }> {
    if (this.#phase !== 'idle') throw new SluiceError('bad-argument', 'The share is running already: stop it first.')
    this.#cancelRetry()
    this.#failures = 0
    try {
      return await this.#serve(config)
    } catch (error) {
      this.#wanted = null
      if (!this.#disposed) this.#set({ state: 'failed', error: toErrorData(error), retryAt: null })
      throw error
    }
  }

  /** Stops serving; transfers get `graceMs` ms to finish. Never rejects: a server that does not obey is ended. */
  async stop(graceMs: number): Promise<void> {
    this.#wanted = null
    this.#cancelRetry()
    await this.#starting.catch(() => undefined)
    const running = this.#running
    if (this.#phase === 'serving' && running) {
      this.#phase = 'stopping'
      try {
        await running.process.call('stop', { graceMs }, graceMs + STOP_MARGIN)
      } catch {
        running.process.kill()
      }
    }
    this.#phase = 'idle'
    this.#set({ state: 'stopped' })
  }

  /** Stops as `stop` does and ends the process. */
  async dispose(graceMs: number): Promise<void> {
    this.#disposed = true
    // A start may take longer than anybody waits at the end.
    if (this.#phase === 'starting') this.#running?.process.kill()
    await this.stop(graceMs)
    const running = this.#running
    this.#running = null
    if (!running) return
    running.process.kill()
    const limit = AbortSignal.timeout(STOP_MARGIN)
    await Promise.race([
      running.process.exited,
      new Promise((resolve) => limit.addEventListener('abort', resolve, { once: true })),
    ])
  }

  async #process(): Promise<ServerProcess> {
    if (this.#disposed) throw new SluiceError('cancelled', 'The app is quitting.')
    this.#running ??= this.#fork()
    const { process, ready } = this.#running
    await ready
    return process
  }

  #fork(): Running {
    const process: ServerProcess = new ServerProcess(this.#options.fork(), (event) => {
      if (this.#running?.process === process) this.#hear(event)
    })
    void process.exited.then((code) => {
      if (this.#running?.process === process) this.#ended(code)
    })
    const open = async (): Promise<void> => {
      try {
        await process.call('open', this.#options.open)
        await process.call('useAgent', this.#agent)
        if (this.#watched) await process.call('watch', true)
      } catch (error) {
        // A process without its database is good for nothing; the next call starts another one.
        if (this.#running?.process === process) this.#running = null
        process.kill()
        throw error
      }
    }
    return { process, ready: open() }
  }

  async #serve(config: ShareConfig): Promise<{ firstAccount: FirstAccount | null }> {
    this.#wanted = config
    this.#phase = 'starting'
    this.#set({ state: 'starting' })
    const starting = this.#begin(config)
    this.#starting = starting
    try {
      const result = await starting
      this.#phase = 'serving'
      this.#servingSince = performance.now()
      return result
    } catch (error) {
      this.#phase = 'idle'
      throw error
    }
  }

  async #begin(config: ShareConfig): Promise<{ firstAccount: FirstAccount | null }> {
    const process = await this.#process()
    try {
      await this.#options.beforeStart?.(process)
      return await process.call('start', config)
    } catch (error) {
      // Nobody knows what it is doing.
      if (error instanceof SluiceError && error.code === 'timeout') process.kill()
      throw error
    }
  }

  #hear(event: ShareEvent): void {
    if (event.name !== 'status') {
      this.#options.onEvent(event)
      return
    }
    const { status } = event
    // What a start or a stop came to is told by its answer, and an idle process says nothing that counts.
    if (status.state === 'running' || status.state === 'stopping') {
      if (this.#phase !== 'idle') this.#set(status)
    } else if (status.state === 'failed' && this.#phase === 'serving') {
      this.#failed(status.error)
    }
  }

  #ended(code: number): void {
    this.#running = null
    // A start or a stop under way hears of it by itself.
    if (this.#phase !== 'serving') return
    const message = `The file server ended unexpectedly (code ${code}). It is started again.`
    this.#failed({ code: 'interrupted', message })
  }

  #failed(error: ErrorData): void {
    this.#phase = 'idle'
    const config = this.#wanted
    if (config === null || this.#disposed) return
    if (performance.now() - this.#servingSince > STABLE_AFTER) this.#failures = 0
    this.#wanted = this.#options.configAgain?.(config, this.#status) ?? config
    this.#retry(this.#wanted, error)
  }

  #retry(config: ShareConfig, error: ErrorData): void {
    const delay = RESTART_DELAYS[Math.min(this.#failures, RESTART_DELAYS.length - 1)] ?? 0
    this.#failures++
    this.#set({ state: 'failed', error, retryAt: Date.now() + delay })
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null
      this.#serve(config).catch((cause: unknown) => {
        // Stopped meanwhile: then nobody wants it any more.
        if (this.#wanted !== null && !this.#disposed) this.#retry(config, toErrorData(cause))
      })
    }, delay)
  }

  #cancelRetry(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer)
    this.#retryTimer = null
  }

  /** For a process that is there; one that comes later is told when it opens. */
  #tell<M extends 'useAgent' | 'watch'>(method: M, argument: ShareArgument<M>): void {
    const running = this.#running
    if (!running) return
    // A server that does not take it is at its end, which is dealt with there.
    running.ready.then(() => running.process.call(method, argument)).catch(() => undefined)
  }

  #set(status: ShareStatus): void {
    this.#status = status
    this.#options.onStatus(status)
  }
}
