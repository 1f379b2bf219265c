/** One run of the program: what it is built of, its commands, its end. */
import { homedir } from 'node:os'
import { findCommand } from '../common/commands.ts'
import type { ConsoleQuestion } from '../common/console.ts'
import { SluiceError, toErrorData } from '../common/errors.ts'
import { settingsSchema } from '../common/models.ts'
import {
  createConsole,
  outcomeOf,
  withoutPasswords,
  type CommandEnd,
  type Console,
  type Outcome,
} from '../electron/services/console/index.ts'
import { createCore, type Core } from '../electron/services/core.ts'
import { SettingsStore } from '../electron/services/settings.ts'
import { createSessionLines } from '../electron/services/session-lines.ts'
import { sessionStatus } from '../electron/services/status.ts'
import type { AgentProcesses } from './agent-process.ts'
import { planWords, type Plan } from './direct.ts'
import { exitCode, worse } from './exit-codes.ts'
import { typeCommands } from './interactive.ts'
import type { KeyboardStream } from './keyboard.ts'
import { LineEditor } from './line-editor.ts'
import type { CliOptions } from './options.ts'
import { Questions } from './questions.ts'
import { Screen, type OutputStream } from './screen.ts'
import { commandsIn, commandsOf, type ScriptCommand } from './script.ts'
import { openSecrets } from './secrets.ts'
import { watchSignals } from './signals.ts'

/** What the program has around it; the packaged app brings another way to start agents. */
export interface Surroundings {
  stdin: KeyboardStream & { isTTY?: boolean }
  stdout: OutputStream
  stderr: OutputStream
  env: Record<string, string | undefined>
  /** Absolute: where trusted certificates, the quarantine and the history lie. */
  dataFolder: string
  agents(verbose: boolean): AgentProcesses
}

/** ms for the orderly end; deleting a temporary file on a slow server may take ten seconds */
const END_LIMIT = 15_000
/** Ended because nobody reads the output any more: 128 + SIGPIPE, as for other programs. */
const BROKEN_PIPE = 141
/** Commands that need the scanner, or tell about it. */
const SCANNING: ReadonlySet<string> = new Set([
  'put',
  'mput',
  'get',
  'mget',
  'reget',
  'reput',
  'append',
  'cat',
  'status',
])

/** Runs what the options ask for; gives the exit code. */
export async function run(options: CliOptions, around: Surroundings): Promise<number> {
  // Aborts when the whole run is to end, with the exit code as its reason.
  const stop = new AbortController()
  const screen = new Screen({
    stdout: around.stdout,
    stderr: around.stderr,
    json: options.json,
    quiet: options.quiet,
    onBroken: () => stop.abort(BROKEN_PIPE),
  })
  let program: Program | null = null
  const unwatch = watchSignals({
    interrupt: () => (program?.typing === true ? program.cancel() : stop.abort(exitCode('cancelled'))),
    end: (code) => stop.abort(code),
  })
  try {
    program = await Program.start(options, around, screen, stop)
    const outcome = await program.run()
    return stop.signal.aborted ? Number(stop.signal.reason) : exitCode(outcome)
  } catch (error) {
    if (stop.signal.aborted) return Number(stop.signal.reason)
    const data = toErrorData(error)
    screen.fail(data)
    return exitCode(outcomeOf(data.code))
  } finally {
    await program?.dispose()
    unwatch()
    screen.dispose()
  }
}

/** The signal's own reason is a number. */
const cancelled = (): SluiceError => new SluiceError('cancelled', 'Cancelled.')

class Program {
  readonly #options: CliOptions
  readonly #around: Surroundings
  readonly #screen: Screen
  readonly #stop: AbortController
  readonly #plan: Plan
  readonly #core: Core
  readonly #console: Console
  readonly #agents: AgentProcesses
  readonly #editor: LineEditor | null
  #agentStarted = false
  #current: AbortController | null = null
  /** Whether a person types commands: Ctrl-C then ends a command, not the program. */
  readonly typing: boolean

  private constructor(parts: {
    options: CliOptions
    around: Surroundings
    screen: Screen
    stop: AbortController
    plan: Plan
    core: Core
    console: Console
    agents: AgentProcesses
    editor: LineEditor | null
    typing: boolean
  }) {
    this.#options = parts.options
    this.#around = parts.around
    this.#screen = parts.screen
    this.#stop = parts.stop
    this.#plan = parts.plan
    this.#core = parts.core
    this.#console = parts.console
    this.#agents = parts.agents
    this.#editor = parts.editor
    this.typing = parts.typing
  }

