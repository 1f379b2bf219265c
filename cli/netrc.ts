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

/** A word in quotes or without, after the space before it. */
const WORD = /\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/sy
const COMMENT = /\s*#[^\n]*/y
const EMPTY_LINE = /\n[ \t\r]*\n/g

/** Gives the words of a text one by one. */
class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The next word; null at the end. */
  next(): string | null {
    const match = this.#match(WORD)
    if (!match) return null
    const [, quoted, plain] = match
    return quoted === undefined ? (plain ?? '') : quoted.replaceAll(/\\(.)/gs, '$1')
  }

  /** The next word where a keyword may stand: there, and nowhere else, "#" begins a comment. */
  keyword(): string | null {
    while (this.#match(COMMENT)) continue
    return this.next()
  }

  /** Goes on behind the next empty line. */
  skipToEmptyLine(): void {
    if (!this.#match(EMPTY_LINE)) this.#at = this.#text.length
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#text)
    if (match) this.#at = expression.lastIndex
    return match
  }
}

/** Reads a `.netrc`. What is not understood is passed over, as others do. */
export function parseNetrc(text: string): NetrcEntry[] {
  const entries: NetrcEntry[] = []
  const words = new Words(text)
  for (let word = words.keyword(); word !== null; word = words.keyword()) {
    const entry = entries.at(-1)
    if (word === 'default') entries.push({ machine: null, login: null, password: null })
    else if (word === 'machine') {
      // Without a name it must not stand for every machine.
      entries.push({ machine: words.next() ?? '', login: null, password: null })
    } else if (word === 'login' && entry) entry.login = words.next()
    else if (word === 'password' && entry) entry.password = words.next()
    else if (word === 'account') words.next()
    else if (word === 'macdef') words.skipToEmptyLine()
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
