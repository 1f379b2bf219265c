/**
 * Where output goes. Results go to standard output, everything about them (warnings, errors, the protocol, progress) to
 * standard error, so that a pipe gets results alone; with `--json` standard output gets objects alone.
 */
import { styleText } from 'node:util'
import type { ConsoleLine, ConsoleProgress, ConsoleTone } from '../common/console.ts'
import type { ErrorData } from '../common/errors.ts'
import { line, type ConsoleOutput } from '../electron/services/console/index.ts'
import { cells, progressLine } from './progress-bar.ts'

/** The part of a terminal's or a pipe's stream that is needed here. */
export type OutputStream = NodeJS.WritableStream & {
  isTTY?: boolean
  columns?: number
}

export interface ScreenOptions {
  stdout: OutputStream
  stderr: OutputStream
  json: boolean
  quiet: boolean
  /** Nothing that is written arrives any more. @param readerGone whoever read it has gone; else it cannot be written */
  onBroken(readerGone: boolean): void
}

type Style = Parameters<typeof styleText>[0]

/** ms between two redraws of the progress line */
const REDRAW = 100
const STYLES: Partial<Record<ConsoleTone, Style>> = {
  muted: 'dim',
  command: 'bold',
  sent: 'cyan',
  reply: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
}
/** What JSON leaves as it is and a terminal may obey: DEL, C1 controls, characters that turn the reading direction. */
const NOT_IN_JSON = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
/** What is about a result, and not a result. */
const ASIDE: ReadonlySet<ConsoleTone> = new Set(['command', 'sent', 'reply', 'warn', 'bad'])
/** What `--quiet` leaves out. */
const REMARKS: ReadonlySet<ConsoleTone> = new Set(['muted', 'good'])

export class Screen {
  readonly #o: ScreenOptions
  /** Runs output around a line that is being typed. */
  #around: ((print: () => void) => void) | null = null
  #progress: ConsoleProgress | null = null
  /** Columns that the progress line on the terminal takes; 0: there is none. */
  #drawn = 0
  #drawnAt = 0
  #timer: NodeJS.Timeout | null = null
  #broken = false
  readonly #onResize = (): void => this.#redraw()

  constructor(o: ScreenOptions) {
    this.#o = o
    o.stdout.on('error', (error) => this.#breakOff(error))
    // Nobody left to tell that nobody listens.
    o.stderr.on('error', () => undefined)
    o.stderr.on('resize', this.#onResize)
  }

  /** What a command wrote that nobody has asked for, such as the `open` before a command: only what is wrong is news. */
  writeTrouble({ lines, data = [] }: ConsoleOutput): void {
    this.write({ lines: lines.filter(({ tone }) => ASIDE.has(tone)), data: data.filter((object) => 'error' in object) })
  }

  /** What a command wrote. */
  write({ lines, data }: ConsoleOutput): void {
    this.#print(() => {
      if (this.#o.json) {
        for (const object of data ?? []) this.#put(this.#o.stdout, objectLine(object))
        for (const each of lines) if (ASIDE.has(each.tone)) this.#aside(each)
        return
      }
      for (const each of lines) {
        if (ASIDE.has(each.tone)) this.#aside(each)
        else if (!this.#o.quiet || !REMARKS.has(each.tone))
          this.#put(this.#o.stdout, this.#styled(each, this.#o.stdout))
      }
    })
  }

  /** A remark about the run, on standard error, made printable. Loud ones also when `--quiet`. */
  tell(tone: 'muted' | 'warn' | 'bad', text: string): void {
    if (this.#o.quiet && tone === 'muted') return
    this.#print(() => this.#aside(line(tone, text)))
  }

  /** An error of the program itself. */
  fail(error: ErrorData): void {
    this.write({ lines: [line('bad', `sluice: ${error.message}`)], data: [{ error }] })
  }

  /** Shows how far a command is, on a terminal only. */
  progress(progress: ConsoleProgress | null): void {
    if (this.#o.stderr.isTTY !== true || this.#o.quiet) return
    this.#progress = progress
    if (progress === null) {
      this.#stopTimer()
      this.clear()
      return
    }
    if (this.#timer) return
    const wait = Math.max(0, this.#drawnAt + REDRAW - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#redraw()
    }, wait)
  }

  /** Takes the progress line off the terminal. */
  clear(): void {
    if (this.#drawn === 0) return
    // A terminal that became narrower has broken the line into several rows; the cursor stands in the last one.
    const rows = Math.max(1, Math.ceil(this.#drawn / this.#columns()))
    const up = rows > 1 ? `\u001b[${rows - 1}A` : ''
    this.#drawn = 0
    this.#o.stderr.write(`${up}\r\u001b[J`)
  }

  /** While a line is typed, output goes above it: `around` takes the line away, prints and puts it back. */
  typingStarted(around: (print: () => void) => void): void {
    this.clear()
    this.#around = around
  }

  typingEnded(): void {
    this.#around = null
  }

  /** Resolves when all that was written has gone, or is known to go nowhere. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#broken) resolve()
      else this.#o.stdout.write('', () => resolve())
    })
    // A failed write is told by an event of its own, after its callback.
    await new Promise((resolve) => setImmediate(resolve))
  }

  dispose(): void {
    this.#stopTimer()
    this.clear()
    this.#o.stderr.off('resize', this.#onResize)
  }

  #print(print: () => void): void {
    if (this.#around) this.#around(print)
    else {
      this.clear()
      print()
      if (this.#progress && !this.#timer) this.progress(this.#progress)
    }
  }

  #aside(line: ConsoleLine): void {
    this.#put(this.#o.stderr, this.#styled(line, this.#o.stderr))
  }

  #put(stream: OutputStream, text: string): void {
    // Whoever has gone is told nothing, not even that the rest was given up.
    if (this.#broken) return
    stream.write(`${text}\n`)
  }

  #styled({ text, tone }: ConsoleLine, stream: OutputStream): string {
    const style = STYLES[tone]
    return style === undefined || stream.isTTY !== true ? text : styleText(style, text, { stream })
  }

  #columns(): number {
    return Math.max(1, this.#o.stderr.columns ?? 80)
  }

  #redraw(): void {
    if (!this.#progress || this.#around) return
    this.clear()
    const line = progressLine(this.#progress, this.#columns())
    this.#o.stderr.write(line)
    this.#drawn = cells(line)
    this.#drawnAt = performance.now()
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #breakOff(error: unknown): void {
    if (this.#broken) return
    const readerGone = error instanceof Error && 'code' in error && error.code === 'EPIPE'
    if (!readerGone) this.tell('bad', `sluice: the output cannot be written: ${String(error)}`)
    this.#broken = true
    this.#o.onBroken(readerGone)
  }
}

/** An object as JSON on one line that a terminal can show. */
function objectLine(object: object): string {
  return JSON.stringify(object).replaceAll(
    NOT_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
