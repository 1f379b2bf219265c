/**
 * Replies out of bytes (RFC 959 section 4.2), in whatever pieces the bytes come. A line ends at LF, with or without CR
 * before it, and at nothing else: half a line is never taken for a whole one. A reply that starts with "ddd-" ends at
 * the line that starts with the same "ddd" and a space; lines between may look like anything, other replies included.
 */
import { SluiceError } from '../../common/errors.ts'
import type { Limits, Reply } from './options.ts'
import { decodeText } from './text.ts'

const LF = 0x0a
const CR = 0x0d
const FIRST_LINE = /^([1-6]\d\d)(?:$|([ -])(.*)$)/s

export interface RawReply extends Reply {
  /** The lines as they came, for the protocol log. */
  lines: string[]
}

export class ReplyReader {
  readonly #limits: Limits
  /** Bytes of the line that has not ended yet. */
  #partial: Buffer[] = []
  #partialBytes = 0
  /** Lines of the reply that has not ended yet. */
  #lines: string[] = []
  #replyBytes = 0
  #code = ''

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** True when nothing of an unfinished reply is held. */
  get isClean(): boolean {
    return this.#partialBytes === 0 && this.#lines.length === 0
  }

  /**
   * Takes the next bytes and gives the replies that they complete.
   * @throws SluiceError `protocol-violation` when this is no reply or exceeds the limits; the reader is then useless
   */
  push(chunk: Buffer): RawReply[] {
    const replies: RawReply[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const line = this.#endLine(chunk.subarray(start, end))
      start = end + 1
      const reply = this.#takeLine(line)
      if (reply) replies.push(reply)
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
    return replies
  }

  #hold(piece: Buffer): void {
    this.#partialBytes += piece.length
    if (this.#partialBytes > this.#limits.replyLine)
      throw tooLong(`a reply line longer than ${this.#limits.replyLine} bytes`)
    // A copy: the piece is a view into a read buffer that may be much larger than the line.
    this.#partial.push(Buffer.from(piece))
    // A server that sends byte by byte must not make us keep thousands of one-byte buffers.
    if (this.#partial.length > 64) this.#partial = [Buffer.concat(this.#partial)]
  }

  #endLine(piece: Buffer): string {
    let bytes = piece
    if (this.#partialBytes > 0) {
      bytes = Buffer.concat([...this.#partial, piece])
      this.#partial = []
      this.#partialBytes = 0
    }
    if (bytes.length > this.#limits.replyLine) throw tooLong(`a reply line longer than ${this.#limits.replyLine} bytes`)
    this.#replyBytes += bytes.length
    if (this.#replyBytes > this.#limits.replyBytes)
      throw tooLong(`a reply longer than ${this.#limits.replyBytes} bytes`)
    return decodeText(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes)
  }

  #takeLine(line: string): RawReply | null {
    this.#lines.push(line)
    if (this.#lines.length > this.#limits.replyLines)
      throw tooLong(`a reply of more than ${this.#limits.replyLines} lines`)
    if (this.#lines.length === 1) {
      const match = FIRST_LINE.exec(line)
      if (!match)
        throw new SluiceError('protocol-violation', `The server sent something that is no FTP reply: ${quote(line)}`)
      this.#code = match[1] ?? ''
      if (match[2] === '-') return null
    } else if (line !== this.#code && !line.startsWith(`${this.#code} `)) {
      return null
    }
    const lines = this.#lines
    this.#lines = []
    this.#replyBytes = 0
    return { code: Number(this.#code), text: lines.map((each) => this.#withoutCode(each)).join('\n'), lines }
  }

  #withoutCode(line: string): string {
    if (!line.startsWith(this.#code)) return line
    const mark = line.charAt(3)
    return mark === '' || mark === ' ' || mark === '-' ? line.slice(4) : line
  }
}

function tooLong(what: string): SluiceError {
  return new SluiceError('protocol-violation', `The server sent ${what}; the connection was closed.`)
}

/** A stretch of what the server sent, fit for an error message. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)
}