  static async start(
    options: CliOptions,
    around: Surroundings,
    screen: Screen,
    stop: AbortController,
  ): Promise<Program> {
    const plan = planWords(options.words, options)
    const scripted = plan.command !== null || options.commands.length > 0 || options.script !== null
    if (plan.command !== null && (options.commands.length > 0 || options.script !== null)) {
      throw new SluiceError('bad-argument', 'A command and -c or -f do not go together: take one of them.')
    }
    const terminal = around.stderr.isTTY === true ? around.stderr : around.stdout.isTTY === true ? around.stdout : null
    const answers = around.stdin.isTTY === true && terminal !== null && options.script !== '-'
    const editor = answers && terminal ? new LineEditor({ input: around.stdin, output: terminal, screen }) : null
    warnLoudly(options, plan, screen)
    const credentials = await openSecrets({
      user: options.user,
      passwordFile: options.passwordFile,
      netrcFile: options.netrcFile,
      fromAddresses: plan.passwords,
      env: around.env,
      warn: (text) => screen.tell('warn', text),
    })
    const settings = SettingsStore.inMemory(
      settingsSchema.parse({
        transferType: options.type,
        dataMode: options.active ? 'active' : 'passive',
        confirmSeveral: editor !== null && plan.command?.at(-1)?.startsWith('mput') !== true,
        conflict: options.conflict ?? 'ask',
        parallelTransfers: options.parallel,
        agent: options.agent,
      }),
    )
    const questions = new Questions({
      screen,
      ask: editor && ((text, signal) => editor.ask({ text, hidden: false }, signal)),
      insecure: options.insecure,
    })
    const agents = around.agents(options.verbose)
    const typing = editor !== null && !scripted
    const sessionLine = createSessionLines()
    const { timeout } = options
    const core = await createCore({
      dataFolder: around.dataFolder,
      journalFile: ':memory:',
      localFolder: process.cwd(),
      settings,
      forkAgent: agents.fork,
      startAgent: false,
      ask: (question, signal) => questions.ask(question, signal),
      onSession: (state) => {
        const line = sessionLine(state)
        if (line && typing) screen.write({ lines: [line] })
      },
      ...(options.fingerprint === null ? {} : { onlyFingerprint: options.fingerprint }),
      ...(timeout === null ? {} : { timeouts: { connect: timeout, tls: timeout, reply: timeout, data: timeout } }),
    })
    if (!options.scan) core.gate.setPolicy({ upload: false, download: false })
    const console = createConsole(
      {
        session: core.session,
        transfers: core.transfers,
        gate: core.gate,
        settings,
        folders: core.folders,
        log: core.log,
        homeFolder: homedir(),
        connect: (request) => core.session.connect(request),
        status: (o) => sessionStatus(core, o),
        changed: () => undefined,
        defaultProtocol: options.protocol ?? 'ftpes',
        credentials,
        verbose: options.verbose,
      },
      {
        interactive: editor !== null,
        write: (output) => screen.write(output),
        ask: (question, signal) => (editor ? editor.ask(question, signal) : refuseToAsk(question)),
        progress: (progress) => screen.progress(progress),
      },
    )
    return new Program({ options, around, screen, stop, plan, core, console, agents, editor, typing })
  }

  /** Ends the running command. */
  cancel(): void {
    this.#current?.abort(cancelled())
  }

  async run(): Promise<Outcome> {
    const { first, command } = this.#plan
    // The scanner takes a moment to start: time that the connection needs as well.
    if (this.typing || command?.some(needsScanner) === true) this.#startAgent()
    for (const text of first) {
      const { outcome } = await this.#runLine(text)
      if (outcome !== 'ok' && !this.typing) return outcome
    }
    if (command) return this.#runDirect(command)
    if (this.#editor && this.typing) {
      await typeCommands({
        editor: this.#editor,
        console: this.#console,
        screen: this.#screen,
        dataFolder: this.#around.dataFolder,
        stop: this.#stop.signal,
        cancel: () => this.cancel(),
        run: (text) => this.#runLine(text),
      })
      return 'ok'
    }
    const { commands, script } = this.#options
    return this.#runScript(commands.length > 0 ? commandsOf(commands) : commandsIn(script ?? '-', this.#around.stdin))
  }

