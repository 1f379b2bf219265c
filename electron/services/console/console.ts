/** The console: reads a line, runs its command, tells how it ended. */
import { isCancelled, SluiceError, toErrorData } from '../../../common/errors.ts'
import type { Completion } from '../../../common/console.ts'
import { HANDLERS } from './commands/index.ts'
import { Completer } from './complete.ts'
import { remember, remembered } from './history.ts'
import { readLine, type CommandLine } from './line.ts'
import { errorRecord, line, printable } from './output.ts'
import { outcomeOf } from './outcome.ts'
import { commandsOn } from './parse.ts'
import { promptOf } from './prompt.ts'
import type {
  CommandContext,
  CommandEnd,
  ConsoleHost,
  ConsoleIo,
  ConsoleMemory,
  ConsoleOutput,
  Outcome,
} from './types.ts'
import { showProtocol } from './verbose.ts'

/** How long a cancelled command may clean up before the console goes on without it, in ms. */
const GRACE = 5_000

export interface Console {
  /**
   * Runs one line, of several commands (parted by ";") until one fails. Never throws: an error becomes a line with the
   * tone `bad`, and an outcome. One line runs at a time.
   * @param signal the person's cancel: ends the command, not the console
   */
  run(line: string, signal: AbortSignal): Promise<CommandEnd>
  /** Candidates for the word that ends at the cursor (in UTF-16 units). Never throws; takes at most about 3 s. */
  complete(line: string, cursor: number): Promise<Completion>
  /** "ftp.example.org:/pub> "; says so loudly while something is not scanned. */
  prompt(): string
  /** Lines given before, oldest first, without passwords. */
  history(): readonly string[]
  /** Lines of an earlier run, oldest first. */
  useHistory(lines: readonly string[]): void
  readonly memory: ConsoleMemory
}

export function createConsole(host: ConsoleHost, io: ConsoleIo): Console {
  const memory: ConsoleMemory = { verbose: host.verbose, history: [] }
  const completer = new Completer(host)
  let running = false
  return {
    memory,
    prompt: () => promptOf(host),
    history: () => memory.history,
    useHistory(lines) {
      memory.history = remembered(lines)
    },
    complete: (text, cursor) => completer.complete(text, cursor),
    async run(text, signal) {
      if (running) {
        fail(io, new SluiceError('bad-argument', 'A command is running: cancel it or wait for its end.'), null)
        return { outcome: 'usage', quit: false }
      }
      running = true
      try {
        memory.history = remember(memory.history, text)
        let end: CommandEnd = { outcome: 'ok', quit: false }
        for (const command of commandsOn(text)) {
          end = await runLine({ host, io, memory, completer }, command, signal)
          if (end.quit || end.outcome !== 'ok') break
        }
        return end
      } finally {
        running = false
        io.progress(null)
      }
    },
  }
}

interface Parts {
  host: ConsoleHost
  io: ConsoleIo
  memory: ConsoleMemory
  completer: Completer
}

async function runLine(parts: Parts, text: string, signal: AbortSignal): Promise<CommandEnd> {
  const { host, io, memory, completer } = parts
  let command: CommandLine | null = null
  try {
    command = readLine(text)
    if (command === null) return { outcome: 'ok', quit: false }
    signal.throwIfAborted()
    if (command.spec.needsSession) demandSession(host, command.spec.name)
    const ended = await runCommand({ host, io, memory }, command, signal)
    // What a cancelled command did not finish is no failure of it.
    const outcome = signal.aborted && ended !== 'ok' ? 'cancelled' : ended
    if (outcome === 'cancelled') fail(io, new SluiceError('cancelled', 'Cancelled.'), command)
    return { outcome, quit: command.spec.name === 'quit' && outcome === 'ok' }
  } catch (error) {
    const shown = signal.aborted ? new SluiceError('cancelled', 'Cancelled.', { cause: error }) : error
    fail(io, shown, command)
    return { outcome: outcomeOf(toErrorData(shown).code), quit: false }
  } finally {
    // Whatever ran may have changed what is in the folders.
    completer.forget()
  }
}

/** Runs the handler; once the signal aborts it has a short time left, and nothing it writes after that is shown. */
async function runCommand(
  { host, io, memory }: Omit<Parts, 'completer'>,
  { spec, options, args }: CommandLine,
  signal: AbortSignal,
): Promise<Outcome> {
  const handler = HANDLERS[spec.name]
  let over = false
  const write = (output: ConsoleOutput): void => {
    if (!over) io.write(output)
  }
  const context: CommandContext = {
    host,
    signal,
    options,
    memory,
    interactive: io.interactive,
    write,
    ask: async (question, { hidden = false } = {}) => {
      signal.throwIfAborted()
      const text = printable(question)
      return io.ask({ text: text.endsWith(' ') ? text : `${text} `, hidden }, signal)
    },
    progress: (progress) => {
      if (!over) io.progress(progress && { ...progress, label: printable(progress.label) })
    },
  }
  const stopShowing = showProtocol(host.log, () => memory.verbose, write)
  try {
    return await withGrace(async () => (await handler(context, args)) ?? 'ok', signal)
  } finally {
    over = true
    stopShowing()
  }
}

/** What `work` gives; GRACE after the signal's abort its reason, whatever `work` does. */
async function withGrace<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    timer = setTimeout(() => reject(signal.reason), GRACE)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work(), late])
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(timer)
  }
}

function demandSession(host: ConsoleHost, name: string): void {
  const { state } = host.session.state
  if (state !== 'disconnected') return
  throw new SluiceError('not-connected', `${name} needs a session: connect with "open <host>" first.`)
}

function fail(io: ConsoleIo, error: unknown, command: CommandLine | null): void {
  const data = toErrorData(error)
  const text = isCancelled(error) ? 'Cancelled.' : data.message
  io.write({
    lines: [line(isCancelled(error) ? 'warn' : 'bad', text)],
    data: [errorRecord(data, command?.spec.name ?? null)],
  })
}
