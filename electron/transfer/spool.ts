/** A private copy of a cleared file, for sending where what was sent cannot be undone. */
import { lstat, mkdtemp, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { Clearance } from '../gate/index.ts'
import { localError } from '../local/index.ts'
import { ClearedFile } from './cleared-file.ts'
import { readRange } from './plain-file.ts'

/** The process that made the folder stands in its name, so that what a crash leaves behind can be told from what is in use. */
const NAME = /^sluice-append-([1-9]\d*)-[^-]+$/
/** Names of this process's folders: another process of the same number, before a restart, may have left some. */
const ours = new Set<string>()

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
    const folder = await mkdtemp(join(tmpdir(), `sluice-append-${process.pid}-`)).catch((error: unknown) => {
      throw localError(error, 'create a folder in', tmpdir())
    })
    ours.add(basename(folder))
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
      await discard(folder, file)
      if (error instanceof SluiceError || signal.aborted) throw error
      throw localError(error, 'write', name)
    }
  }

  /** The bytes; chunks are views into buffers that are used again. */
  read(): AsyncGenerator<Buffer, void, void> {
    const short = (): SluiceError => new SluiceError('local-io', `The copy in ${this.#folder} was cut short.`)
    return readRange(this.#file, { start: 0, end: this.bytes }, short)
  }

  /** Deletes the copy. That it cannot be is no failure of what was done with it: the next start tries again. */
  discard(): Promise<void> {
    return discard(this.#folder, this.#file)
  }
}

async function discard(folder: string, file: FileHandle | null): Promise<void> {
  await file?.close().catch(() => undefined)
  await removeFolder(folder)
  ours.delete(basename(folder))
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}

/** Deletes the copies that programs of this person left behind when they were killed or crashed; it never fails. */
export async function removeStaleSpools(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names) {
    const pid = Number(NAME.exec(name)?.[1])
    if (Number.isNaN(pid) || ours.has(name) || (pid !== process.pid && isRunning(pid))) continue
    const folder = join(tmpdir(), name)
    const stats = await lstat(folder).catch(() => null)
    // The folder for temporary files is everybody's: only a real folder of our own is touched.
    const own = stats?.isDirectory() && (process.getuid === undefined || stats.uid === process.getuid())
    if (own) await removeFolder(folder)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
