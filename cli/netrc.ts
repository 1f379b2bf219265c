/**
 * The `.netrc` file of classic clients: who to be on which machine. Words are parted by spaces and line ends; a word in
 * double quotes may hold spaces, with `\"` and `\\` inside. Macros (`macdef`) are passed over: they are commands for
 * another program.
 */

export interface NetrcEntry {
  /** Null for `default`, which stands for every machine. */
  machine: string | null
  login: string | null
  password: string | null
}

const WORD = /#[^\n]*|"((?:[^"\\]|\\.)*)"|[^\s"]\S*/gs

/** Reads a `.netrc`. What is not understood is passed over, as others do. */
export function parseNetrc(text: string): NetrcEntry[] {
  const entries: NetrcEntry[] = []
  const words = new RegExp(WORD)
  const next = (): { word: string; end: number } | null => {
    const match = words.exec(text)
    if (!match) return null
    const [whole, quoted] = match
    return { word: quoted === undefined ? whole : quoted.replaceAll(/\\(.)/gs, '$1'), end: words.lastIndex }
  }
  /** A value may begin with "#": a comment is one only where a keyword could stand. */
  const value = (): string | null => {
    const rest = /^\s*(#\S*)/.exec(text.slice(words.lastIndex))
    if (!rest) return next()?.word ?? null
    words.lastIndex += rest[0].length
    return rest[1] ?? null
  }
  for (let found = next(); found !== null; found = next()) {
    const entry = entries.at(-1)
    if (found.word === 'machine') entries.push({ machine: value(), login: null, password: null })
    else if (found.word === 'default') entries.push({ machine: null, login: null, password: null })
    else if (found.word === 'login' && entry) entry.login = value()
    else if (found.word === 'password' && entry) entry.password = value()
    else if (found.word === 'account') value()
    else if (found.word === 'macdef') {
      // A macro ends with an empty line.
      const end = /\r?\n[ \t]*\r?\n/.exec(text.slice(found.end))
      words.lastIndex = end ? found.end + end.index + end[0].length : text.length
    }
  }
  return entries
}

/**
 * The first entry that fits: of this machine, else `default`.
 * @param user the login wanted; null takes any
 */
export function findNetrcEntry(entries: readonly NetrcEntry[], host: string, user: string | null): NetrcEntry | null {
  const fits = (entry: NetrcEntry): boolean => user === null || entry.login === null || entry.login === user
  return (
    entries.find((entry) => entry.machine?.toLowerCase() === host.toLowerCase() && fits(entry)) ??
    entries.find((entry) => entry.machine === null && fits(entry)) ??
    null
  )
}
