/** Reads lines from a person at a terminal: commands with history and completion, and answers, hidden ones too. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Completion, ConsoleQuestion } from '../common/console.ts'
import { SluiceError } from '../common/errors.ts'
import { completionStep, inColumns } from './completion.ts'
import { Keyboard, type KeyboardStream } from './keyboard.ts'
import type { OutputStream, Screen } from './screen.ts'

export interface LineEditorOptions {
  input: KeyboardStream
  output: OutputStream
  screen: Screen
}

export interface CommandLineReading {
  prompt: string
  /** Oldest first. */
  history: readonly string[]
  complete(line: string, cursor: number): Promise<Completion>
}

/** The line, or what was pressed instead of one. */
export type LineRead = { line: string } | 'interrupted' | 'left' | 'ended'

export class LineEditor {
  readonly #o: LineEditorOptions
  readonly keyboard: Keyboard
  /** Questions come one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(o: LineEditorOptions) {
    this.#o = o
    this.keyboard = new Keyboard(o.input)
  }

  /** Reads a command. `left`: Ctrl-C with nothing typed; `ended`: Ctrl-D, or the terminal has gone. */
  readCommand({ prompt, history, complete }: CommandLineReading, signal: AbortSignal): Promise<LineRead> {
    return this.#read({ prompt, history, complete, hidden: false, signal })
  }

  /** Asks and waits for a line. @throws SluiceError cancelled for Ctrl-C, Ctrl-D and when the signal aborts */
  ask({ text, hidden }: ConsoleQuestion, signal: AbortSignal): Promise<string> {
    const asked = this.#last.then(async () => {
      const read = await this.#read({ prompt: text, history: [], complete: null, hidden, signal })
      if (typeof read === 'object') return read.line
      throw new SluiceError('cancelled', 'Cancelled.')
    })
    this.#last = asked.catch(() => undefined)
    return asked
  }

  async #read(o: {
    prompt: string
    history: readonly string[]
    complete: CommandLineReading['complete'] | null
    hidden: boolean
    signal: AbortSignal
  }): Promise<LineRead> {
    if (o.signal.aborted) return 'interrupted'
    const { output, screen } = this.#o
    screen.clear()
    this.keyboard.hold()
    if (o.hidden) output.write(o.prompt)
    const { promise, resolve } = Promise.withResolvers<LineRead>()
    const { complete } = o
    // Readline waits for the callback before it goes on with what was typed behind the Tab.
    const completer = (_line: string, done: (error: null, nothing: [string[], string]) => void): void => {
      const completing = complete ? completeLine(reader, complete, output) : Promise.resolve()
      void completing.finally(() => done(null, [[], '']))
    }
    const reader = createInterface({
      input: this.keyboard.readLine(),
      output: o.hidden ? nowhere() : output,
      terminal: true,
      prompt: o.hidden ? '' : o.prompt,
      history: o.history.toReversed(),
      historySize: o.complete ? 1000 : 0,
      ...(complete ? { completer } : {}),
    })
    const onAbort = (): void => resolve('interrupted')
    o.signal.addEventListener('abort', onAbort, { once: true })
    reader.once('line', (line) => resolve({ line }))
    reader.once('close', () => resolve('ended'))
    reader.once('SIGINT', () => resolve(reader.line === '' ? 'left' : 'interrupted'))
    screen.typingStarted((print) => around(reader, output, print))
    try {
      reader.prompt()
      const read = await promise
      // Without a line the cursor still stands behind the prompt.
      if (typeof read !== 'object') output.write(read === 'ended' ? '\r\n' : '^C\r\n')
      else if (o.hidden) output.write('\r\n')
      return read
    } finally {
      o.signal.removeEventListener('abort', onAbort)
      screen.typingEnded()
      this.keyboard.stopReading()
      // Only its own listeners let go of the terminal's.
      reader.close()
      this.keyboard.release()
    }
  }
}

/** Takes the line that is being typed off the terminal, prints, and puts it back. */
function around(reader: Interface, output: OutputStream, print: () => void): void {
  const { rows } = reader.getCursorPos()
  output.write(`${rows > 0 ? `\u001b[${rows}A` : ''}\r\u001b[J`)
  print()
  reader.prompt(true)
}

/** In place of readline's own completion: ours may change what was typed (quotes), and shows bare names. */
async function completeLine(
  reader: Interface,
  complete: NonNullable<CommandLineReading['complete']>,
  output: OutputStream,
): Promise<void> {
  const { line, cursor } = reader
  const completion = await complete(line, cursor)
  // The line was given up meanwhile.
  if (reader.line !== line || reader.cursor !== cursor) return
  const step = completionStep(line.slice(completion.from, cursor), completion)
  if (step.show.length > 0) {
    output.write(`\r\n${inColumns(step.show, output.columns ?? 80).join('\r\n')}\r\n`)
    reader.prompt(true)
    return
  }
  for (let at = 0; at < step.erase; at++) reader.write(null, { name: 'backspace' })
  if (step.insert !== '') reader.write(step.insert)
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