  /** Ends everything in order, for a bounded time. */
  async dispose(): Promise<void> {
    this.cancel()
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, END_LIMIT)
    await Promise.race([this.#core.dispose().catch(() => undefined), limit.promise])
    clearTimeout(timer)
    await this.#agents.ended()
  }

  async #runDirect(texts: readonly string[]): Promise<Outcome> {
    for (const text of texts) {
      const { outcome } = await this.#runLine(text)
      if (outcome !== 'ok') return outcome
    }
    return 'ok'
  }

  async #runScript(script: Iterable<ScriptCommand> | AsyncIterable<ScriptCommand>): Promise<Outcome> {
    let result: Outcome = 'ok'
    for await (const { text, where } of untilStopped(script, this.#stop.signal)) {
      const { outcome, quit } = await this.#runLine(text)
      if (quit) break
      if (outcome === 'ok') continue
      result = result === 'ok' ? outcome : worse(result, outcome)
      if (this.#stop.signal.aborted) break
      if (!this.#options.keepGoing) {
        this.#screen.tell('bad', `Stopped at ${where}: ${withoutPasswords(text)}`)
        break
      }
      this.#screen.tell('warn', `${where} failed: ${withoutPasswords(text)}`)
    }
    return result
  }

  async #runLine(text: string): Promise<CommandEnd> {
    const { signal: stop } = this.#stop
    if (stop.aborted) return { outcome: 'cancelled', quit: false }
    if (needsScanner(text)) this.#startAgent()
    const current = new AbortController()
    const onStop = (): void => current.abort(cancelled())
    this.#current = current
    stop.addEventListener('abort', onStop, { once: true })
    try {
      return await this.#console.run(text, current.signal)
    } finally {
      stop.removeEventListener('abort', onStop)
      this.#current = null
    }
  }

  #startAgent(): void {
    const { upload, download } = this.#core.gate.policy()
    if (this.#agentStarted || !(upload || download)) return
    this.#agentStarted = true
    this.#core.supervisor.start()
  }
}

/** What may be a command that scans: an unknown word may be the beginning of one. */
function needsScanner(text: string): boolean {
  const [word = ''] = text.trim().split(/\s+/)
  if (word.startsWith('#') || word.startsWith('!')) return false
  const spec = findCommand(word)
  return spec === null || SCANNING.has(spec.name)
}

function warnLoudly(options: CliOptions, plan: Plan, screen: Screen): void {
  if (plan.passwords.length > 0 || options.commands.some((text) => withoutPasswords(text) !== text)) {
    screen.tell(
      'warn',
      'A password on the command line can be read by every user of this computer: use a question, SLUICE_PASSWORD, --password-file or .netrc.',
    )
  }
  if (!options.scan) screen.tell('bad', 'WARNING: --no-scan: UPLOADS AND DOWNLOADS ARE NOT SCANNED.')
  if (options.insecure) {
    screen.tell('bad', 'WARNING: --insecure: ANYBODY BETWEEN HERE AND THE SERVER COULD READ AND CHANGE EVERYTHING.')
  }
}

async function refuseToAsk({ text, hidden }: ConsoleQuestion): Promise<never> {
  const how = hidden
    ? 'Give the password by SLUICE_PASSWORD, --password-file or .netrc.'
    : /user/i.test(text)
      ? 'Give the name by --user, in the address, or by .netrc.'
      : 'Run it at a terminal, or say what is wanted in the command.'
  throw new SluiceError('needs-answer', `Nobody is there to answer “${text.trim()}”. ${how}`)
}

/** The commands until the run is to end: a standard input that stays silent must not hold it up. */
async function* untilStopped<T>(items: Iterable<T> | AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const { promise: stopped, resolve } = Promise.withResolvers<{ done: true; value: undefined }>()
  const onStop = (): void => resolve({ done: true, value: undefined })
  stop.addEventListener('abort', onStop, { once: true })
  if (stop.aborted) onStop()
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), stopped])
      if (next.done === true) return
      yield next.value
    }
  } finally {
    stop.removeEventListener('abort', onStop)
    // Not awaited: a generator that waits for its input ends with the input only.
    void iterator.return?.(undefined)
  }
}
