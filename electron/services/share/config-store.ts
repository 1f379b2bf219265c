/** The share's configuration on disk. Whatever cannot be understood gives way to the safe values, and that is said. */
import { SluiceError, toErrorData, type ErrorData } from '../../../common/errors.ts'
import { shareConfigSchema, type ShareConfig } from '../../../common/share.ts'
import { JsonFile } from '../json-file.ts'

export class ShareConfigStore {
  readonly #file: JsonFile<ShareConfig>
  #current: ShareConfig
  #problem: ErrorData | null

  private constructor(file: JsonFile<ShareConfig>, current: ShareConfig, problem: ErrorData | null) {
    this.#file = file
    this.#current = current
    this.#problem = problem
  }

  /**
   * Reads the file. One that is damaged, or has settings this version does not know, is set aside; the safe values hold
   * then: this computer only, TLS required, no folder. Never rejects for what is in the file.
   * @param path absolute path of share.json
   */
  static async open(path: string): Promise<ShareConfigStore> {
    const safe = (): ShareConfig => shareConfigSchema.parse({})
    const file = new JsonFile<ShareConfig>(path, shareConfigSchema, safe)
    try {
      const { value, damaged } = await file.read()
      const message =
        `The settings of the share could not be understood: the file is damaged, or of a newer version. It was set ` +
        `aside as ${path}.damaged, and the safe settings hold. Look them through before you share again.`
      return new ShareConfigStore(file, value, damaged ? new SluiceError('local-io', message).toData() : null)
    } catch (error) {
      return new ShareConfigStore(file, safe(), toErrorData(error))
    }
  }

  /** Why the file's settings do not hold; null when they do. */
  get problem(): ErrorData | null {
    return this.#problem
  }

  get(): ShareConfig {
    return this.#current
  }

  /** @throws SluiceError local-io when it cannot be saved; the configuration is then what it was */
  async set(config: ShareConfig): Promise<void> {
    await this.#file.write(config)
    this.#current = config
    this.#problem = null
  }
}
