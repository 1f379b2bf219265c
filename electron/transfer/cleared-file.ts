/** A local file as an upload reads it: hashed on the way and held against what was cleared (scan, then swap). */
import { createHash } from 'node:crypto'
import type { Clearance } from '../gate/index.ts'
import { localError } from '../local/index.ts'
import { changedAfterScan, openPlain, readRange } from './plain-file.ts'

export class ClearedFile {
  readonly #path: string
  readonly #clearance: Clearance
  /** Of all bytes up to `#position`, exactly as they were given out. */
  readonly #hash = createHash('sha256')
  #position = 0
  #given = false

  constructor(path: string, clearance: Clearance) {
    this.#path = path
    this.#clearance = clearance
  }

  /**
   * Reads on up to `end`, counted from the file's beginning, without giving the bytes out.
   * @throws SluiceError 'changed-after-scan' when the file is shorter, a local code, or the signal's reason
   */
  async skip(end: number, signal: AbortSignal): Promise<void> {
    for await (const _chunk of this.#read(Math.min(end, this.#clearance.bytes))) signal.throwIfAborted()
  }

  /**
   * Gives the rest of the bytes and fails at the end unless all, skipped ones included, are exactly those that were
   * cleared: the same number, the same hash. Chunks are views into buffers that are used again.
   * @throws SluiceError 'changed-after-scan', or a local code when the file cannot be read
   */
  async *rest(): AsyncGenerator<Buffer, void, void> {
    for await (const chunk of this.#read(this.#clearance.bytes)) {
      this.#given = true
      yield chunk
    }
    if (!this.#matches() || (await this.#isLonger())) throw changedAfterScan(this.#path)
  }

  /**
   * Whether all bytes given out so far are those of the cleared file: reads what is missing, and compares the whole. False
   * also when the file cannot be read any more.
   */
  async confirm(): Promise<boolean> {
    if (!this.#given) return true
    try {
      for await (const _chunk of this.#read(this.#clearance.bytes)) continue
      return this.#matches()
    } catch {
      return false
    }
  }

  #matches(): boolean {
    return this.#position === this.#clearance.bytes && this.#hash.copy().digest('hex') === this.#clearance.sha256
  }

  async #isLonger(): Promise<boolean> {
    await using file = await openPlain(this.#path)
    const { bytesRead } = await file.read(Buffer.allocUnsafe(1), 0, 1, this.#clearance.bytes)
    return bytesRead > 0
  }

  async *#read(end: number): AsyncGenerator<Buffer, void, void> {
    const file = await openPlain(this.#path)
    try {
      for await (const chunk of readRange(file, { start: this.#position, end }, () => changedAfterScan(this.#path))) {
        this.#hash.update(chunk)
        this.#position += chunk.length
        yield chunk
      }
    } catch (error) {
      throw localError(error, 'read', this.#path)
    } finally {
      await file.close()
    }
  }
}
