/** `utilityProcess.fork` over `child_process.fork`; utility-child.ts gives the child its `process.parentPort`. */
import { fork, type ChildProcess, type StdioOptions } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'

interface UtilityOptions {
  env?: NodeJS.ProcessEnv
  execArgv?: string[]
  cwd?: string
  serviceName?: string
  /** 'pipe', 'ignore' or 'inherit' (the default), or such a list of three; the child never has an input. */
  stdio?: string | string[]
}

const running = new Set<UtilityProcess>()
const childRuntime = new URL('./utility-child.ts', import.meta.url).href

/** Events: 'spawn', 'message' (value), 'exit' (code: that of the process, or the number of the signal that ended it). */
class UtilityProcess extends EventEmitter {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly #child: ChildProcess
  #running = true

  constructor(modulePath: string, args: string[], options: UtilityOptions) {
    super()
    const list = Array.isArray(options.stdio) ? options.stdio : ['ignore', options.stdio, options.stdio]
    const [, out = 'inherit', error = 'inherit'] = list
    this.#child = fork(modulePath, args, {
      // Not our own execArgv: it has the inspector port and the emulation of the main process.
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', childRuntime, ...(options.execArgv ?? [])],
      serialization: 'advanced', // structured clone, as between Electron's processes
      stdio: ['ignore', out, error, 'ipc'] as StdioOptions,
      env: options.env ?? process.env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    this.stdout = this.#child.stdout
    this.stderr = this.#child.stderr
    this.#child.on('spawn', () => this.emit('spawn'))
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.on('error', (failure) => this.#end(1, failure))
    this.#child.on('exit', (code, signal) => this.#end(code ?? (signal ? constants.signals[signal] : 1)))
    running.add(this)
  }

  /** Undefined after the end. */
  get pid(): number | undefined {
    return this.#running ? this.#child.pid : undefined
  }

  postMessage(message: unknown): void {
    if (this.#running && this.#child.connected) this.#child.send(message as object)
  }

  kill(): boolean {
    return this.#running && this.#child.kill('SIGTERM')
  }

  /** Ends the child by force; resolves when it is gone. */
  end(): Promise<void> {
    if (!this.#running) return Promise.resolve()
    const gone = new Promise<void>((resolve) => this.once('exit', () => resolve()))
    this.#child.kill('SIGKILL')
    return gone
  }

  #end(code: number, failure?: Error): void {
    if (!this.#running) return
    this.#running = false
    running.delete(this)
    if (failure) console.error('[browser shell] a utility process failed:', failure)
    this.emit('exit', code)
  }
}

export const utilityProcess = {
  fork: (modulePath: string, args: string[] = [], options: UtilityOptions = {}) =>
    new UtilityProcess(modulePath, args, options),
}

/** Ends every child, as Electron does when the application ends. */
export async function endUtilityProcesses(): Promise<void> {
  await Promise.all([...running].map((child) => child.end()))
}
