/** The console of the window: runs one command at a time and keeps what a panel shows of it. */
import type { AppEvent } from '../../common/ipc.ts'
import type { Completion, ConsoleLine, ConsoleProgress, ConsoleQuestion, ConsoleState } from '../../common/console.ts'
import { SluiceError } from '../../common/errors.ts'
import { historyFile, worthKeeping } from './command-history.ts'
import {
  createConsole,
  errorLine,
  line,
  withoutPasswords,
  type Console,
  type ConsoleHost,
  type ConsoleIo,
  type ConsoleOutput,
} from './console/index.ts'

/** Lines kept; older ones are gone. */
const LINE_LIMIT = 10_000
/** ms between two reports of progress */
const PROGRESS_INTERVAL = 100

export interface PanelDeps {
  /** Makes the console that writes to and asks through `io`. */
  createConsole(io: ConsoleIo): Console
  /** Commands of earlier runs, oldest first. */
  history: readonly string[]
  /** Keeps the commands. Its failure is told in the panel. */
  saveHistory(history: string[]): Promise<void>
  onLines(lines: ConsoleLine[]): void
  onState(state: ConsoleState): void
  /** Files that have not ended: worth a question before everything ends. */
  unfinished(): number
  /** Ends the program. */
  quit(): void
}

interface Waiting {
  question: ConsoleQuestion
  resolve(answer: string): void
}

export class ConsolePanel {
  readonly #deps: PanelDeps
  readonly #console: Console
  /** Those that wait for an answer; the first one is shown. */
  readonly #questions: Waiting[] = []
  #lines: ConsoleLine[] = []
  #history: string[]
  #running: { text: string; stop: AbortController } | null = null
  #progress: ConsoleProgress | null = null
  #progressTimer: NodeJS.Timeout | null = null

  constructor(deps: PanelDeps) {
    this.#deps = deps
    this.#console = deps.createConsole({
      interactive: true,
      write: (output) => this.#write(output),
      ask: (question, signal) => this.#ask(question, signal),
      progress: (progress) => this.#report(progress),
    })
    this.#console.useHistory(deps.history)
    this.#history = worthKeeping(this.#console.history())
  }

  /** The lines so far and the state. */
  open(): { lines: ConsoleLine[]; state: ConsoleState } {
    return { lines: this.#lines.slice(-LINE_LIMIT), state: this.#state() }
  }

  /** Runs a command to its end, however it ends. @throws SluiceError bad-argument while another one runs */
  async run(text: string): Promise<void> {
    if (this.#running) {
      throw new SluiceError('bad-argument', 'A command is running: wait until it has ended, or cancel it.')
    }
    const shown = withoutPasswords(text)
    const stop = new AbortController()
    this.#add([line('command', this.#console.prompt() + shown)])
    this.#running = { text: shown, stop }
    this.#changed()
    try {
      const { quit } = await this.#console.run(text, stop.signal)
      if (quit && (await this.#mayQuit(stop.signal))) this.#deps.quit()
    } finally {
      this.#running = null
      this.#endProgress()
      await this.#remember()
      this.#changed()
    }
  }

  /** What was typed to the question; nothing happens when it was withdrawn a moment ago. */
  answer(text: string): void {
    const waiting = this.#questions.shift()
    if (!waiting) return
    const { question } = waiting
    this.#add([line('command', question.hidden ? question.text : question.text + text)])
    this.#changed()
    waiting.resolve(text)
  }

  /** Ends the running command. */
  cancel(): void {
    this.#running?.stop.abort()
  }

  complete(text: string, cursor: number): Promise<Completion> {
    return this.#console.complete(text, cursor)
  }

  /** A line that no command wrote. */
  tell(told: ConsoleLine): void {
    this.#add([told])
  }

  /** Something outside has changed what the prompt says. */
  refresh(): void {
    this.#changed()
  }

  dispose(): void {
    this.cancel()
    this.#endProgress()
  }

  #state(): ConsoleState {
    return {
      prompt: this.#console.prompt(),
      running: this.#running?.text ?? null,
      question: this.#questions[0]?.question ?? null,
      progress: this.#progress,
      history: this.#history,
    }
  }

  #changed(): void {
    this.#deps.onState(this.#state())
  }

  #write({ lines }: ConsoleOutput): void {
    if (lines.length > 0) this.#add(lines.slice(-LINE_LIMIT))
  }

  #add(lines: ConsoleLine[]): void {
    for (const each of lines) this.#lines.push(each)
    // Trimmed in blocks, so that a long output does not copy everything at every line.
    if (this.#lines.length > LINE_LIMIT * 2) this.#lines = this.#lines.slice(-LINE_LIMIT)
    this.#deps.onLines(lines)
  }

  #ask(question: ConsoleQuestion, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const withdraw = (): void => {
        const at = this.#questions.indexOf(waiting)
        if (at !== -1) this.#questions.splice(at, 1)
        this.#changed()
        reject(new SluiceError('cancelled', 'Cancelled.'))
      }
      const waiting: Waiting = {
        question,
        resolve: (answer) => {
          signal.removeEventListener('abort', withdraw)
          resolve(answer)
        },
      }
      if (signal.aborted) {
        withdraw()
        return
      }
      signal.addEventListener('abort', withdraw, { once: true })
      this.#questions.push(waiting)
      this.#changed()
    })
  }

  #report(progress: ConsoleProgress | null): void {
    if (progress === null) {
      const shown = this.#progress !== null
      this.#endProgress()
      if (shown) this.#changed()
      return
    }
    this.#progress = progress
    this.#progressTimer ??= setTimeout(() => {
      this.#progressTimer = null
      this.#changed()
    }, PROGRESS_INTERVAL)
  }

  #endProgress(): void {
    if (this.#progressTimer !== null) clearTimeout(this.#progressTimer)
    this.#progressTimer = null
    this.#progress = null
  }

  async #mayQuit(signal: AbortSignal): Promise<boolean> {
    const unfinished = this.#deps.unfinished()
    if (unfinished === 0) return true
    const files = unfinished === 1 ? 'One transfer has' : `${unfinished} transfers have`
    const question = { text: `${files} not ended. Quit all the same? (y/n) `, hidden: false }
    try {
      return /^y(es)?$/i.test((await this.#ask(question, signal)).trim())
    } catch {
      // Cancelled: nothing ends.
      return false
    }
  }

  async #remember(): Promise<void> {
    const history = worthKeeping(this.#console.history())
    const before = this.#history
    if (history.length === before.length && history.at(-1) === before.at(-1)) return
    this.#history = history
    try {
      await this.#deps.saveHistory(history)
    } catch (error) {
      this.#add([errorLine(error)])
    }
  }
}

/**
 * The panel with the app around it.
 * @param o.historyFile absolute path of the file that keeps the commands from run to run
 * @throws SluiceError local-io when that cannot be read
 */
export async function openConsolePanel(o: {
  host: ConsoleHost
  historyFile: string
  events: { emit(event: AppEvent): void }
  quit(): void
}): Promise<ConsolePanel> {
  const file = historyFile(o.historyFile)
  const { value } = await file.read()
  return new ConsolePanel({
    createConsole: (io) => createConsole(o.host, io),
    history: value,
    saveHistory: (history) => file.write(history),
    onLines: (lines) => o.events.emit({ type: 'console-lines', lines }),
    onState: (state) => o.events.emit({ type: 'console-state', state }),
    unfinished: () => {
      const { queued, active } = o.host.transfers.totals()
      return queued + active
    },
    quit: o.quit,
  })
}
