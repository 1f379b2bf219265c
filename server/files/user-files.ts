/** An account's folder as its own "/", or as "/name" in an empty top folder. */
import { chmod, lstat, mkdir, readdir, rename, rm, rmdir, unlink, utimes } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Stats } from 'node:fs'
import { systemCode } from '../../common/errors.ts'
import type { Account } from '../../common/share.ts'
import { notThere, refused, replyTo } from './disk-error.ts'
import { factsFrom, isShown, lstatIfThere } from './facts.ts'
import { hold, missing, type Held } from './held.ts'
import { listHeld } from './listing.ts'
import { nameOf, parentOf, resolvePath, stepsOf } from './names.ts'
import { partKindOf } from './part-names.ts'
import { openHeld } from './read-file.ts'
import { openRoot } from './root.ts'
import { inTurn } from './turns.ts'
import type { Facts, ReadFile, UploadTarget, UserFiles } from './types.ts'

/**
 * Opens an account's folder.
 * @throws ReplyError 550 when it is not there, no folder, or a whole disk
 */
export async function openUserFiles(account: Pick<Account, 'name' | 'root' | 'homeShown'>): Promise<UserFiles> {
  return new RootedFiles(await openRoot(account.root), account.homeShown ? account.name : null)
}

class RootedFiles implements UserFiles {
  readonly home: string
  readonly root: string

  constructor(root: string, shownAs: string | null) {
    this.root = root
    this.home = shownAs === null ? '/' : `/${shownAs}`
  }

  resolve(workingFolder: string, argument: string): string {
    return resolvePath(workingFolder, argument, process.platform)
  }

