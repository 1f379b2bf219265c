/**
 * What passes while the person has switched scanning off. Nobody looks at the bytes, but they are counted and hashed all
 * the same: the clearance is for these bytes only, so that nothing else can be slipped in after them.
 */
import { createHash } from 'node:crypto'
import { SluiceError } from '../../common/errors.ts'
import { Clearance } from './clearance.ts'
import { cancelled } from './fed-scan.ts'
import { openFile, readBlocks } from './local-file.ts'
import type { GateOutcome, ScanStream } from './types.ts'

/** Counts and hashes; passes whatever it was given. Needs no agent. */
export class UnscannedStream implements ScanStream {
  readonly failure = null
  readonly unscanned = true
  readonly #signal: AbortSignal | undefined
  readonly #hash = createHash('sha256')
  #bytes = 0
  #givenUp = false

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  async write(chunk: Buffer): Promise<void> {
    this.#throwIfCancelled()
    this.#bytes += chunk.length
    this.#hash.update(chunk)
  }

  async finish(): Promise<GateOutcome> {
    this.#throwIfCancelled()
    return { passes: true, clearance: new Clearance(this.#hash.digest('hex'), this.#bytes), report: null }
  }

  abort(): void {
    this.#givenUp = true
  }

  #throwIfCancelled(): void {
    if (this.#signal?.aborted) throw cancelled(this.#signal)
    if (this.#givenUp) throw new SluiceError('cancelled', 'The transfer was given up.')
  }
}

/**
 * Reads a local file and clears exactly the bytes that were read.
 * @throws SluiceError 'cancelled', 'local-not-found', 'local-permission', 'local-io'
 */
export async function clearUnscanned(path: string, signal: AbortSignal | undefined): Promise<GateOutcome> {
  await using file = await openFile(path)
  const { size } = await file.stat()
  const stream = new UnscannedStream(signal)
  await readBlocks(file, path, size, (block) => stream.write(block))
  // Awaited here: while the file is being closed nobody else would hear of a cancel.
  return await stream.finish()
}
