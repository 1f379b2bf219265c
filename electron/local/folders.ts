/** New folders, renaming, and recursive removal on the local disk. Names come from the window and are checked here. */
import { constants, type Dirent } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError, systemCode, toErrorData } from '../../common/errors.ts'
import type { RemovalResult } from '../../common/models.ts'
import { printableName, safeLocalName } from '../../common/safe-name.ts'
import { localError } from './errors.ts'

/** A name given by a person must stay one segment, so that it cannot reach out of its folder. */
function oneSegment(name: string): string {
  const separator = process.platform === 'win32' ? /[/\\:]/ : /\//
  if (name === '' || name === '.' || name === '..' || name.includes('\0') || separator.test(name))
    throw new SluiceError('unsafe-name', `"${printableName(name)}" cannot be used as a name here. Choose another.`)
  return name
}

/** For names that are about to be made: on Windows the stricter rules, or the system would change them silently. */
function newName(name: string): string {
  return process.platform === 'win32' ? safeLocalName(name) : oneSegment(name)
}

/**
 * Makes one folder and gives its absolute path.
 * @throws SluiceError 'local-exists', 'local-permission', 'local-disk-full', 'unsafe-name' and other local codes
 */
export async function makeFolder(folder: string, name: string): Promise<string> {
  const path = join(folder, newName(name))
  try {
    await mkdir(path)
    return path
  } catch (error) {
    throw localError(error, 'create the folder', path)
  }
}

/**
 * Renames within a folder and gives the new absolute path. Never replaces anything.
 * @throws SluiceError 'local-exists' when `to` is taken, and other local codes
 */
export async function renameLocal(folder: string, from: string, to: string): Promise<string> {
  const source = join(folder, oneSegment(from))
  const target = join(folder, newName(to))
  try {
    const moved = await lstat(source, { bigint: true })
    const taken = await lstat(target, { bigint: true }).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return null
      throw error
    })
    // The same file under both names: a change of case on a disk that ignores case.
    if (taken !== null && !(taken.ino === moved.ino && taken.dev === moved.dev && from !== to))
      throw new SluiceError('local-exists', `"${printableName(to)}" is there already. Choose another name.`)
    await rename(source, target)
    return target
  } catch (error) {
    throw localError(error, 'rename', source)
  }
}

/**
 * Removes files, links and folders with all they contain. Links are removed, never followed. Goes on past failures;
 * a folder that could not be emptied is listed once for itself and once for every entry that stayed.
 * @throws AbortError when `signal` aborts; what was removed stays removed
 */
export async function removeLocal(
  folder: string,
  names: readonly string[],
  o: { signal?: AbortSignal } = {},
): Promise<RemovalResult> {
  const result: RemovalResult = { removed: 0, failed: [] }
  for (const name of names) {
    try {
      await removeEntry(Buffer.from(join(folder, oneSegment(name))), result, o.signal)
    } catch (error) {
      o.signal?.throwIfAborted()
      result.failed.push({ path: join(folder, name), error: toErrorData(error) })
    }
  }
  return result
}

/** Paths are bytes here: on Linux a name need not be valid UTF-8, and such files must be removable too. */
async function removeEntry(path: Buffer, result: RemovalResult, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  try {
    const stats = await lstat(path)
    if (stats.isDirectory()) {
      for (const item of await readFolder(path)) {
        await removeEntry(Buffer.concat([path, Buffer.from('/'), item.name]), result, signal)
      }
      await rmdir(path)
    } else {
      await unlink(path)
    }
    result.removed++
  } catch (error) {
    signal?.throwIfAborted()
    const shown = path.toString()
    result.failed.push({ path: shown, error: toErrorData(localError(error, 'delete', shown)) })
  }
}

/** Opens without following a link, so that a folder swapped for a link after `lstat` is not walked into. */
async function readFolder(path: Buffer): Promise<Dirent<Buffer>[]> {
  if (process.platform === 'win32') return await readdir(path, { encoding: 'buffer', withFileTypes: true })
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    return await readdir(path, { encoding: 'buffer', withFileTypes: true })
  } finally {
    await handle.close()
  }
}
