/**
 * The keys that are typed, handed on line by line. The terminal stays in raw mode while the program reads commands, so that
 * what is typed while a command runs is neither shown nor lost, and Ctrl-C is a key and not a signal that would hit the
 * scanner as well.
 */
import { PassThrough } from 'node:stream'

/** The part of the terminal's input that is needed here. */
export type KeyboardStream = NodeJS.ReadableStream & {
  setRawMode?(mode: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

const CTRL_C = '\u0003'
const CTRL_Z = '\u001a'
/** Completion holds up what was typed behind the Tab, if it comes as a piece of its own. */
const PIECE = /^[^\t\r\n]*(\r\n|[\t\r\n])?/

export class Keyboard {
  readonly #stream: KeyboardStream
  /** Where keys go while a line is read. */
  #reader: PassThrough | null = null
  /** Typed ahead. */
  #waiting = ''
  #ended = false
  #users = 0
  /** Ctrl-C while nothing is read. */
  onInterrupt: () => void = () => undefined
  readonly #onData = (chunk: string): void => this.#take(chunk)
  readonly #onEnd = (): void => {
    this.#ended = true
    this.#reader?.end()
  }

  constructor(stream: KeyboardStream) {
    this.#stream = stream
  }

  /** Takes the terminal into raw mode until as many `release`s have followed. */
  hold(): void {
    if (this.#users++ > 0) return
    this.#stream.setEncoding('utf8')
    this.#stream.setRawMode?.(true)
    this.#stream.on('data', this.#onData)
    this.#stream.on('end', this.#onEnd)
    this.#stream.ref?.()
    this.#stream.resume()
  }

  release(): void {
    if (this.#users === 0 || --this.#users > 0) return
    this.#stream.off('data', this.#onData)
    this.#stream.off('end', this.#onEnd)
    this.#stream.setRawMode?.(false)
    this.#stream.pause()
    this.#stream.unref?.()
  }

  /** The keys of one line, up to and with its end; what is typed behind it waits for the next one. */
  readLine(): PassThrough {
    const reader = new PassThrough({ encoding: 'utf8' })
    this.#reader = reader
    if (this.#ended) reader.end()
    // Its reader first has to listen.
    else setImmediate(() => this.#feed())
    return reader
  }

  /** Nobody reads the line any more. */
  stopReading(): void {
    this.#reader = null
  }

  #take(chunk: string): void {
    if (this.#reader) {
      this.#waiting += chunk
      this.#feed()
      return
    }
    for (const key of chunk) {
      if (key === CTRL_C) {
        // What was typed ahead was meant for what is given up now.
        this.#waiting = ''
        this.onInterrupt()
      } else if (key === CTRL_Z && process.platform !== 'win32') this.#suspend()
      else this.#waiting += key
    }
  }

  #feed(): void {
    while (this.#reader && this.#waiting !== '') {
      const [piece, end = ''] = PIECE.exec(this.#waiting) ?? ['']
      this.#waiting = this.#waiting.slice(piece.length)
      const reader = this.#reader
      if (/[\r\n]/.test(end)) this.#reader = null
      reader.write(piece)
    }
  }

  /** As a terminal does with Ctrl-Z when it is not in raw mode. */
  #suspend(): void {
    this.#stream.setRawMode?.(false)
    process.once('SIGCONT', () => this.#stream.setRawMode?.(true))
    process.kill(process.pid, 'SIGTSTP')
  }
}
