/** From names and patterns to what they stand for on the server. */
import { SluiceError, type ErrorData } from '../../../../common/errors.ts'
import type { EntryType } from '../../../../common/models.ts'
import { joinRemote } from '../../../../common/remote-path.ts'
import { hasPattern, literal } from '../parse.ts'
import { pathBelow, remoteFolder, remotePath, resolveRemoteText } from '../paths.ts'
import { pathPattern, type PathPattern } from '../patterns.ts'
import type { CommandContext } from '../types.ts'
import { walkRemote, type Found, type WalkOptions } from './walk.ts'

/** Something that was named, or that a pattern matched. */
export interface RemoteMatch {
  /** Absolute. */
  path: string
  /** What the listing said; undefined for a name, which nobody has looked at yet. */
  type?: EntryType
  /** Folders between the current folder (or the one the pattern starts in) and it; none for a name. */
  folders: string[]
}

export interface RemotePattern {
  /** Absolute folder that the search begins in. */
  root: string
  pattern: PathPattern
}

/** @param word a pattern, in pattern form */
export function remotePattern(host: CommandContext['host'], word: string, o: { hidden?: boolean } = {}): RemotePattern {
  const pattern = pathPattern(word, o)
  return { root: pattern.base === '' ? remoteFolder(host) : resolveRemoteText(host, pattern.base), pattern }
}

/**
 * What matches, in batches while listings arrive. The session's connection is busy meanwhile.
 * @param o.inMatches whether folders that match are looked into, too
 */
export async function findMatches(
  context: CommandContext,
  { root, pattern }: RemotePattern,
  o: Pick<WalkOptions, 'onProblem'> & { inMatches: boolean; onMatches: (found: Found[]) => void },
): Promise<void> {
  let any = false
  const into = (path: string): boolean =>
    pattern.deep && pattern.mayHold(path) && (o.inMatches || !pattern.matches(path))
  const { signal } = context
  await context.host.session.run(
    async (client) => {
      for await (const batch of walkRemote(client, root, { signal, into, onProblem: o.onProblem })) {
        const found = batch.filter(({ path }) => pattern.matches(path))
        any ||= found.length > 0
        if (found.length > 0) o.onMatches(found)
      }
    },
    { again: () => !any },
  )
}

/**
 * What names and patterns stand for, each path once. A folder that matches stands for all that is in it.
 * @throws SluiceError not-found for a pattern that nothing matches
 */
export async function expandRemote(
  context: CommandContext,
  words: readonly string[],
  o: { types?: readonly EntryType[]; onProblem: (error: ErrorData) => void },
): Promise<RemoteMatch[]> {
  const { host } = context
  const matches = new Map<string, RemoteMatch>()
  for (const word of words) {
    if (!hasPattern(word)) {
      const path = remotePath(host, word)
      matches.set(path, { path, folders: [] })
      continue
    }
    const wanted = remotePattern(host, word)
    let any = false
    await findMatches(context, wanted, {
      inMatches: false,
      onProblem: o.onProblem,
      onMatches: (found) => {
        for (const { path: below, entry } of found) {
          if (o.types && !o.types.includes(entry.type)) continue
          any = true
          const path = joinRemote(wanted.root, below)
          const kept = pathBelow(remoteFolder(host), path) ?? below
          if (!matches.has(path)) matches.set(path, { path, type: entry.type, folders: kept.split('/').slice(0, -1) })
        }
      },
    })
    if (!any) throw nothingMatches(word)
  }
  return [...matches.values()]
}

export function nothingMatches(word: string): SluiceError {
  return new SluiceError('not-found', `Nothing matches “${literal(word)}”.`)
}
