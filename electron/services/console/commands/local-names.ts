/** From names and patterns to what they stand for on this computer. */
import { isAbsolute, join, relative, sep } from 'node:path'
import type { Entry, EntryType } from '../../../../common/models.ts'
import { listLocal } from '../../../local/index.ts'
import { hasPattern } from '../parse.ts'
import { localPath, resolveLocal } from '../paths.ts'
import { pathPattern, type PathPattern } from '../patterns.ts'
import type { CommandContext } from '../types.ts'
import { nothingMatches } from './remote-names.ts'

/** Deeper trees are made by loops that no link shows. */
const DEPTH_LIMIT = 200

/** Something that was named, or that a pattern matched. */
export interface LocalMatch {
  /** Absolute. */
  path: string
  /** Folders between the current folder (or the one the pattern starts in) and it; none for a name. */
  folders: string[]
}

interface LocalPattern {
  /** Absolute folder that the search begins in. */
  root: string
  pattern: PathPattern
}

/** @param word a pattern, in pattern form */
export function localPattern(host: CommandContext['host'], word: string): LocalPattern & { base: string } {
  // On Windows both separators part names; "\\" is how the parser writes a backslash that was meant.
  const parted = sep === '\\' ? word.replaceAll('\\\\', '/') : word
  const pattern = pathPattern(parted, { ignoreCase: sep === '\\' })
  const { base } = pattern
  return { root: base === '' ? host.folders.get().local : resolveLocal(host, base), base, pattern }
}

/** The system gives names in any order. */
export function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/**
 * What matches, in batches of sorted names. Links are not followed; folders that cannot be read hold no match.
 * @param o.inMatches whether folders that match are looked into, too
 * @throws SluiceError when the folder the search begins in cannot be read
 */
export async function* findLocal(
  { root, pattern }: LocalPattern,
  o: { signal: AbortSignal; inMatches: boolean },
): AsyncGenerator<{ path: string; entry: Entry }[], void, void> {
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const prefix = folder === '' ? '' : `${folder}/`
    const below: string[] = []
    try {
      for await (const batch of listLocal(join(root, folder), { signal: o.signal })) {
        const found = batch.toSorted(byName).map((entry) => ({ path: prefix + entry.name, entry }))
        const matching = found.filter(({ path }) => pattern.matches(path))
        for (const { path, entry } of found)
          if (entry.type === 'dir' && pattern.deep && pattern.mayHold(path) && (o.inMatches || !pattern.matches(path)))
            below.push(path)
        if (matching.length > 0) yield matching
      }
    } catch (error) {
      o.signal.throwIfAborted()
      if (folder === '') throw error
    }
    if (folder.split('/').length < DEPTH_LIMIT) folders.push(...below.toReversed())
  }
}

/**
 * What names and patterns stand for, each path once. A folder that matches stands for all that is in it.
 * @throws SluiceError not-found for a pattern that nothing matches
 */
export async function expandLocal(
  { host, signal }: CommandContext,
  words: readonly string[],
  o: { types?: readonly EntryType[] } = {},
): Promise<LocalMatch[]> {
  const matches = new Map<string, LocalMatch>()
  for (const word of words) {
    if (!hasPattern(word)) {
      const path = localPath(host, word)
      matches.set(path, { path, folders: [] })
      continue
    }
    const wanted = localPattern(host, word)
    const found: string[] = []
    for await (const batch of findLocal(wanted, { signal, inMatches: false })) {
      for (const { path: below, entry } of batch) {
        if (o.types && !o.types.includes(entry.type)) continue
        found.push(join(wanted.root, below))
      }
    }
    if (found.length === 0) throw nothingMatches(word)
    // A disk gives names in any order; whoever is asked about them expects one.
    for (const path of found.toSorted(shallowFirst)) {
      if (!matches.has(path)) matches.set(path, { path, folders: foldersAbove(host, wanted.root, path) })
    }
  }
  return [...matches.values()]
}

/** What lies in a folder before what lies deeper, else by name. */
function shallowFirst(a: string, b: string): number {
  const depth = a.split(sep).length - b.split(sep).length
  if (depth !== 0) return depth
  return a < b ? -1 : 1
}

/** The folders that a match keeps: from the current folder, or from where its pattern starts if that is elsewhere. */
function foldersAbove(host: CommandContext['host'], root: string, path: string): string[] {
  const fromHere = relative(host.folders.get().local, path)
  const outside = fromHere.startsWith(`..${sep}`) || isAbsolute(fromHere)
  return (outside ? relative(root, path) : fromHere).split(sep).slice(0, -1)
}
