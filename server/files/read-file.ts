/** A file that is being sent. */
import { constants, fstatSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { replyTo } from './disk-error.ts'
import type { Held } from './held.ts'
import type { ReadFile } from './types.ts'

/**
 * Opens what is held, which must be a regular file.
 * @throws ReplyError 550, 451
 */
export async function openHeld(held: Held, path: string): Promise<ReadFile> {
  let file: FileHandle | null = null
  try {
    // NOFOLLOW where paths are names; /proc/self/fd/N is a link by nature. NONBLOCK should a pipe have taken its place.
    const noFollow = held.self === held.real ? (constants.O_NOFOLLOW ?? 0) : 0
    file = await open(held.self, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noFollow)
    // Known to the system since it was opened: another thread would take longer.
    const { dev, ino, size } = fstatSync(file.fd)
    if (ino !== held.stats.ino || dev !== held.stats.dev) await held.check()
    return new OpenFile(file, size, path)
  } catch (error) {
    await file?.close()
    throw replyTo(error, path)
  }
}

class OpenFile implements ReadFile {
  readonly size: number
  readonly #file: FileHandle
  readonly #path: string

  constructor(file: FileHandle, size: number, path: string) {
    this.#file = file
    this.size = size
    this.#path = path
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    try {
      return (await this.#file.read(buffer, 0, buffer.length, position)).bytesRead
    } catch (error) {
      throw replyTo(error, this.#path)
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
