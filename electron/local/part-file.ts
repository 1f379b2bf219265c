/** A download on its way: it lies beside its target under a temporary name and gets its own name only when told to. */
import { randomBytes } from 'node:crypto'
import { constants, rmSync } from 'node:fs'
import { link, lstat, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SluiceError, systemCode } from '../../common/errors.ts'
import { MAX_NAME_BYTES } from '../../common/safe-name.ts'
import { localError, printablePath } from './errors.ts'

const PART_SUFFIX = '.sluice-part'

/** `.<name, cut so that all fits into 255 bytes>.<8 hex>.sluice-part`: a name for a file on its way, local or remote. */
export function partName(name: string): string {
  const rest = `.${randomBytes(4).toString('hex')}${PART_SUFFIX}`
  let cut = name
  while (Buffer.byteLength(cut) > MAX_NAME_BYTES - rest.length - 1) cut = [...cut].slice(0, -1).join('')
  return `.${cut}${rest}`
}

/** True for names that only `partName` makes. */
export function isPartName(name: string): boolean {
  return /^\..*\.[0-9a-f]{8}\.sluice-part$/s.test(name)
}

export class PartFile {
  /** Absolute path of the temporary file. */
  readonly path: string
  readonly #handle: FileHandle
  #bytes = 0
  #open = true

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /**
   * Creates the file, readable for its owner only, since nobody should run or read what is not scanned.
   * @param path absolute, its last segment made by `partName`
   * @throws SluiceError 'local-permission', 'local-disk-full', 'local-exists' and other local codes
   */
  static async create(path: string): Promise<PartFile> {
    // O_EXCL does not follow a link that waits there.
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)
    try {
      return new PartFile(path, await open(path, flags, 0o600))
    } catch (error) {
      throw localError(error, 'create', path)
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Writes the whole chunk behind the last one. The chunk must stay untouched until the promise settles.
   * @throws SluiceError 'local-disk-full', 'local-io'
   */
  async write(chunk: Buffer): Promise<void> {
    let at = this.#bytes
    this.#bytes += chunk.length
    try {
      for (let done = 0; done < chunk.length;) {
        const { bytesWritten } = await this.#handle.write(chunk, done, chunk.length - done, at)
        done += bytesWritten
        at += bytesWritten
      }
    } catch (error) {
      throw localError(error, 'write', this.path)
    }
  }

  /**
   * Sets the file's modification time; call it after the last write. A disk that refuses, or a time it cannot store,
   * is no reason to lose the file.
   * @param modified ms since the epoch
   */
  async stamp(modified: number): Promise<void> {
    await this.#handle.utimes(Date.now() / 1000, modified / 1000).catch(() => undefined)
  }

  /**
   * Gives the file its name, in its folder.
   *
   * Without `replace` nothing is ever clobbered, not even a file that appeared this moment: link(2) fails where
   * rename(2) would replace. With `replace` the target is swapped atomically and keeps its permission bits, and the data
   * is flushed to the disk first: after a power cut there is the old file or the new one, never an empty one. New files
   * are not flushed: that would hold every one for a disk's round trip (5,000 small files) or a whole flush (1 GB takes
   * three times as long here), and a power cut costs only another download, since the journal calls the row interrupted.
   * @throws SluiceError 'local-exists' when the target is there and `replace` is false (the part file stays), other local codes
   */
  async commit(target: string, o: { replace: boolean }): Promise<void> {
    try {
      const existing = o.replace ? await permissionsOf(target) : null
      if (this.#open) {
        await this.#handle.chmod(existing ?? 0o666 & ~umask())
        if (existing !== null) await this.#handle.datasync()
        await this.#close()
      }
      if (o.replace) await rename(this.path, target)
      else await renameWithoutClobbering(this.path, target)
    } catch (error) {
      if (error instanceof SluiceError) throw error
      throw localError(error, 'write', target)
    }
  }

  /** Closes the file and leaves it where it is, for the quarantine to take. */
  async keep(): Promise<void> {
    await this.#close()
  }

  /** Closes and deletes; never throws, for it runs where something failed already. Returns whether the file is gone. */
  async discard(): Promise<boolean> {
    await this.#close().catch(() => undefined)
    return await removePart(this.path)
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#handle.close()
  }
}

/** Deletes a left-over part file; true when it is gone. Refuses any other kind of name. */
export async function removePart(path: string): Promise<boolean> {
  if (!isPartName(basename(path))) return false
  try {
    await rm(path, { force: true })
    return true
  } catch {
    return false
  }
}

/** The same for the moment of starting, when nothing else runs yet. */
export function removePartSync(path: string): boolean {
  if (!isPartName(basename(path))) return false
  try {
    rmSync(path, { force: true })
    return true
  } catch {
    return false
  }
}

async function permissionsOf(path: string): Promise<number | null> {
  try {
    const stats = await lstat(path)
    if (stats.isDirectory())
      throw new SluiceError('local-exists', `"${printablePath(path)}" is a folder; a file cannot replace it.`)
    return stats.isFile() ? stats.mode & 0o777 : null
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

async function renameWithoutClobbering(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
    await rm(from, { force: true })
  } catch (error) {
    if (!LINK_UNSUPPORTED.has(systemCode(error) ?? '')) throw error
    // FAT, some network and FUSE disks have no hard links: the closest is to look first.
    const taken = await lstat(to).then(
      () => true,
      (failure: unknown) => systemCode(failure) !== 'ENOENT',
    )
    if (taken) throw new SluiceError('local-exists', `"${printablePath(to)}" is there already.`, { cause: error })
    await rename(from, to)
  }
}

const LINK_UNSUPPORTED = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES', 'EINVAL'])

let cachedUmask: number | undefined
function umask(): number {
  cachedUmask ??= process.umask()
  return cachedUmask
}

/** "name (1).ext", "name (2).ext", ...: `number` counts from 1. A name without a stem (".profile") keeps its dot in front. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.')
  // Two-part endings of archives stay together.
  const double = /\.tar\.[a-z0-9]{1,4}$/i.exec(name)
  const at = double && double.index > 0 ? double.index : dot > 0 ? dot : name.length
  return `${name.slice(0, at)} (${number})${name.slice(at)}`
}

/** The first of `name (1).ext`, ... for which `taken` says no. `taken` is asked at most 10,000 times. */
export async function freeName(name: string, taken: (candidate: string) => Promise<boolean>): Promise<string> {
  for (let number = 1; number <= 10_000; number++) {
    const candidate = numberedName(name, number)
    if (!(await taken(candidate))) return candidate
  }
  throw new SluiceError('local-exists', `No free name was found for "${printablePath(name)}".`)
}

/** Absolute path of a part file for `target`, beside it. */
export function partPathFor(target: string): string {
  return join(dirname(target), partName(basename(target)))
}
