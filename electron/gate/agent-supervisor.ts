/**
 * Keeps the scanning agent alive: starts it with its program on loopback with a random token, tells the gate where it is,
 * starts it again when it dies. With an agent on another machine it only reads the token and tells the gate.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { agentReadySchema } from '../../common/agent-api.ts'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { Settings } from '../../common/models.ts'
import type { ScanGate } from './types.ts'

/** The part of Electron's UtilityProcess that is needed here. */
export interface AgentProcess {
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
  kill(): boolean
}

export type ForkAgent = (args: string[], env: Record<string, string | undefined>) => AgentProcess

/** ms before each try to start again; the last one repeats */
const RESTART_DELAYS = [200, 1000, 3000, 10_000, 30_000]
/** ms from the start to the word where it listens; to look for engines takes some seconds at worst */
const START_LIMIT = 60_000
/** An agent that lived this long (ms) was well: the next failure starts with the first delay again. */
const STABLE_AFTER = 30_000

export class AgentSupervisor {
  readonly #gate: Pick<ScanGate, 'useAgent'>
  readonly #fork: ForkAgent
  #settings: Settings['agent']
  #process: AgentProcess | null = null
  #restartTimer: NodeJS.Timeout | null = null
  #startTimer: NodeJS.Timeout | null = null
  #failures = 0
  #disposed = false

  /** @param gate is told where the agent is, and when it has gone */
  constructor(gate: Pick<ScanGate, 'useAgent'>, fork: ForkAgent, settings: Settings['agent']) {
    this.#gate = gate
    this.#fork = fork
    this.#settings = settings
  }

  start(): void {
    if (this.#settings.mode === 'own') this.#startOwn(this.#settings)
    else void this.#useRemote(this.#settings)
  }

  /** Ends the agent and starts it anew, with other settings where given. */
  restart(settings: Settings['agent'] = this.#settings): void {
    this.#settings = settings
    this.#failures = 0
    this.#stop()
    this.start()
  }

  dispose(): void {
    this.#disposed = true
    this.#stop()
  }

  #stop(): void {
    for (const timer of [this.#restartTimer, this.#startTimer]) if (timer !== null) clearTimeout(timer)
    this.#restartTimer = this.#startTimer = null
    const child = this.#process
    this.#process = null
    child?.kill()
  }

  #startOwn(settings: Extract<Settings['agent'], { mode: 'own' }>): void {
    const token = randomBytes(32).toString('hex')
    const args = ['--listen', '127.0.0.1:0', '--engine', settings.engine]
    if (settings.clamd !== '') args.push('--clamd', settings.clamd)
    const startedAt = performance.now()
    this.#gate.useAgent(null)
    // The token goes by environment: an argument list is readable by every user of the machine.
    const child = this.#fork(args, { ...process.env, SLUICE_AGENT_TOKEN: token })
    this.#process = child
    // Its end is then handled like any other.
    const startTimer = setTimeout(() => child.kill(), START_LIMIT)
    this.#startTimer = startTimer
    child.on('message', (message) => {
      const ready = agentReadySchema.safeParse(message)
      if (ready.success && this.#process === child) {
        clearTimeout(startTimer)
        this.#gate.useAgent({ url: `http://127.0.0.1:${ready.data.port}`, token })
      }
    })
    child.once('exit', (code) => {
      clearTimeout(startTimer)
      if (this.#process !== child || this.#disposed) return
      this.#process = null
      if (performance.now() - startedAt > STABLE_AFTER) this.#failures = 0
      const delay = RESTART_DELAYS[Math.min(this.#failures, RESTART_DELAYS.length - 1)] ?? 0
      this.#failures++
      const message = `The scanning agent ended (code ${code}); it is started again. Files wait until it answers.`
      this.#gate.useAgent(null, { code: 'agent-unavailable', message })
      this.#restartTimer = setTimeout(() => this.start(), delay)
    })
  }

  async #useRemote(settings: Extract<Settings['agent'], { mode: 'remote' }>): Promise<void> {
    let reading = settings.tokenFile
    try {
      const token = (await readFile(reading, 'utf8')).trim()
      const address = { url: settings.url, token }
      reading = settings.certificateFile
      const trust = reading === '' ? {} : { ca: await readFile(reading, 'utf8') }
      if (this.#settings === settings) this.#gate.useAgent({ ...address, ...trust })
    } catch (cause) {
      const message = `The scanning agent cannot be used: ${reading} cannot be read. Check its path in the settings.`
      const error = new SluiceError('agent-unavailable', message, { cause })
      if (this.#settings === settings) this.#gate.useAgent(null, toErrorData(error))
    }
  }
}
