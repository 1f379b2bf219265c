/** TYPE A (RFC 959 section 3.1.1.1): lines end with CRLF on the wire and with LF on this disk. */

const LF = 10
const CR = 13

/** LF becomes CRLF; a CRLF that is there stays one, wherever chunks divide it. */
export async function* toWire(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let before = 0
  for await (const chunk of source) {
    const out = Buffer.allocUnsafe(chunk.length * 2)
    let length = 0
    for (const byte of chunk) {
      if (byte === LF && before !== CR) out[length++] = CR
      out[length++] = byte
      before = byte
    }
    if (length > 0) yield out.subarray(0, length)
  }
}

/** Takes chunks as the wire brings them and gives what goes to the disk: CRLF becomes LF, a lone CR stays. */
export class FromWire {
  /** A CR at a chunk's end waits for what follows. */
  #pendingCr = false

  /** May be shorter than what was taken, and empty. Memory of its own. */
  convert(chunk: Buffer): Buffer {
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (this.#pendingCr && byte !== LF) out[length++] = CR
      this.#pendingCr = byte === CR
      if (!this.#pendingCr) out[length++] = byte
    }
    return out.subarray(0, length)
  }

  /** What is left when the wire has ended. */
  end(): Buffer {
    return this.#pendingCr ? Buffer.from([CR]) : Buffer.alloc(0)
  }
}
