/**
 * From a typed line to words.
 *
 * Spaces part words. Single quotes keep everything as it is, double quotes all but `\"` and `\\`. Outside quotes a
 * backslash takes its special meaning from the character behind it; before any other it stands for itself, so that
 * C:\Users needs no care. "#" at the start of a line makes it a comment.
 *
 * Words come in pattern form: a character that would mean something in a pattern but was quoted has a backslash before
 * it, as has every backslash of the name itself. `hasPattern` tells whether a word is a pattern, `literal` gives the
 * text that was meant.
 */
import { SluiceError } from '../../../common/errors.ts'

export { quoteWord } from '../../../common/quote-word.ts'

/** What a word of the line is, and where. */
export interface Word {
  /** In pattern form. */
  text: string
  /** Where it begins in the line, its quote included. In UTF-16 units, as `end`. */
  start: number
  end: number
  /** Its first character was quoted: it is no option. */
  quoted: boolean
  /** The quote that is still open at the end of the line. */
  open: '"' | "'" | null
}

const SPACE = /[ \t\r\n]/
/** What picomatch takes for more than itself. */
const PATTERN_CHARACTER = /[*?[\]{}()!+@|,^$\\]/
/** Characters that a backslash outside quotes makes plain. */
const ESCAPABLE = /[ \t"'\\#;*?[\]{}()!+@|,^$~-]/

const plain = (character: string): string => (PATTERN_CHARACTER.test(character) ? `\\${character}` : character)

/** Takes a line apart. An open quote is no error here: completion works inside one. */
export function wordsOf(line: string): Word[] {
  const words: Word[] = []
  let at = 0
  for (;;) {
    while (at < line.length && SPACE.test(line.charAt(at))) at++
    if (at >= line.length) return words
    const word = wordAt(line, at)
    words.push(word)
    at = word.end
  }
}

function wordAt(line: string, start: number): Word {
  let text = ''
  let open: Word['open'] = null
  let at = start
  for (; at < line.length; at++) {
    const character = line.charAt(at)
    const next = line.charAt(at + 1)
    if (open === null && SPACE.test(character)) break
    if (open === null && (character === '"' || character === "'")) open = character
    else if (character === open) open = null
    else if (character === '\\' && isEscape(open, next)) {
      text += plain(next)
      at++
    } else text += open !== null || character === '\\' ? plain(character) : character
  }
  return { text, start, end: at, quoted: /["'\\]/.test(line.charAt(start)), open }
}

function isEscape(open: Word['open'], next: string): boolean {
  if (open === "'" || next === '') return false
  return open === '"' ? next === '"' || next === '\\' : ESCAPABLE.test(next)
}

/** @throws SluiceError bad-argument for a quote that is not closed */
export function refuseOpenQuote(words: readonly Word[]): void {
  const open = words.at(-1)?.open
  if (open !== null && open !== undefined)
    throw new SluiceError('bad-argument', `The quote ${open} is not closed. To type it as it is, write \\${open}.`)
}

/** Whether a word in pattern form has a pattern character that was not quoted: * ? [ {. */
export function hasPattern(word: string): boolean {
  return /[*?[{]/.test(word.replaceAll(/\\./gs, ''))
}

/** The text that a word in pattern form stands for. */
export function literal(word: string): string {
  return word.replaceAll(/\\(.)/gs, '$1')
}

/** The same with backslashes only, as completion writes it: more can be typed behind it. */
export function escapeWord(text: string): string {
  return text.replaceAll(/^[-#!]|[ \t"'\\;*?[\]{}]/g, String.raw`\$&`)
}

/** The commands of one typed line. What cannot be taken apart stays whole: running it says what is wrong with it. */
export function commandsOn(line: string): string[] {
  try {
    return splitCommands(line)
  } catch {
    return [line]
  }
}

/**
 * Takes a text of several commands apart, at ";" and line ends outside quotes; comments reach to the end of their line.
 * @throws SluiceError bad-argument for a quote that is not closed
 */
export function splitCommands(text: string): string[] {
  const commands: string[] = []
  let open: Word['open'] = null
  let command = ''
  const end = (): void => {
    if (command.trim() !== '') commands.push(command.trim())
    command = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    const next = text.charAt(at + 1)
    if (open === null && character === '#' && command.trim() === '') {
      while (at + 1 < text.length && text.charAt(at + 1) !== '\n') at++
    } else if (open === null && (character === ';' || character === '\n')) end()
    else if (character === '\\' && isEscape(open, next)) {
      command += character + next
      at++
    } else {
      if (character === open) open = null
      else if (open === null && (character === '"' || character === "'")) open = character
      command += character
    }
  }
  refuseOpenQuote(wordsOf(command))
  end()
  return commands
}
