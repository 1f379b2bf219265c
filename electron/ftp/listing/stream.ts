/** A listing out of bytes as they arrive: lines, then entries. Bounded, and never the whole listing in memory. */
import { isUtf8 } from 'node:buffer'
import { SluiceError } from '../../../common/errors.ts'
import type { Entry } from '../../../common/models.ts'
import type { Limits } from '../options.ts'
import { decodeText } from '../text.ts'
import type { LineParser } from './choose.ts'

const LF = 0x0a

export class ListingStream {
  readonly #parse: LineParser
  readonly #limits: Limits
  readonly #onUnreadable: (line: string) => void
  readonly #raw: boolean
  #rest: Buffer = Buffer.alloc(0)
  #bytes = 0
  /** Lines so far, headers included. */
  lines = 0

  /** @param raw give each entry its line too */
  constructor(parse: LineParser, limits: Limits, onUnreadable: (line: string) => void, raw = false) {
    this.#raw = raw
    this.#parse = parse
    this.#limits = limits
    this.#onUnreadable = onUnreadable
  }

  /**
   * Takes the next bytes, of which it keeps no view; gives the entries they complete.
   * @throws SluiceError `protocol-violation` beyond the limits
   */
  push(chunk: Buffer): Entry[] {
    this.#bytes += chunk.length
    if (this.#bytes > this.#limits.listingBytes) throw tooMuch(`more than ${this.#limits.listingBytes} bytes`)
    const end = chunk.lastIndexOf(LF)
    if (end === -1) {
      this.#keep(Buffer.concat([this.#rest, chunk]))
      return []
    }
    const whole = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk.subarray(0, end)]) : chunk.subarray(0, end)
    this.#keep(Buffer.from(chunk.subarray(end + 1)))
    return this.#entries(whole)
  }

  /** The last line, if it had no end of line. */
  end(): Entry[] {
    const last = this.#rest
    this.#rest = Buffer.alloc(0)
    return last.length > 0 ? this.#entries(last) : []
  }

  #keep(rest: Buffer): void {
    if (rest.length > this.#limits.listingLine) throw tooMuch(`a line longer than ${this.#limits.listingLine} bytes`)
    this.#rest = rest
  }

  #entries(bytes: Buffer): Entry[] {
    const entries: Entry[] = []
    for (const raw of splitLines(bytes)) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
      if (line.length > this.#limits.listingLine) throw tooMuch(`a line longer than ${this.#limits.listingLine} bytes`)
      this.lines += 1
      if (this.lines > this.#limits.listingLines) throw tooMuch(`more than ${this.#limits.listingLines} lines`)
      if (line === '') continue
      const entry = this.#parse(line)
      if (entry === null) this.#onUnreadable(line)
      else if (entry !== 'skip') entries.push(this.#raw ? { ...entry, raw: line } : entry)
    }
    return entries
  }
}

/** Decodes all lines at once where they are UTF-8, which is much faster; else one by one, so that only bad ones suffer. */
function splitLines(bytes: Buffer): string[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n')
  const lines: string[] = []
  let start = 0
  for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
    lines.push(decodeText(bytes.subarray(start, end)))
    start = end + 1
  }
  lines.push(decodeText(bytes.subarray(start)))
  return lines
}

function tooMuch(what: string): SluiceError {
  return new SluiceError('protocol-violation', `The server's listing has ${what}; it was stopped.`)
}