  async facts(path: string): Promise<Facts> {
    return await this.#with(path, async (held) => ({
      ...factsFrom(nameOf(path), held.stats),
      // The empty top folder is nobody's to change.
      ...(this.#isTop(path) ? { mode: 0o555 } : {}),
    }))
  }

  async openRead(path: string): Promise<ReadFile> {
    return await this.#with(path, async (held) => {
      if (!held.stats.isFile()) throw refused(path, 'it is a folder')
      return await openHeld(held, path)
    })
  }

  async *list(path: string, signal: AbortSignal): AsyncIterable<Facts[]> {
    if (this.#isTop(path)) {
      yield [await this.facts(this.home)]
      return
    }
    await using held = await this.#hold(path)
    if (!held.stats.isDirectory()) throw refused(path, 'it is not a folder')
    try {
      yield* listHeld(this.root, held, (real) => this.#show(real), signal)
    } catch (error) {
      throw signal.aborted ? error : replyTo(error, path)
    }
  }

  async enter(path: string): Promise<void> {
    await this.#with(path, async (held) => {
      if (!held.stats.isDirectory()) throw refused(path, 'it is not a folder')
      if (this.#isTop(path)) return
      // Whether it may be entered at all, asked of the system: "." needs the folder's x bit.
      await lstat(held.at('.'))
    })
  }

  async makeFolder(path: string): Promise<void> {
    await this.#inParent(path, async (parent, name) => {
      await mkdir(parent.at(name))
      await parent.check()
    })
  }

  async removeFolder(path: string): Promise<void> {
    if (path === this.home) throw refused(path, 'it is the home of this account')
    await this.#inParent(path, async (parent, name) => {
      const stats = await this.#lookAt(parent, name)
      if (!stats.isDirectory()) throw refused(path, 'it is not a folder')
      try {
        await rmdir(parent.at(name))
      } catch (error) {
        const code = systemCode(error)
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
        await this.#removeKept(path)
        await rmdir(parent.at(name))
      }
    })
  }

  /** Cut uploads that wait are nothing the account can see or remove itself. */
  async #removeKept(path: string): Promise<void> {
    await using held = await this.#hold(path)
    const names = await readdir(held.self)
    if (!names.every((name) => partKindOf(name) === 'kept')) return
    for (const name of names) await rm(held.at(name), { force: true })
  }

  async removeFile(path: string): Promise<Facts> {
    return await this.#inParent(path, async (parent, name) => {
      const stats = await inTurn(parent, name, async () => {
        const found = await this.#lookAt(parent, name)
        if (found.isDirectory()) throw refused(path, 'it is a folder')
        await unlink(parent.at(name))
        return found
      })
      await parent.check()
      return factsFrom(name, stats)
    })
  }

  async rename(from: string, to: string, { replace }: { replace: boolean }): Promise<Facts | null> {
    if (from === this.home) throw refused(from, 'it is the home of this account')
    return await this.#inParent(from, (oldParent, oldName) =>
      this.#inParent(to, async (newParent, newName) => {
        const replaced = await inTurn(newParent, newName, async () => {
          const moved = await this.#lookAt(oldParent, oldName).catch((error: unknown) => {
            throw replyTo(error, from)
          })
          const there = await this.#lookAtTarget(newParent, newName)
          const itself = there !== null && there.ino === moved.ino && there.dev === moved.dev
          if (!itself && there?.isDirectory()) throw refused(to, 'a folder is there already')
          if (there !== null && !itself && !replace) throw refused(to, 'it is there, and may not be replaced')
          if (there !== null && !itself && moved.isDirectory()) throw refused(to, 'a file is there already')
          await rename(oldParent.at(oldName), newParent.at(newName))
          return itself ? null : there
        })
        await oldParent.check()
        await newParent.check()
        return replaced && factsFrom(newName, replaced)
      }),
    )
  }

  async setModified(path: string, ms: number): Promise<void> {
    await this.#change(path, (self) => utimes(self, Date.now() / 1000, ms / 1000))
  }

  async setMode(path: string, mode: number): Promise<void> {
    // Others may share it, and nobody could undo it from here.
    if (path === this.home) throw refused(path, 'it is the home of this account')
    await this.#change(path, (self) => chmod(self, mode & 0o777))
  }

  async target(path: string): Promise<UploadTarget> {
    this.#demandPlace(path)
    const folder = await this.#hold(parentOf(path))
    try {
      if (!folder.stats.isDirectory()) throw notThere(parentOf(path))
      const name = nameOf(path)
      const stats = await this.#lookAtTarget(folder, name)
      if (stats?.isDirectory()) throw refused(path, 'it is a folder')
      if (!stats?.isSymbolicLink()) return { folder, name, existing: stats && factsFrom(name, stats) }
    } catch (error) {
      await folder.close()
      throw replyTo(error, path)
    }
    await folder.close()
    return await this.#targetOfLink(path)
  }

  /** An upload to a link goes to what it leads to, and the link stays. */
  async #targetOfLink(path: string): Promise<UploadTarget> {
    await using held = await this.#hold(path)
    if (!held.stats.isFile()) throw refused(path, 'it is a folder')
    const name = basename(held.real)
    const folder = await hold(this.root, dirname(held.real)).catch((error: unknown) => {
      throw replyTo(error, path)
    })
    return { folder, name, existing: factsFrom(name, held.stats) }
  }

  #isTop(path: string): boolean {
    return path === '/' && this.home !== '/'
  }

  /** Beside the home, in the empty top folder, there is no place for anything. */
  #demandPlace(path: string): void {
    if (this.#isTop(path) || path === this.home || this.#isTop(parentOf(path))) {
      throw refused(path, 'nothing can be changed there')
    }
  }

  /** A path on the disk, unchecked. @throws ReplyError 550 beside the home in the top folder */
  #onDisk(path: string): string {
    const steps = stepsOf(path)
    if (this.home !== '/' && !this.#isTop(path) && steps.shift() !== this.home.slice(1)) throw notThere(path)
    return join(this.root, ...steps)
  }

  #show(real: string): string {
    const way = relative(this.root, real).split(sep).join('/')
    return way === '' ? this.home : this.home === '/' ? `/${way}` : `${this.home}/${way}`
  }

  async #hold(path: string): Promise<Held> {
    try {
      const held = await hold(this.root, this.#onDisk(path))
      if (held.stats.isFile() || held.stats.isDirectory()) return held
      await held.close()
      throw missing()
    } catch (error) {
      throw replyTo(error, path)
    }
  }

  async #with<T>(path: string, work: (held: Held) => Promise<T>): Promise<T> {
    await using held = await this.#hold(path)
    try {
      return await work(held)
    } catch (error) {
      throw replyTo(error, path)
    }
  }

  /** Works on a name in its folder, which is held meanwhile. */
  async #inParent<T>(path: string, work: (parent: Held, name: string) => Promise<T>): Promise<T> {
    this.#demandPlace(path)
    return await this.#with(parentOf(path), async (parent) => {
      if (!parent.stats.isDirectory()) throw notThere(path)
      try {
        return await work(parent, nameOf(path))
      } catch (error) {
        throw replyTo(error, path)
      }
    })
  }

  /** What the account sees there: links that lead nowhere or out are not there. @throws ENOENT */
  async #lookAt(parent: Held, name: string): Promise<Stats> {
    const stats = await lstat(parent.at(name))
    await this.#demandShown(stats, parent, name)
    return stats
  }

  /** What would be replaced. Something that is there but not shown is in the way. */
  async #lookAtTarget(parent: Held, name: string): Promise<Stats | null> {
    const stats = await lstatIfThere(parent.at(name))
    if (stats === null) return null
    try {
      await this.#demandShown(stats, parent, name)
    } catch (cause) {
      throw Object.assign(new Error('Something that is not shown is there.', { cause }), { code: 'EACCES' })
    }
    return stats
  }

  async #demandShown(stats: Stats, parent: Held, name: string): Promise<void> {
    if (!isShown(stats)) throw missing()
    if (stats.isSymbolicLink()) await (await hold(this.root, join(parent.real, name))).close()
  }

  async #change(path: string, work: (self: string) => Promise<void>): Promise<void> {
    if (this.#isTop(path)) throw refused(path, 'nothing can be changed there')
    await this.#with(path, async (held) => {
      await held.check()
      await work(held.self)
    })
  }
}
