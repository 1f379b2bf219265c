/** The person's settings: read once, kept in memory, written through on each change. */
import { settingsSchema, type Settings, type SettingsChanges } from '../../common/models.ts'
import { JsonFile } from './json-file.ts'

export class SettingsStore {
  /** Null: the settings hold for this run only. */
  readonly #file: JsonFile<Settings> | null
  readonly #listeners = new Set<(now: Settings, before: Settings) => void>()
  #current: Settings

  private constructor(file: JsonFile<Settings> | null, current: Settings) {
    this.#file = file
    this.#current = current
  }

  /** @param path absolute path of settings.json; unknown keys in it are dropped, missing ones get their default */
  static async open(path: string): Promise<SettingsStore> {
    const file = new JsonFile<Settings>(path, settingsSchema, () => settingsSchema.parse({}))
    const { value } = await file.read()
    return new SettingsStore(file, value)
  }

  /** Settings of a run without a window: nothing is read, nothing is kept. */
  static inMemory(current: Settings): SettingsStore {
    return new SettingsStore(null, current)
  }

  get(): Settings {
    return this.#current
  }

  /** Changes the given keys. @throws SluiceError local-io when they cannot be saved; they hold for this run then */
  async update(changes: SettingsChanges): Promise<Settings> {
    const before = this.#current
    this.#current = settingsSchema.parse({ ...before, ...changes })
    for (const listener of this.#listeners) listener(this.#current, before)
    await this.#file?.write(this.#current)
    return this.#current
  }

  /** @returns what stops the calls */
  onChange(listener: (now: Settings, before: Settings) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
