/**
 * One after the other for whoever puts, replaces or removes what bears a name: what is removed must be what was measured
 * just before. Otherwise many who remove one file at the same moment would each have its room given back to the quota.
 */
import type { Held } from './held.ts'

/** Settles when the last who asked is through. */
const last = new Map<string, Promise<void>>()

/** The same for all ways to a name in a folder, and for all its spellings on disks that ignore case. */
export function placeOf({ stats }: Pick<Held, 'stats'>, name: string): string {
  return `${stats.dev}:${stats.ino}/${name.normalize('NFC').toLowerCase()}`
}

/** Runs `work` when those who asked before for the same name are through, however that went. */
export async function inTurn<T>(folder: Pick<Held, 'stats'>, name: string, work: () => Promise<T>): Promise<T> {
  const place = placeOf(folder, name)
  const before = last.get(place)
  const { promise, resolve } = Promise.withResolvers<void>()
  last.set(place, promise)
  try {
    await before
    return await work()
  } finally {
    if (last.get(place) === promise) last.delete(place)
    resolve()
  }
}
