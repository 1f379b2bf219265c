/**
 * The two folders that relative names start from, shared by the panes, the console and the command line. Where somebody
 * goes, the others follow.
 */
import type { Side, WorkingFolders } from '../../common/models.ts'

export class Folders {
  readonly #listeners = new Set<(side: Side, path: string) => void>()
  readonly #previous: Record<Side, string | null> = { local: null, remote: null }
  #current: WorkingFolders

  /** @param local absolute path to begin with */
  constructor(local: string) {
    this.#current = { local, remote: null }
  }

  get(): WorkingFolders {
    return this.#current
  }

  /** The folder before the current one, for `cd -`; null when there was none. */
  previous(side: Side): string | null {
    return this.#previous[side]
  }

  /** Goes to a folder that is known to be there. @param path absolute */
  set(side: Side, path: string): void {
    const before = this.#current[side]
    if (before === path) return
    this.#previous[side] = before
    this.#current = { ...this.#current, [side]: path }
    for (const listener of this.#listeners) listener(side, path)
  }

  /** The session has ended: its folder means nothing any more. */
  forgetRemote(): void {
    this.#previous.remote = null
    this.#current = { ...this.#current, remote: null }
  }

  /** Calls back after every change; returns what stops it. */
  onChange(listener: (side: Side, path: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
