import type { Dirent, Stats } from 'node:fs'
import { lstat, opendir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../common/errors.ts'
import type { Entry, EntryType } from '../../common/models.ts'
import { localError } from './errors.ts'

/** Entries asked of the system at a time; so many `lstat` calls are in flight at most. */
const BATCH = 256

/**
 * Lists a folder in batches of at most 256 entries, in the system's order, without "." and "..". Links are shown as
 * links with their target and are not followed. An entry that vanishes meanwhile is left out.
 * @throws SluiceError 'local-not-found', 'local-permission', 'local-io'; AbortError when `signal` aborts
 */
export async function* listLocal(path: string, o: { signal?: AbortSignal } = {}): AsyncGenerator<Entry[], void, void> {
  try {
    const folder = await opendir(path, { bufferSize: BATCH })
    // Leaving the loop in any way closes the handle.
    let batch: Dirent[] = []
    for await (const item of folder) {
      o.signal?.throwIfAborted()
      batch.push(item)
      if (batch.length < BATCH) continue
      yield await describeAll(path, batch)
      batch = []
    }
    o.signal?.throwIfAborted()
    if (batch.length > 0) yield await describeAll(path, batch)
  } catch (error) {
    throw localError(error, 'list the folder', path)
  }
}

async function describeAll(folder: string, items: readonly Dirent[]): Promise<Entry[]> {
  const entries = await Promise.all(items.map((item) => describe(folder, item)))
  return entries.filter((entry) => entry !== null)
}

async function describe(folder: string, item: Dirent): Promise<Entry | null> {
  const path = join(folder, item.name)
  try {
    return await toEntry(item.name, path, await lstat(path))
  } catch (error) {
    // A name that is not valid UTF-8 cannot be asked for again under the name we got: show it rather than hide it.
    if (systemCode(error) === 'ENOENT' && !item.name.includes('\ufffd')) return null
    return { ...UNKNOWN, name: item.name, type: typeOf(item) }
  }
}

const UNKNOWN = { size: null, modified: null, permissions: null, owner: null, group: null, target: null }

async function toEntry(name: string, path: string, stats: Stats): Promise<Entry> {
  const type = typeOf(stats)
  const windows = process.platform === 'win32'
  return {
    name,
    type,
    size: type === 'file' ? stats.size : null,
    modified: Math.round(stats.mtimeMs),
    // Windows has no such bits; Node makes them up.
    permissions: windows ? null : permissionString(stats.mode),
    owner: windows ? null : String(stats.uid),
    group: windows ? null : String(stats.gid),
    target: type === 'link' ? await readlink(path).catch(() => null) : null,
  }
}

function typeOf(item: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): EntryType {
  if (item.isSymbolicLink()) return 'link'
  if (item.isDirectory()) return 'dir'
  return item.isFile() ? 'file' : 'other'
}

/** One entry as `listLocal` would show it; null when nothing is there. */
export async function statLocal(path: string, name: string): Promise<Entry | null> {
  try {
    return await toEntry(name, path, await lstat(path))
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null
    throw localError(error, 'look at', path)
  }
}

/** The nine letters of `ls -l`, with s, S, t and T for the special bits. */
export function permissionString(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, at) => (mode & (0o400 >> at) ? letter : '-'))
  const special = (at: number, bit: number, letter: string): void => {
    if (mode & bit) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  special(2, 0o4000, 's')
  special(5, 0o2000, 's')
  special(8, 0o1000, 't')
  return letters.join('')
}
