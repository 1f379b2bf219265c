/** From the words of the command line to commands of the console: what to open, and the one command to run there. */
import { isIPv6 } from 'node:net'
import { findCommand, type CommandSpec } from '../common/commands.ts'
import { hostInUrl } from '../common/endpoint.ts'
import { splitFtpUrl, type FtpUrl } from '../common/ftp-url.ts'
import type { Protocol } from '../common/models.ts'
import { quoteWord } from '../electron/services/console/index.ts'
import { bad } from './options.ts'

export interface Plan {
  /** Console commands to run first, e.g. `open ftps://host`. */
  first: string[]
  /** The one command that the words ask for; null when they only say where to connect. */
  command: string[] | null
  /** Passwords that stood in addresses, which every user of the machine can read. */
  passwords: { host: string; user: string; password: string }[]
}

/** Commands whose arguments may be patterns: these stay patterns, all others are names as they are. */
const WITH_PATTERNS: ReadonlySet<string> = new Set(['ls', 'lls', 'mget', 'mput', 'mdelete', 'find'])

/** What the flags say about every address. */
export interface AddressFlags {
  /** `--tls`; null leaves it to the address. */
  protocol: Protocol | null
  /** `--user`, for addresses that name nobody. */
  user: string | null
}

/**
 * Takes the words apart.
 * @throws SluiceError bad-argument with a sentence for what is wrong
 */
export function planWords(words: readonly string[], flags: AddressFlags): Plan {
  const plan: Plan = { first: [], command: null, passwords: [] }
  const [first, ...rest] = words
  if (first === undefined) return plan
  const spec = findCommand(first)
  if (!spec) {
    plan.first.push(`open ${openWord(first, flags, plan)}`)
    if (rest.length === 0) return plan
    const inner = findCommand(rest[0] ?? '')
    if (!inner) throw bad(`“${first}” is no command, and taken for a host; then “${rest[0] ?? ''}” must be a command.`)
    plan.command = commandLines(inner, rest.slice(1))
    return plan
  }
  if (spec.name === 'open') {
    const [address, ...port] = rest
    if (address === undefined) throw bad('open needs a host or an address.')
    plan.first.push(['open', openWord(address, flags, plan), ...port.map((word) => quoteWord(word))].join(' '))
    return plan
  }
  const urls = rest.map((word) => splitFtpUrl(word))
  const address = serverOf(urls)
  if (spec.needsSession && !address) {
    throw bad(`${spec.name} needs a server: sluice ${spec.name} ftps://host/path, or sluice host ${spec.name}.`)
  }
  // What takes no path of the server runs where the address leads.
  if (address && !spec.arguments.some(({ kind }) => kind.startsWith('remote-'))) {
    const at = urls.indexOf(address)
    plan.first.push(`open ${openWord(rest[at] ?? '', flags, plan)}`)
    plan.command = commandLines(
      spec,
      rest.filter((_, other) => !urls[other]),
    )
    return plan
  }
  if (address) plan.first.push(`open ${quoteWord(serverUrl(address, flags, plan))}`)
  plan.command = commandLines(
    spec,
    rest.map((word, at) => {
      const url = urls[at]
      return url ? pathOf(word, url) : word
    }),
  )
  return plan
}

/** Words as they are typed in the console. */
function commandLines(spec: CommandSpec, args: readonly string[]): string[] {
  const options = new Set(args.filter((word) => /^-[a-z]+$/i.test(word) && isOptions(spec, word)))
  const files = args.filter((word) => !options.has(word))
  const typed = (name: string, list: readonly string[]): string =>
    [name, ...options, ...list.map((word) => (WITH_PATTERNS.has(name) ? patternWord(word) : quoteWord(word)))].join(' ')
  // `put a b c folder/` is what everybody expects of a program, and what the console's mput does from within a folder.
  if (spec.name === 'put' && files.length > 2) {
    const folder = files.at(-1) ?? ''
    return [`cd ${quoteWord(folder)}`, ['mput', ...files.slice(0, -1).map((word) => quoteWord(word))].join(' ')]
  }
  return [typed(spec.name, files)]
}

function isOptions(spec: CommandSpec, word: string): boolean {
  const flags = new Set((spec.options ?? []).map(({ flag }) => flag))
  return [...word.slice(1)].every((letter) => flags.has(`-${letter}`))
}

/** Keeps what means something in a pattern, quotes what would part or end the word. */
function patternWord(word: string): string {
  if (word === '' || word.startsWith('-')) return quoteWord(word)
  return word.replaceAll(/[ \t"'#;]/g, '\\$&').replaceAll(/\r|\n/g, ' ')
}

/** The one server that all addresses are on. */
function serverOf(urls: readonly (FtpUrl | null)[]): FtpUrl | null {
  const found = urls.filter((url) => url !== null)
  const [first] = found
  if (!first) return null
  const same = found.every(
    ({ protocol, host, port, user }) =>
      protocol === first.protocol && host === first.host && port === first.port && user === first.user,
  )
  if (!same) throw bad('All addresses of one command must be on one server: nothing goes from server to server.')
  return first
}

/** The path of an address; without one it is the folder after login. */
function pathOf(word: string, url: FtpUrl): string {
  return url.path ?? (word.endsWith('/') ? '/' : '.')
}

/** What `open` takes: an address without its password, or a host. */
function openWord(word: string, flags: AddressFlags, plan: Plan): string {
  const url = splitFtpUrl(word)
  if (!url) {
    const named = flags.user === null || word.includes('@') || isIPv6(word)
    return quoteWord(named ? word : `${encodeURIComponent(flags.user ?? '')}@${word}`)
  }
  const path = url.path === undefined ? '' : url.path.split('/').map(encodeURIComponent).join('/')
  return quoteWord(serverUrl(url, flags, plan) + path)
}

function serverUrl(url: FtpUrl, flags: AddressFlags, plan: Plan): string {
  const { host, port, password } = url
  const user = url.user ?? flags.user
  if (flags.protocol !== null && url.protocol !== undefined && url.protocol !== flags.protocol) {
    throw bad(`--tls and the address ${url.protocol}://${host} contradict each other: leave one of them out.`)
  }
  if (password !== undefined && user !== null) plan.passwords.push({ host, user, password })
  const login = user === null ? '' : `${encodeURIComponent(user)}@`
  return `${flags.protocol ?? url.protocol ?? 'ftp'}://${login}${hostInUrl(host)}${port === undefined ? '' : `:${port}`}`
}
