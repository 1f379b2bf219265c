/**
 * Line ends for transfers of type ASCII: on the wire every line ends with CR LF (RFC 959 section 3.1.1.1), on this computer with
 * what its system uses. Both converters work on chunks cut anywhere, and leave a CR that stands alone as it is.
 */
const CR = 0x0d
const LF = 0x0a

export interface LineEndConverter {
  /** Gives the converted bytes; may give the chunk itself when nothing changed. */
  convert(chunk: Buffer): Buffer
  /** What was held back at the end of the last chunk. */
  end(): Buffer
  /** Line ends changed so far. */
  readonly changed: number
}

const NOTHING = Buffer.alloc(0)

/** Local text to wire text: LF becomes CR LF unless a CR is before it already. */
export class ToWire implements LineEndConverter {
  changed = 0
  #lastWasCr = false

  convert(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const lastWasCr = this.#lastWasCr
    this.#lastWasCr = chunk[chunk.length - 1] === CR
    let bare = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      if (!(at === 0 ? lastWasCr : chunk[at - 1] === CR)) bare++
    }
    if (bare === 0) return chunk
    this.changed += bare
    const wire = Buffer.allocUnsafe(chunk.length + bare)
    let from = 0
    let to = 0
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
      if (at === 0 ? lastWasCr : chunk[at - 1] === CR) continue
      to += chunk.copy(wire, to, from, at)
      wire[to++] = CR
      from = at
    }
    chunk.copy(wire, to, from)
    return wire
  }

  end(): Buffer {
    return NOTHING
  }
}

/** Wire text to local text where lines end with LF: CR LF becomes LF. */
export class FromWire implements LineEndConverter {
  changed = 0
  #heldCr = false

  convert(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const whole = this.#heldCr ? Buffer.concat([CR_BUFFER, chunk]) : chunk
    // A CR at the end may be the first half of a line end.
    this.#heldCr = whole[whole.length - 1] === CR
    const source = this.#heldCr ? whole.subarray(0, -1) : whole
    let at = source.indexOf(CRLF)
    if (at === -1) return source
    const local = Buffer.allocUnsafe(source.length)
    let from = 0
    let to = 0
    for (; at !== -1; at = source.indexOf(CRLF, from)) {
      to += source.copy(local, to, from, at)
      local[to++] = LF
      from = at + 2
      this.changed++
    }
    to += source.copy(local, to, from)
    return local.subarray(0, to)
  }

  end(): Buffer {
    if (!this.#heldCr) return NOTHING
    this.#heldCr = false
    return CR_BUFFER
  }
}

/** Wire text to local text where lines end with CR LF: nothing to do. */
class Unchanged implements LineEndConverter {
  readonly changed = 0

  convert(chunk: Buffer): Buffer {
    return chunk
  }

  end(): Buffer {
    return NOTHING
  }
}

const CR_BUFFER = Buffer.from([CR])
const CRLF = Buffer.from([CR, LF])

/** A converter for one download on this system. */
export function fromWire(platform: NodeJS.Platform = process.platform): LineEndConverter {
  return platform === 'win32' ? new Unchanged() : new FromWire()
}
