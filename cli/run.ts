/** One run of the program: its commands, what can end it early, its end. */
import { findCommand, type CommandName } from '../common/commands.ts'
import { SluiceError, toErrorData } from '../common/errors.ts'
import { outcomeOf, withoutPasswords, type CommandEnd, type Outcome } from '../electron/services/console/index.ts'
import { planWords, type Plan } from './direct.ts'
import { exitCode, worse } from './exit-codes.ts'
import { typeCommands } from './interactive.ts'
import { bad, type CliOptions } from './options.ts'
import { buildProgram, type Program, type ProgramParts, type Surroundings } from './program.ts'
import { Screen } from './screen.ts'
import { commandsIn, commandsOf, refuseBadScript, untilStopped, type ScriptCommand } from './script.ts'
import { watchSignals } from './signals.ts'

/** ms for the orderly end; deleting a temporary file on a slow server may take ten seconds */
const END_LIMIT = 15_000
/** Ended because nobody reads the output any more: 128 + SIGPIPE, as for other programs. */
const BROKEN_PIPE = 141
/** ms that a scanner may take until `status` goes without it */
const SCANNER_START = 5000
const ADDRESS_WITH_PASSWORD = /\b(?:ftp|ftps|ftpes):\/\/[^\s/@:]*:[^\s/@]+@/i
/** Commands that need the scanner, or tell about it. */
const SCANNING: ReadonlySet<CommandName> = new Set([
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
    onBroken: (readerGone) => stop.abort(readerGone ? BROKEN_PIPE : exitCode('failed')),
  })
  let commands: Run | null = null
  const unwatch = watchSignals({
    interrupt: () => {
      // A person who types commands means the one that runs.
      if (commands?.typing === true) {
        commands.cancel()
        return false
      }
      stop.abort(exitCode('cancelled'))
      return true
    },
    end: (code) => stop.abort(code),
  })
  try {
    const plan = planWords(options.words, options)
    refuseTwoWays(options, plan)
    await refuseBadScript(options.commands, options.script)
    warnLoudly(options, plan, screen)
    const parts = { options, plan, around, screen }
    commands = new Run(parts, await buildProgram(parts), stop.signal)
    const outcome = await commands.run()
    await screen.flush()
    return stop.signal.aborted ? Number(stop.signal.reason) : exitCode(outcome)
  } catch (error) {
    if (stop.signal.aborted) return Number(stop.signal.reason)
    const data = toErrorData(error)
    screen.fail(data)
    return exitCode(outcomeOf(data.code))
  } finally {
    await commands?.dispose()
    unwatch()
    screen.dispose()
  }
}

class Run {
  readonly #parts: ProgramParts
  readonly #program: Program
  readonly #stop: AbortSignal
  #agentStarted = false
  #current: AbortController | null = null

  constructor(parts: ProgramParts, program: Program, stop: AbortSignal) {
    this.#parts = parts
    this.#program = program
    this.#stop = stop
  }

  get typing(): boolean {
    return this.#program.typing
  }

  /** Ends the running command. */
  cancel(): void {
    this.#current?.abort(cancelled())
  }

