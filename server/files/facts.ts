/** What the disk knows of a file, as the account sees it. */
import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { systemCode } from '../../common/errors.ts'
import type { Facts } from './types.ts'

/** Of what is at a path of the disk itself, be it a link; null when nothing is. Throws the system's other errors. */
export async function lstatIfThere(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Pipes, devices and sockets are never shown: opening one would hang, or do something. */
export function isShown(stats: Stats): boolean {
  return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()
}

export function factsFrom(name: string, stats: Stats, target: string | null = null): Facts {
  const folder = stats.isDirectory()
  return {
    name,
    type: folder ? 'dir' : stats.isSymbolicLink() ? 'link' : 'file',
    size: folder ? 0 : stats.size,
    modified: Math.round(stats.mtimeMs),
    mode: stats.mode & 0o7777,
    links: stats.nlink,
    uid: stats.uid,
    gid: stats.gid,
    unique: `${stats.dev.toString(16)}g${stats.ino.toString(16)}`,
    target,
  }
}
