/**
 * Patterns for names and paths, local and remote alike: * and ? within a name, ** across folders, {a,b}, [a-z]. A
 * pattern is taken apart into the folder it surely starts in and the rest, so that nothing is listed in vain.
 */
import picomatch from 'picomatch'
import { hasPattern, literal } from './parse.ts'

export interface PathPattern {
  /** The folder the search begins in, as written; '' for the current one. */
  base: string
  /** Whether folders below `base` must be looked into. */
  deep: boolean
  /** @param path below `base`, with "/" between names */
  matches(path: string): boolean
  /** Whether something in this folder can match. @param path below `base`, with "/" between names */
  mayHold(path: string): boolean
}

/** No file system has longer names: one that does is made to keep a regular expression busy. */
const LONGEST_NAME = 1024

/** An escape, a class, or something that has a meaning to picomatch which our patterns do not have. */
const FOREIGN = /\\.|\[[^\]]*\]|[()|+@!^$"]/gs

/**
 * @param word a pattern in the form that the parser gives, with "/" between names
 * @param o.hidden names that begin with a dot match * and ? too; else only where the pattern says the dot
 */
export function pathPattern(word: string, o: { hidden?: boolean; ignoreCase?: boolean } = {}): PathPattern {
  const segments = word.split('/')
  const first = segments.findIndex(hasPattern)
  const cut = first === -1 ? segments.length - 1 : first
  // "/*.txt" starts in the root, which must not become the current folder.
  const base = cut > 0 ? literal(segments.slice(0, cut).join('/')) || '/' : ''
  const rest = segments.slice(cut)
  const options = { noextglob: true, nonegate: true, dot: o.hidden ?? false, nocase: o.ignoreCase ?? false }
  const all = matcher(rest.join('/'), options)
  return {
    base,
    deep: rest.length > 1 || rest.some((segment) => segment.includes('**')),
    matches: all,
    mayHold: spansFolders(rest) ? () => true : folderMatcher(rest, options),
  }
}

/** Braces that hold a "/" were cut apart: nothing is known about their folders. */
function spansFolders(segments: readonly string[]): boolean {
  return segments.slice(0, -1).some((segment) => /\{[^}]*$/.test(segment))
}

function folderMatcher(segments: readonly string[], options: picomatch.PicomatchOptions): PathPattern['mayHold'] {
  const far = segments.findIndex((segment) => segment.includes('**'))
  const matchers = segments.slice(0, far === -1 ? -1 : far).map((segment) => matcher(segment, options))
  const hidden = options.dot === true
  return (path) => {
    const names = path.split('/')
    if (far === -1 && names.length > matchers.length) return false
    // Beyond "**" any folder will do, but for hidden ones.
    return names.every((name, at) => matchers[at]?.(name) ?? (hidden || !name.startsWith('.')))
  }
}

function matcher(glob: string, options: picomatch.PicomatchOptions): (path: string) => boolean {
  const ours = glob.normalize('NFC').replaceAll(FOREIGN, (found) => {
    if (found.startsWith('[')) return found.replace(/^\[!/, '[^')
    return found.length > 1 ? found : `\\${found}`
  })
  const matches = picomatch(ours, options)
  return (path) => path.split('/').every((name) => name.length <= LONGEST_NAME) && matches(path.normalize('NFC'))
}
