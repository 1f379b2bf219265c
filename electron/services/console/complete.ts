/** What the Tab key offers: commands, options, choices, names on this computer and on the server. */
import { COMMANDS, type ArgumentSpec, type CommandSpec } from '../../../common/commands.ts'
import type { Completion } from '../../../common/console.ts'
import { CompletedNames, type Candidate } from './complete-names.ts'
import { argumentAt, commandNamed } from './line.ts'
import { printable } from './output.ts'
import { escapeWord, literal, wordsOf, type Word } from './parse.ts'
import type { ConsoleHost } from './types.ts'

const MOST = 500

/** The end of the line up to the cursor: what is there of the word to complete. */
type Unfinished = Pick<Word, 'start' | 'open' | 'quoted'> & { text: string }

export class Completer {
  readonly #names: CompletedNames

  constructor(host: ConsoleHost) {
    this.#names = new CompletedNames(host)
  }

  /** Listings of folders are not believed any longer: a command has run. */
  forget(): void {
    this.#names.forget()
  }

  /** Never throws: where nothing can be found out, nothing is offered. @param cursor in UTF-16 units */
  async complete(line: string, cursor: number): Promise<Completion> {
    const before = line.slice(0, cursor)
    const words = wordsOf(before)
    const last = words.at(-1)
    const inWord = last?.end === before.length
    const word: Unfinished =
      last && inWord
        ? { ...last, text: literal(last.text) }
        : { text: '', start: before.length, open: null, quoted: false }
    const candidates = await this.#candidates(inWord ? words.slice(0, -1) : words, word)
    const offered = candidates
      // What cannot be shown cannot be typed either.
      .filter(({ label }) => printable(label) === label)
      .toSorted((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0))
      .slice(0, MOST)
    return {
      from: word.start,
      candidates: offered.map((candidate) => written(candidate, word.open)),
      labels: offered.map(({ label }) => label),
    }
  }

  async #candidates(words: readonly Word[], word: Unfinished): Promise<Candidate[]> {
    const [command, ...others] = words
    if (!command) return commandNames(word.text)
    const spec = specOf(literal(command.text))
    if (!spec) return []
    const ended = others.some(({ text, quoted }) => text === '--' && !quoted)
    const options = ended || word.quoted ? [] : flagsOf(spec, word.text)
    if (options.length > 0) return options
    const isOption = ({ text, quoted }: Word): boolean => !quoted && /^-./s.test(text) && spec.options !== undefined
    const expected = argumentAt(spec, others.filter((other) => !isOption(other)).length)
    return expected === null ? [] : this.#argument(expected, word.text)
  }

  #argument({ kind, choices = [] }: ArgumentSpec, text: string): Candidate[] | Promise<Candidate[]> {
    switch (kind) {
      case 'choice':
        return whole(choices, text)
      case 'command':
        return commandNames(text)
      case 'local-path':
      case 'local-folder':
        return this.#names.local(text, kind === 'local-folder')
      case 'remote-path':
      case 'remote-folder':
        return this.#names.remote(text, kind === 'remote-folder')
      case 'text':
        return []
    }
  }
}

function specOf(word: string): CommandSpec | null {
  try {
    return commandNamed(word)
  } catch {
    return null
  }
}

/** Aliases are offered to those who have begun to type one. */
function commandNames(text: string): Candidate[] {
  const names = COMMANDS.flatMap(({ name, aliases }) => (text === '' ? [name] : [name, ...aliases]))
  return whole(names, text)
}

function flagsOf({ options = [] }: CommandSpec, text: string): Candidate[] {
  return text.startsWith('-')
    ? whole(
        options.map(({ flag }) => flag),
        text,
      )
    : []
}

function whole(words: readonly string[], text: string): Candidate[] {
  const wanted = text.toLowerCase()
  return words
    .filter((word) => word.startsWith(wanted))
    .map((word) => ({ text: word, label: word, plain: true, folder: false }))
}

/** As it is put into the line: in the quote that is open, else with backslashes. A folder leaves room for more. */
function written({ text, folder, plain }: Candidate, open: Word['open']): string {
  const shown = folder ? `${text}/` : text
  const end = folder ? '' : ' '
  // Single quotes have no escape: a name that holds one ends them.
  const quote = open === "'" && text.includes("'") ? null : open
  if (quote === null) return (plain ? shown : escapeWord(shown)) + end
  const inside = quote === '"' ? shown.replaceAll(/["\\]/g, String.raw`\$&`) : shown
  return quote + inside + (folder ? '' : quote) + end
}
