/** Counts what lies in a root, following no links. */
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

export interface Usage {
  bytes: number
  /** Files and folders: both cost the disk an entry. */
  files: number
}

/** Entries after which counting ends and the root counts as full: no account's quota may keep the disk busy for long. */
const MOST = 5_000_000
/** Files that are looked at together. */
const BATCH = 64

/** Visits every folder below `root`, which is not visited through links. What cannot be read is left out. */
export async function* walk(root: string): AsyncIterable<{ folder: string; names: string[]; folders: number }> {
  const waiting = [root]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    let names: string[] = []
    let folders = 0
    try {
      for await (const entry of await opendir(folder, { bufferSize: 256 })) {
        if (entry.isDirectory()) {
          waiting.push(join(folder, entry.name))
          folders++
        } else names.push(entry.name)
        if (names.length < BATCH) continue
        yield { folder, names, folders }
        names = []
        folders = 0
      }
    } catch {
      // Unreadable, or gone meanwhile.
    }
    yield { folder, names, folders }
  }
}

/** @param root real path */
export async function countRoot(root: string): Promise<Usage> {
  const used = { bytes: 0, files: 0 }
  for await (const { folder, names, folders } of walk(root)) {
    const sizes = await Promise.all(
      names.map((name) =>
        lstat(join(folder, name)).then(
          (stats) => (stats.isFile() ? stats.size : 0),
          () => 0,
        ),
      ),
    )
    used.files += names.length + folders
    for (const size of sizes) used.bytes += size
    if (used.files > MOST) return { bytes: Number.MAX_SAFE_INTEGER, files: Number.MAX_SAFE_INTEGER }
  }
  return used
}
