/** The lines given before, without the passwords that were in them. */
import { isIPv6 } from 'node:net'
import { findCommand } from '../../../common/commands.ts'
import { splitFtpUrl } from '../../../common/ftp-url.ts'
import { commandsOn, literal, quoteWord, wordsOf } from './parse.ts'

/** Lines kept. */
const LIMIT = 500
const SCHEME = /^(?:ftp|ftps|ftpes):\/\//i
const MASK = '****'

/** A line of one or several commands as it may be shown, kept and logged. */
export function withoutPasswords(line: string): string {
  const commands = commandsOn(line)
  if (commands.length < 2) return oneWithoutPasswords(line)
  let addressed = false
  const shown = commands.map((command) => {
    // A ";" within a password parts it too: what follows an address and has an "@" may be its rest.
    if (addressed && command.includes('@')) return MASK
    addressed ||= /:\/\/|^(?:open|connect|ftp)\b/i.test(command)
    return oneWithoutPasswords(command)
  })
  return shown.join('; ')
}

/**
 * One command. Addresses lose their password, raw login commands and `user` what
 * follows, and an address that makes no sense is left out: nobody knows what is secret in it. What is too much for
 * `open` is left out too.
 */
function oneWithoutPasswords(line: string): string {
  const words = wordsOf(line)
  const [command = '', first = ''] = words.map(({ text }) => literal(text))
  const keep = (count: number): string => line.slice(0, words[count - 1]?.end)
  if (isCommand(command, 'quote') && /^(?:PASS|ACCT)\b/i.test(first))
    return `${keep(1)} ${first.slice(0, 4).toUpperCase()} ${MASK}`
  // Name and password of an account to be made.
  const raw = words.slice(1).map(({ text }) => literal(text))
  if (isCommand(command, 'quote') && /^\s*SITE\s+SIGNUP\s/i.test(raw.join(' '))) return `${keep(1)} SITE SIGNUP ${MASK}`
  if (isCommand(command, 'user') && words.length > 2) return `${keep(2)} ${MASK}`
  const opens = isCommand(command, 'open')
  // Classic clients took user and password here.
  const odd = opens ? words.findIndex(({ text }, at) => at > 1 && (at > 2 || !/^\d+$/.test(text))) : -1
  const known = odd === -1 ? words : words.slice(0, odd)
  let shown = odd === -1 ? line : `${keep(odd)} ${MASK}`
  // From the end, so that places before it stay where they are.
  for (let at = known.length - 1; at >= 0; at--) {
    const word = known[at]
    if (!word) continue
    const text = literal(word.text)
    const open = withoutPassword(text, at === 1 && (opens || (!findCommand(command) && /:.*@/s.test(text))))
    if (open === null) return at === 0 ? MASK : `${keep(1)} ${MASK}`
    if (open !== text) shown = shown.slice(0, word.start) + quoteWord(open) + shown.slice(word.end)
  }
  return shown
}

/** Null when it is an address with something wrong. @param bare it is one even without a scheme */
function withoutPassword(text: string, bare: boolean): string | null {
  const scheme = SCHEME.test(text)
  if (!scheme && (!bare || isIPv6(text))) return text
  const url = splitFtpUrl(scheme ? text : `ftp://${text}`)
  if (url === null) return null
  return url.password === undefined ? text : text.replace(/^((?:\w+:\/\/)?[^/:@]*):[^/@]*@/, '$1@')
}

/** Also for the beginning of its name or an alias, and in any case. */
function isCommand(word: string, name: string): boolean {
  const spec = findCommand(name)
  const begun = word.toLowerCase()
  return begun.length > 1 && [name, ...(spec?.aliases ?? [])].some((known) => known.startsWith(begun))
}

/** Adds a line; the same line twice in a row is kept once. Gives what is kept. */
export function remember(history: readonly string[], line: string): string[] {
  const kept = withoutPasswords(line).trim()
  if (kept === '' || kept === history.at(-1)) return [...history]
  return [...history, kept].slice(-LIMIT)
}

/** Lines kept from an earlier run. */
export function remembered(lines: readonly string[]): string[] {
  return lines.reduce<string[]>((history, line) => remember(history, line), [])
}
