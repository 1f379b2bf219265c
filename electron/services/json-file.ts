/** A small JSON file that survives crashes and foreign edits: checked on reading, replaced atomically on writing. */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { SluiceError } from '../../common/errors.ts'

export class JsonFile<T> {
  readonly #file: string
  readonly #schema: z.ZodType<T>
  readonly #fallback: () => T
  #writing: Promise<void> = Promise.resolve()

  /**
   * @param file absolute path; its folder is made when needed
   * @param fallback the value when there is no file yet
   */
  constructor(file: string, schema: z.ZodType<T>, fallback: () => T) {
    this.#file = file
    this.#schema = schema
    this.#fallback = fallback
  }

  /**
   * Reads the value. A file that cannot be understood is set aside as `<file>.damaged`, never overwritten silently.
   * @returns the value, and whether a damaged file had to be set aside
   */
  async read(): Promise<{ value: T; damaged: boolean }> {
    let text: string
    try {
      text = await readFile(this.#file, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return { value: this.#fallback(), damaged: false }
      }
      throw new SluiceError('local-io', `${this.#file} cannot be read: check its permissions.`, { cause: error })
    }
    try {
      return { value: this.#schema.parse(JSON.parse(text)), damaged: false }
    } catch {
      await this.#setAside()
      return { value: this.#fallback(), damaged: true }
    }
  }

  async #setAside(): Promise<void> {
    const aside = `${this.#file}.damaged`
    try {
      await rename(this.#file, aside)
    } catch (cause) {
      const message = `${this.#file} is damaged, and cannot be set aside as ${aside}: check the permissions of the folder.`
      throw new SluiceError('local-io', message, { cause })
    }
  }

  /** Writes the value; calls are put in a row, so the last one wins. Only the user may read the file. */
  write(value: T): Promise<void> {
    const text = `${JSON.stringify(value, null, 2)}\n`
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#replace(text))
    return this.#writing
  }

  async #replace(text: string): Promise<void> {
    // The window and the command line may write the same file at the same moment.
    const temporary = `${this.#file}.${process.pid}.new`
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
      const handle = await open(temporary, 'w', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, this.#file)
    } catch (error) {
      throw new SluiceError('local-io', `${this.#file} cannot be written: check the disk and its permissions.`, {
        cause: error,
      })
    }
  }
}
