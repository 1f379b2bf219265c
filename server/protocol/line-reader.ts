/**
 * Commands as lines. Only CRLF ends one (RFC 959 section 5.3.1): what takes a bare LF for an end lets the name of a file
 * smuggle a second command in, so a line with one is refused as a whole, up to its CRLF.
 */

/** Bytes of a command without CRLF: the longest path of common systems, twice. */
export const MAX_LINE_BYTES = 8192
/** Bytes of one refused line that are thrown away before the reader gives up on the client. */
const MAX_REFUSED_BYTES = 1024 * 1024

export type ReadLine =
  | { kind: 'line'; text: string }
  /** Answer 500; the rest of the line will be thrown away. */
  | { kind: 'refused'; why: string }
  /** There is no end of it: end the session. */
  | { kind: 'endless' }

const LF = 10
const CR = 13
const DELETE = 127
/** Telnet (RFC 854): the first of its commands, those that an option follows, and the byte that announces them. */
const TELNET_FIRST = 240
const TELNET_WILL = 251
const TELNET_DONT = 254
const IAC = 255

const NOTHING = Buffer.alloc(0)

/**
 * Turns bytes into commands, one at a time and only when asked, so that a client which sends thousands at once cannot
 * make more of them than are run. Telnet's sequences are taken out: clients send IAC IP IAC DM before ABOR (RFC 959
 * section 4.1.3), of which the byte that was sent as urgent data never arrives.
 */
export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** What is not yet looked at lies between `#at` and `#end`. */
  #input: Buffer = NOTHING
  #at = 0
  #end = 0
  #line: number[] = []
  #telnet: 'none' | 'announced' | 'option' = 'none'
  #afterCr = false
  /** ABOR and its CR were taken for a line: its LF follows, or never does. */
  #afterAbort = false
  /** Bytes thrown away of a refused line; null: the line is good so far. */
  #refused: number | null = null

  /** Bytes that were not looked at yet. */
  get waiting(): number {
    return this.#end - this.#at
  }

  /** True when there is nothing: no bytes that wait, and no line that began. */
  get empty(): boolean {
    return (
      this.waiting === 0 &&
      this.#line.length === 0 &&
      this.#refused === null &&
      !this.#afterCr &&
      this.#telnet === 'none'
    )
  }

  /** Takes bytes over; they must not be changed afterwards. */
  push(chunk: Buffer): void {
    if (this.waiting === 0) {
      this.#input = chunk
      this.#at = 0
      this.#end = chunk.length
      return
    }
    const length = this.waiting + chunk.length
    if (this.#end + chunk.length > this.#input.length) {
      // Twice the room: a client that sends byte by byte while a transfer runs must not have all copied each time.
      const roomier = Buffer.allocUnsafeSlow(length * 2)
      this.#input.copy(roomier, 0, this.#at, this.#end)
      this.#input = roomier
      this.#end = this.waiting
      this.#at = 0
    }
    chunk.copy(this.#input, this.#end)
    this.#end += chunk.length
  }

  /** The next line; null when more bytes are needed. */
  next(): ReadLine | null {
    while (this.#at < this.#end) {
      const byte = this.#input[this.#at] ?? 0
      this.#at += 1
      const read = this.#take(byte)
      if (read !== null) {
        this.#letGo()
        return read
      }
    }
    this.#letGo()
    return null
  }

  /** A session that waits holds no buffer. */
  #letGo(): void {
    if (this.waiting > 0) return
    this.#input = NOTHING
    this.#at = 0
    this.#end = 0
  }

  #take(byte: number): ReadLine | null {
    if (this.#isTelnet(byte)) return null
    if (this.#afterAbort) {
      this.#afterAbort = false
      if (byte === LF) return null
    }
    if (this.#afterCr) {
      this.#afterCr = false
      if (byte === LF) return this.#endLine()
      const read = this.#refuse('A CR must be followed by an LF.')
      this.#afterCr = byte === CR
      return read
    }
    if (byte === CR) {
      if (this.#isAbort()) {
        this.#afterAbort = true
        return this.#endLine()
      }
      this.#afterCr = true
      return null
    }
    if (this.#refused !== null) {
      this.#refused += 1
      if (this.#refused < MAX_REFUSED_BYTES) return null
      this.#refused = 0
      return { kind: 'endless' }
    }
    if (byte === LF) return this.#refuse('Lines must end with CR and LF.')
    if (byte < 32 || byte === DELETE) return this.#refuse('Control characters are not allowed.')
    if (this.#line.length === MAX_LINE_BYTES) return this.#refuse('The line is too long.')
    this.#line.push(byte)
    return null
  }

  #isTelnet(byte: number): boolean {
    if (this.#telnet === 'option') {
      this.#telnet = 'none'
      return true
    }
    if (this.#telnet === 'announced') {
      this.#telnet = byte >= TELNET_WILL && byte <= TELNET_DONT ? 'option' : 'none'
      return byte >= TELNET_FIRST
    }
    if (byte === IAC) {
      this.#telnet = 'announced'
      return true
    }
    // No command begins with such a byte: it is a DM whose IAC went as urgent data.
    return byte >= TELNET_FIRST && this.#line.length === 0 && !this.#afterCr && this.#refused === null
  }

  /**
   * Python's ftplib sends all of "ABOR" CRLF as urgent data, of which the last byte, the LF, never arrives. A line that
   * is nothing but that can hold no name, so nobody can smuggle anything in by it.
   */
  #isAbort(): boolean {
    return this.#refused === null && String.fromCodePoint(...this.#line.slice(0, 5)).toUpperCase() === 'ABOR'
  }

  #endLine(): ReadLine | null {
    const bytes = this.#line
    this.#line = []
    if (this.#refused !== null) {
      this.#refused = null
      return null
    }
    try {
      return { kind: 'line', text: this.#decoder.decode(Uint8Array.from(bytes)) }
    } catch {
      return { kind: 'refused', why: 'The line is not valid UTF-8.' }
    }
  }

  /** Tells it once a line. */
  #refuse(why: string): ReadLine | null {
    if (this.#refused !== null) {
      this.#refused += 1
      return null
    }
    this.#refused = 0
    this.#line = []
    return { kind: 'refused', why }
  }
}
