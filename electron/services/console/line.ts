/** From words to a command of the table: which one, its options, its arguments; or what is wrong with it. */
import { COMMANDS, findCommand, usageOf, type CommandName, type CommandSpec } from '../../../common/commands.ts'
import { SluiceError } from '../../../common/errors.ts'
import { printable } from './output.ts'
import { literal, refuseOpenQuote, wordsOf, type Word } from './parse.ts'

export interface CommandLine {
  spec: CommandSpec & { name: CommandName }
  options: ReadonlySet<string>
  /** In pattern form. */
  args: readonly string[]
}

const WORD = /^[\p{L}\p{N}_?!-]{1,30}$/u

/** Commands that destroy something are never guessed from their first letters. */
const NEVER_GUESSED: ReadonlySet<CommandName> = new Set(['delete', 'mdelete', 'rmdir', 'ldelete'])

/**
 * Reads one line. @returns null for an empty one and for a comment
 * @throws SluiceError bad-argument with a message that tells what to type instead
 */
export function readLine(text: string): CommandLine | null {
  const line = text.trim()
  if (line === '' || line.startsWith('#')) return null
  // Whatever follows belongs to another program's language: it is not taken apart.
  if (line.startsWith('!'))
    return { spec: commandNamed('!'), options: new Set(), args: line.slice(1).trim().split(/\s+/) }
  const words = wordsOf(line)
  refuseOpenQuote(words)
  const [first, ...rest] = words
  const spec = commandNamed(literal(first?.text ?? ''))
  const { options, args } = splitOptions(spec, rest)
  checkArguments(spec, args)
  return { spec, options, args }
}

/** The command of this name, alias or unmistakable beginning. @throws SluiceError bad-argument with what was meant */
export function commandNamed(word: string): CommandLine['spec'] {
  const spec = findCommand(word)
  if (spec) return spec
  const begun = word.length < 2 ? [] : commandsFrom(word)
  const [only] = begun
  if (only && begun.length === 1 && !NEVER_GUESSED.has(only.name)) return only
  // Only what looks like a command is quoted: it may be an address with a password in it.
  const shown = WORD.test(word) ? `command “${word}”` : 'such command'
  if (begun.length > 1) {
    const names = begun.map(({ name }) => name).join(', ')
    throw new SluiceError('bad-argument', `The ${shown} could be ${names}: type more of it.`)
  }
  const near = only?.name ?? nearest(word)
  const help = word.includes('://')
    ? 'To connect, type "open" before the address.'
    : 'Type "help" for the list of commands.'
  const hint = near === null ? help : `Did you mean "${near}"?`
  throw new SluiceError('bad-argument', `There is no ${shown}. ${hint}`)
}

/** Commands with a name or alias that begins with `word`. */
function commandsFrom(word: string): CommandLine['spec'][] {
  const wanted = word.toLowerCase()
  return COMMANDS.filter(({ name, aliases }) => [name, ...aliases].some((known) => known.startsWith(wanted)))
}

/** The name or alias that is at most two slips away; null when there is none, or when nothing of the word would stay. */
function nearest(word: string): string | null {
  const wanted = word.toLowerCase()
  const slips = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases])
    .map((known) => ({ known, distance: editDistance(wanted, known) }))
    .filter(({ known, distance }) => distance <= Math.min(2, Math.floor(Math.max(known.length, wanted.length) / 2)))
    .toSorted((a, b) => a.distance - b.distance)
  return slips[0]?.known ?? null
}

/** Letters put in, left out, exchanged or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  // Far longer than any command: no need to know how far.
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  const cell = (i: number, j: number): number => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, cell(i - 2, j - 2) + 1)
      row.push(best)
    }
  }
  return cell(a.length, b.length)
}

function splitOptions(spec: CommandSpec, words: readonly Word[]): { options: Set<string>; args: string[] } {
  const options = new Set<string>()
  const args: string[] = []
  let ended = false
  for (const word of words) {
    if (!ended && !word.quoted && word.text === '--') ended = true
    else if (ended || !isOption(spec, word, args.length)) args.push(word.text)
    else for (const flag of flagsOf(spec, literal(word.text))) options.add(flag)
  }
  return { options, args }
}

/** A lone "-" is an argument (`cd -`), and so is "-5" where no options are known, and whatever a raw command holds. */
function isOption(spec: CommandSpec, { text, quoted }: Word, position: number): boolean {
  if (quoted || !/^-./s.test(text)) return false
  if (spec.options !== undefined) return true
  return !/^-\d/.test(text) && argumentAt(spec, position)?.kind !== 'text'
}

/** What other programs do with an option that a command does not have here. */
const INSTEAD: Readonly<Record<string, string>> = {
  'delete -r': ' Folders go with "rmdir -r".',
  'delete -R': ' Folders go with "rmdir -r".',
}

function flagsOf(spec: CommandSpec, word: string): string[] {
  const flags = [...word.slice(1)].map((letter) => `-${letter}`)
  const unknown = flags.find((flag) => spec.options?.some((option) => option.flag === flag) !== true)
  if (unknown === undefined) return flags
  throw usageError(
    spec,
    `${spec.name} has no option ${printable(unknown)}; a name that begins with "-" goes behind "--".${INSTEAD[`${spec.name} ${unknown}`] ?? ''}`,
  )
}

/** What the argument at this position is, counted from 0; the last one that takes many stands for all behind it. */
export function argumentAt(spec: CommandSpec, position: number): CommandSpec['arguments'][number] | null {
  const last = spec.arguments.at(-1)
  return spec.arguments[position] ?? (last?.many ? last : null)
}

function checkArguments(spec: CommandSpec, args: readonly string[]): void {
  const missing = spec.arguments.find(({ optional }, at) => !optional && at >= args.length)
  if (missing) throw usageError(spec, `${spec.name} needs <${missing.name}>.`)
  args.forEach((arg, at) => {
    const expected = argumentAt(spec, at)
    // Not quoted: it may be a password that somebody typed behind a name.
    if (expected === null) throw usageError(spec, `That is too much for ${spec.name}.`)
    const text = literal(arg)
    if (expected.choices && !expected.choices.includes(text.toLowerCase()))
      throw usageError(spec, `“${printable(text)}” is neither ${expected.choices.join(' nor ')}.`)
  })
}

/** @param why a sentence */
function usageError(spec: CommandSpec, why: string): SluiceError {
  return new SluiceError('bad-argument', `${why} Usage: ${usageOf(spec)}`)
}
