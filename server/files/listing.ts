/** A folder of any size, in batches: memory does not grow with it. */
import { opendir, lstat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../common/errors.ts'
import { factsFrom, isShown } from './facts.ts'
import { hold, type Held } from './held.ts'
import { stepProblem } from './names.ts'
import type { Facts } from './types.ts'

/** Entries that are looked at together. */
const BATCH = 256

/** The account's path of a real one that lies in the root. */
export type Show = (real: string) => string

/**
 * What lies in a held folder, unsorted, as the disk gives it. Left out are the server's own files, names that a client
 * could not send back, special files, links out of the root, and what is gone before it could be looked at.
 */
export async function* listHeld(root: string, folder: Held, show: Show, signal: AbortSignal): AsyncIterable<Facts[]> {
  const directory = await opendir(folder.self, { bufferSize: BATCH })
  // One batch is looked at while the one before is being sent.
  let next: Promise<Facts[]> | null = null
  try {
    let names: string[] = []
    // Leaving the loop closes the directory.
    for await (const { name } of directory) {
      signal.throwIfAborted()
      if (stepProblem(name, process.platform) === null) names.push(name)
      if (names.length < BATCH) continue
      const batch = next
      next = lookAt(root, folder, names, show)
      // Met when its turn has come.
      next.catch(() => undefined)
      names = []
      if (batch !== null) yield await batch
    }
    if (next !== null) yield await next
    next = null
    if (names.length > 0) yield await lookAt(root, folder, names, show)
  } finally {
    // The folder is let go of after this, and its descriptor may become another's.
    await next?.catch(() => undefined)
  }
}

async function lookAt(root: string, folder: Held, names: readonly string[], show: Show): Promise<Facts[]> {
  const found = await Promise.all(names.map((name) => entry(root, folder, name, show)))
  return found.filter((facts) => facts !== null)
}

async function entry(root: string, folder: Held, name: string, show: Show): Promise<Facts | null> {
  let stats: Stats
  try {
    stats = await lstat(folder.at(name))
  } catch (error) {
    // Gone meanwhile, or in a folder that may be read but not entered.
    if (systemCode(error) !== null) return null
    throw error
  }
  if (!isShown(stats)) return null
  if (!stats.isSymbolicLink()) return factsFrom(name, stats)
  const target = await targetOf(root, join(folder.real, name))
  return target === null ? null : factsFrom(name, stats, show(target))
}

/** Real path of what a link leads to; null when that is not in the root, not there, or nothing that is shown. */
async function targetOf(root: string, link: string): Promise<string | null> {
  try {
    await using target = await hold(root, link)
    return isShown(target.stats) ? target.real : null
  } catch {
    return null
  }
}