  async run(): Promise<Outcome> {
    const { options, plan, around, screen } = this.#parts
    const { first, command } = plan
    const { editor, typing } = this.#program
    // The scanner takes a moment to start: time that the connection needs as well.
    if (typing || command?.some(needsScanner) === true) this.#startAgent()
    const opened = await this.#prepare(first)
    if (opened !== 'ok' && !typing) return opened
    if (command) {
      const there = await this.#prepare(command.slice(0, -1))
      return there === 'ok' ? (await this.#runLine(command.at(-1) ?? '')).outcome : there
    }
    if (editor && typing) {
      await typeCommands({
        editor,
        console: this.#program.console,
        screen,
        dataFolder: around.dataFolder,
        stop: this.#stop,
        cancel: () => this.cancel(),
        run: (text) => this.#runLine(text),
      })
      return 'ok'
    }
    const { commands, script } = options
    return this.#runScript(commands.length > 0 ? commandsOf(commands) : commandsIn(script ?? '-', around.stdin))
  }

  /** Ends everything in order, for a bounded time. */
  async dispose(): Promise<void> {
    this.cancel()
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, END_LIMIT)
    await Promise.race([this.#program.core.dispose().catch(() => undefined), limit.promise])
    clearTimeout(timer)
    await this.#program.agents.ended()
  }

  /** Commands that are only the way to what was asked for. */
  async #prepare(texts: readonly string[]): Promise<Outcome> {
    this.#program.preparing = !this.#program.typing && !this.#parts.options.verbose
    try {
      for (const text of texts) {
        const { outcome } = await this.#runLine(text)
        if (outcome !== 'ok') return outcome
      }
      return 'ok'
    } finally {
      this.#program.preparing = false
    }
  }

  async #runScript(script: Iterable<ScriptCommand> | AsyncIterable<ScriptCommand>): Promise<Outcome> {
    const { options, screen } = this.#parts
    let result: Outcome = 'ok'
    for await (const { text, where } of untilStopped(script, this.#stop)) {
      const { outcome, quit } = await this.#runLine(text)
      if (quit || this.#stop.aborted) break
      if (outcome === 'ok') continue
      result = worse(result, outcome)
      if (!options.keepGoing) {
        screen.tell('bad', `Stopped at ${where}: ${withoutPasswords(text)}`)
        break
      }
      screen.tell('warn', `${where} failed: ${withoutPasswords(text)}`)
    }
    return result
  }

  async #runLine(text: string): Promise<CommandEnd> {
    if (this.#stop.aborted) return { outcome: 'cancelled', quit: false }
    if (needsScanner(text)) this.#startAgent()
    const current = new AbortController()
    const onStop = (): void => current.abort(cancelled())
    this.#current = current
    this.#stop.addEventListener('abort', onStop, { once: true })
    try {
      if (commandOf(text) === 'status' && this.#agentStarted) await scannerKnown(this.#program.core, current.signal)
      return await this.#program.console.run(text, current.signal)
    } finally {
      this.#stop.removeEventListener('abort', onStop)
      this.#current = null
    }
  }

  #startAgent(): void {
    const { gate, supervisor } = this.#program.core
    const { upload, download } = gate.policy()
    if (this.#agentStarted || !(upload || download)) return
    this.#agentStarted = true
    supervisor.start()
  }
}

function cancelled(): SluiceError {
  return new SluiceError('cancelled', 'Cancelled.')
}

/** Waits a moment for a scanner that starts: its state is part of what `status` tells. */
async function scannerKnown({ gate }: Program['core'], signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = gate.onStatus(() => resolve())
  const enough = AbortSignal.any([signal, AbortSignal.timeout(SCANNER_START)])
  enough.addEventListener('abort', () => resolve(), { once: true })
  if (gate.status().state === 'starting') await promise
  stop()
}

/** Whether a command may scan: an unknown word may be the beginning of one that does. */
function needsScanner(text: string): boolean {
  const name = commandOf(text)
  return name === null || SCANNING.has(name)
}

/** The name of the command that a line begins with; null for one that is not written out. */
function commandOf(text: string): CommandName | null {
  const [word = ''] = text.trim().split(/\s+/)
  return findCommand(word.startsWith('!') ? '!' : word)?.name ?? null
}

function refuseTwoWays(options: CliOptions, plan: Plan): void {
  if (plan.command === null || (options.commands.length === 0 && options.script === null)) return
  throw bad('A command and -c or -f do not go together: take one of them.')
}

function warnLoudly(options: CliOptions, plan: Plan, screen: Screen): void {
  if (plan.passwords.length > 0 || options.commands.some((text) => ADDRESS_WITH_PASSWORD.test(text))) {
    const instead = 'take a hidden question, SLUICE_PASSWORD, --password-file or .netrc'
    screen.tell('warn', `A password on the command line can be read by every user of this computer: ${instead}.`)
  }
  if (!options.scan) screen.tell('bad', 'WARNING: --no-scan: UPLOADS AND DOWNLOADS ARE NOT SCANNED.')
  if (options.insecure) {
    screen.tell('bad', 'WARNING: --insecure: ANYBODY BETWEEN HERE AND THE SERVER COULD READ AND CHANGE EVERYTHING.')
  }
}
