/** A private copy of a cleared file, for sending where what was sent cannot be undone. */
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { Clearance } from '../gate/index.ts'
import { localError } from '../local/index.ts'
import { ClearedFile } from './cleared-file.ts'
import { readRange } from './plain-file.ts'

export class Spool {
  readonly bytes: number
  readonly #folder: string
  readonly #file: FileHandle

  private constructor(folder: string, file: FileHandle, bytes: number) {
    this.#folder = folder
    this.#file = file
    this.bytes = bytes
  }

  /**
   * Copies the file, and fails unless the copy is exactly what was cleared. Only its owner can open the copy.
   * @throws SluiceError 'changed-after-scan', 'local-disk-full' and other local codes, or the signal's reason
   */
  static async fill(path: string, clearance: Clearance, signal: AbortSignal): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-append-')).catch((error: unknown) => {
      throw localError(error, 'create a folder in', tmpdir())
    })
    const name = join(folder, 'spool')
    let file: FileHandle | null = null
    try {
      file = await open(name, 'wx+', 0o600)
      for await (const chunk of new ClearedFile(path, clearance).rest()) {
        signal.throwIfAborted()
        await file.writeFile(chunk)
      }
      return new Spool(folder, file, clearance.bytes)
    } catch (error) {
      await file?.close()
      await rm(folder, { recursive: true, force: true })
      if (error instanceof SluiceError || signal.aborted) throw error
      throw localError(error, 'write', name)
    }
  }

  /** The bytes; chunks are views into buffers that are used again. */
  read(): AsyncGenerator<Buffer, void, void> {
    const short = (): SluiceError => new SluiceError('local-io', `The copy in ${this.#folder} was cut short.`)
    return readRange(this.#file, { start: 0, end: this.bytes }, short)
  }

  async discard(): Promise<void> {
    await this.#file.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
