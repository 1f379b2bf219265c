/** An upload that has no name yet: a hidden file beside its target that only the server's own user may read. */
import { constants, type Stats } from 'node:fs'
import { chmod, copyFile, link, lstat, open, rename, rm, unlink, type FileHandle } from 'node:fs/promises'
import { systemCode } from '../../common/errors.ts'
import { hold, missing, type Held } from '../files/held.ts'

const PRIVATE = 0o600
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** Bytes of a file's beginning that are read at once. */
const BLOCK = 1024 * 1024

/** Works within a held folder; throws the system's errors. */
export class Part {
  /** Of this moment: a random one, or that under which it is kept. */
  readonly name: string
  readonly #folder: Held
  readonly #file: FileHandle
  /** What is still to be copied. */
  #source: { file: FileHandle; bytes: number } | null = null
  #bytes: number
  #open = true
  #stopped = false
  #flushed = false

  private constructor(folder: Held, name: string, file: FileHandle, bytes: number) {
    this.#folder = folder
    this.name = name
    this.#file = file
    this.#bytes = bytes
  }

  /** An empty one. */
  static async create(folder: Held, name: string): Promise<Part> {
    // O_EXCL follows no link that waits there.
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | NO_FOLLOW
    return new Part(folder, name, await open(folder.at(name), flags, PRIVATE), 0)
  }

  /**
   * One that begins with the first `bytes` bytes of a file beside it. Disks that can share blocks copy none; on others
   * `begin` copies, in pieces, since one long copy would hold one of the few threads that serve all sessions.
   */
  static async copy(root: string, folder: Held, name: string, source: string, bytes: number): Promise<Part> {
    await using held = await hold(root, folder.at(source))
    if (!held.stats.isFile() || held.stats.size < bytes) throw missing()
    try {
      await copyFile(held.self, folder.at(name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
      await chmod(folder.at(name), PRIVATE)
      return await Part.#reopen(folder, name, bytes)
    } catch {
      await rm(folder.at(name), { force: true })
    }
    const file = await open(held.self, constants.O_RDONLY)
    try {
      const part = await Part.create(folder, name)
      part.#source = { file, bytes }
      return part
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Goes on with one that was kept, up to `bytes`. No other upload can take it any more. */
  static async take(folder: Held, name: string, kept: string, bytes: number): Promise<Part> {
    await rename(folder.at(kept), folder.at(name))
    try {
      return await Part.#reopen(folder, name, bytes)
    } catch (error) {
      await rm(folder.at(name), { force: true })
      throw error
    }
  }

  static async #reopen(folder: Held, name: string, bytes: number): Promise<Part> {
    const file = await open(folder.at(name), constants.O_RDWR | NO_FOLLOW)
    try {
      const stats = await file.stat()
      // It has shrunk since it was measured.
      if (!stats.isFile() || stats.size < bytes) throw missing()
      if (stats.size > bytes) await file.truncate(bytes)
      return new Part(folder, name, file, bytes)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Bytes it has. */
  get bytes(): number {
    return this.#bytes
  }

  /** Writes behind the last write; one at a time. The chunk must stay untouched until the promise settles. */
  async write(chunk: Buffer): Promise<void> {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.#bytes)
      done += bytesWritten
      this.#bytes += bytesWritten
    }
  }

  /** Whether `begin` has to be waited for before anything is written. */
  get unbegun(): boolean {
    return this.#source !== null
  }

  /**
   * Sees to it that it has its beginning, and that the sink has seen that; null: nobody wants to see it. A block's memory
   * is used again once the sink's promise has settled.
   */
  async begin(sink: ((block: Buffer) => Promise<void>) | null): Promise<void> {
    const source = this.#source
    const from = source?.file ?? this.#file
    const end = source?.bytes ?? this.#bytes
    const buffer = Buffer.allocUnsafeSlow(Math.min(BLOCK, Math.max(end, 1)))
    for (let at = 0; at < end;) {
      if (this.#stopped) throw missing()
      const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, end - at), at)
      // It has shrunk since it was measured.
      if (bytesRead === 0) throw missing()
      const block = buffer.subarray(0, bytesRead)
      await Promise.all([source === null ? undefined : this.write(block), sink?.(block)])
      at += bytesRead
    }
    this.#source = null
    await source?.file.close()
  }

  /** Lets `begin` fail soon. */
  stop(): void {
    this.#stopped = true
  }

  /** Waits until what was written lies on the disk, whatever happens to the computer. */
  async flush(): Promise<void> {
    await this.#file.datasync()
    this.#flushed = true
  }

  /** Whether the disk has exactly what was written, as far as its size tells. */
  async isWhole(): Promise<boolean> {
    return (await this.#file.stat()).size === this.#bytes
  }

  /**
   * Takes the place of `name`, or of what is there. With `existing` it takes over its permission bits and is flushed
   * first: after a power cut there is the old file or the new one, never an empty one. A new file is flushed while its
   * verdict is awaited, and without a scan not at all, as with other servers: every small file would wait for the disk.
   * @param check throws when it must not have the name after all; called at the last moment
   */
  async replace(name: string, existing: Stats | null, check: () => void): Promise<void> {
    await this.#file.chmod(existing === null ? ordinaryMode() : existing.mode & 0o777)
    if (existing !== null && !this.#flushed) await this.flush()
    await this.#close()
    try {
      check()
    } catch (error) {
      await this.#hide()
      throw error
    }
    await rename(this.#folder.at(this.name), this.#folder.at(name))
  }

  /** For the server's own user alone again, after it was closed. */
  async #hide(): Promise<void> {
    const file = await open(this.#folder.at(this.name), constants.O_RDONLY | NO_FOLLOW)
    try {
      await file.chmod(PRIVATE)
    } finally {
      await file.close()
    }
  }

  /** Takes a name that is free. @throws EEXIST when it is not; then another can be tried */
  async claim(name: string): Promise<void> {
    if (this.#open) {
      await this.#file.chmod(ordinaryMode())
      await this.#close()
    }
    const [from, to] = [this.#folder.at(this.name), this.#folder.at(name)]
    try {
      // link(2) fails where rename(2) would replace.
      await link(from, to)
      await unlink(from)
    } catch (error) {
      if (!NO_LINKS.has(systemCode(error) ?? '')) throw error
      // FAT and some network disks have no hard links: the closest is to look first.
      const taken = await lstat(to).catch(() => null)
      if (taken !== null) throw Object.assign(new Error('The name is taken.'), { code: 'EEXIST', cause: error })
      await rename(from, to)
    }
  }

  /** Closes it and leaves it under another hidden name. */
  async keep(name: string): Promise<void> {
    await this.#close()
    await rename(this.#folder.at(this.name), this.#folder.at(name))
  }

  /** Closes it and gives its path, for the quarantine to take. */
  async handOver(): Promise<string> {
    await this.#close()
    return this.#folder.at(this.name)
  }

  /** Closes and deletes it. Never throws: this runs where something failed already; what stays is swept later. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined)
    await rm(this.#folder.at(this.name), { force: true }).catch(() => undefined)
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#source?.file.close()
    await this.#file.close()
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EACCES', 'EINVAL'])

let umask: number | undefined
function ordinaryMode(): number {
  umask ??= process.umask()
  return 0o666 & ~umask
}
