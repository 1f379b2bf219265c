/** The program's own command line. Parsed by hand: what stands behind a command may be an option of that command. */
import { findCommand } from '../common/commands.ts'
import { SluiceError } from '../common/errors.ts'
import type { ConflictPolicy, Protocol, Settings, TransferType } from '../common/models.ts'

export interface CliOptions {
  help: boolean
  version: boolean
  /** Words without flags: an address, a command, or an address and a command. */
  words: string[]
  /** What `-c` says, in order. */
  commands: string[]
  /** A file of commands; "-" is the standard input. Null without `-f`. */
  script: string | null
  /** How servers are reached; null leaves it to the address. */
  protocol: Protocol | null
  /** The one certificate a server may have: SHA-256, upper-case hex pairs joined by ":". */
  fingerprint: string | null
  insecure: boolean
  active: boolean
  type: TransferType
  /** Files moved at the same time. */
  parallel: number
  /** ms; null leaves the engine's own bounds. */
  timeout: number | null
  agent: Settings['agent']
  scan: boolean
  user: string | null
  passwordFile: string | null
  netrcFile: string | null
  /** Null: ask where somebody can answer, else fail. */
  conflict: ConflictPolicy | null
  json: boolean
  verbose: boolean
  quiet: boolean
  keepGoing: boolean
}

interface Flag {
  short?: string
  /** What the value is called in the help; absent: the flag has none. */
  value?: string
  summary: string
}

/** In the order of the help. */
export const FLAGS = {
  command: { short: 'c', value: '"CMD; CMD"', summary: 'run these commands' },
  file: { short: 'f', value: 'FILE', summary: 'run the commands in FILE, one a line ("-": standard input)' },
  'keep-going': { summary: 'go on after a command that fails' },
  tls: { value: 'MODE', summary: 'explicit (default), implicit or none' },
  fingerprint: { value: 'SHA256', summary: 'the one certificate the server may have' },
  insecure: { summary: 'accept any certificate: anybody between could read and change everything' },
  user: { value: 'NAME', summary: 'log in as NAME' },
  'password-file': { value: 'FILE', summary: 'the password is the first line of FILE' },
  'netrc-file': { value: 'FILE', summary: 'look for user and password here instead of ~/.netrc' },
  active: { summary: 'let the server open data connections' },
  type: { value: 'TYPE', summary: 'auto (default), binary or ascii' },
  parallel: { value: 'N', summary: 'files moved at the same time, 1 to 10 (3)' },
  timeout: { value: 'SECONDS', summary: 'longest wait for a connection, a reply or data' },
  conflict: { value: 'WHAT', summary: 'a target that exists: ask, overwrite, skip or rename' },
  agent: { value: 'URL', summary: 'use the scanning agent there instead of one of its own' },
  'token-file': { value: 'FILE', summary: "that agent's token" },
  'agent-certificate': { value: 'FILE', summary: "that agent's certificate (PEM), when it made its own" },
  engine: { value: 'NAME', summary: 'engine of its own agent: auto (default), clamd, clamscan or yara' },
  clamd: { value: 'ADDRESS', summary: 'where clamd listens: unix:/path or tcp:host:port' },
  'no-scan': { summary: 'move files WITHOUT scanning them' },
  json: { summary: 'results as JSON, one object a line' },
  verbose: { short: 'v', summary: 'show the protocol' },
  quiet: { short: 'q', summary: 'no progress, no remarks' },
  help: { short: 'h', summary: 'print this' },
  version: { summary: 'print the version' },
} as const satisfies Record<string, Flag>

type FlagName = keyof typeof FLAGS
const isFlag = (name: string): name is FlagName => Object.hasOwn(FLAGS, name)
const flagOf = (name: FlagName): Flag => FLAGS[name]

interface Parsed {
  given: Map<FlagName, string[]>
  words: string[]
}

/** @throws SluiceError bad-argument with a sentence for what is wrong */
export function parseOptions(args: readonly string[]): CliOptions {
  const { given, words } = split(args)
  const has = (name: FlagName): boolean => given.has(name)
  const value = (name: FlagName): string | null => given.get(name)?.at(-1) ?? null
  const commands = given.get('command') ?? []
  const script = value('file')
  if (commands.length > 0 && script !== null) throw bad('-c and -f do not go together: take one of them.')
  if (has('insecure') && has('fingerprint')) throw bad('--insecure and --fingerprint contradict each other.')
  if (has('verbose') && has('quiet')) throw bad('--verbose and --quiet contradict each other.')
  if (has('user') && value('user') === '') throw bad('--user takes a name.')
  return {
    help: has('help'),
    version: has('version'),
    words,
    commands,
    script,
    protocol: has('tls') ? oneOf('tls', value('tls'), { explicit: 'ftpes', implicit: 'ftps', none: 'ftp' }) : null,
    fingerprint: has('fingerprint') ? fingerprint(value('fingerprint') ?? '') : null,
    insecure: has('insecure'),
    active: has('active'),
    type: oneOf('type', value('type') ?? 'auto', { auto: 'auto', binary: 'binary', ascii: 'ascii' }),
    parallel: number('parallel', value('parallel') ?? '3', 1, 10),
    timeout: has('timeout') ? number('timeout', value('timeout') ?? '', 1, 86_400) * 1000 : null,
    agent: agent(value),
    scan: !has('no-scan'),
    user: value('user'),
    passwordFile: value('password-file'),
    netrcFile: value('netrc-file'),
    conflict: has('conflict')
      ? oneOf('conflict', value('conflict'), { ask: 'ask', overwrite: 'overwrite', skip: 'skip', rename: 'rename' })
      : null,
    json: has('json'),
    verbose: has('verbose'),
    quiet: has('quiet'),
    keepGoing: has('keep-going'),
  }
}

function split(args: readonly string[]): Parsed {
  const given: Parsed['given'] = new Map()
  const words: string[] = []
  const rest = [...args]
  const put = (name: FlagName, inline: string | undefined, shown: string): void => {
    const takes = flagOf(name).value !== undefined
    if (!takes && inline !== undefined) throw bad(`${shown} takes no value.`)
    const value = takes ? (inline ?? rest.shift()) : ''
    if (value === undefined) throw bad(`${shown} needs a value: ${shown} ${flagOf(name).value ?? ''}.`)
    given.set(name, [...(given.get(name) ?? []), value])
  }
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      words.push(...rest.splice(0))
    } else if (isOptionOfCommand(arg, words)) {
      words.push(arg)
    } else if (arg.startsWith('--')) {
      const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? []
      if (!isFlag(name)) throw bad(`--${name} is not known. sluice --help lists what is.`)
      put(name, inline, `--${name}`)
    } else if (arg.startsWith('-') && arg !== '-') {
      const name = Object.keys(FLAGS).find((long) => isFlag(long) && flagOf(long).short === arg.charAt(1))
      if (name === undefined || !isFlag(name)) throw bad(`${arg} is not known. sluice --help lists what is.`)
      const tail = arg.slice(2)
      if (flagOf(name).value === undefined && tail !== '') rest.unshift(`-${tail}`)
      put(name, flagOf(name).value === undefined || tail === '' ? undefined : tail, `-${arg.charAt(1)}`)
    } else words.push(arg)
  }
  return { given, words }
}

/** "-r" behind `rmdir` belongs to `rmdir`. */
function isOptionOfCommand(arg: string, words: readonly string[]): boolean {
  const command = findCommand(words[0] ?? '') ?? findCommand(words[1] ?? '')
  const flags = command?.options?.map(({ flag }) => flag) ?? []
  return /^-[a-z]+$/i.test(arg) && [...arg.slice(1)].every((letter) => flags.includes(`-${letter}`))
}

function agent(value: (name: FlagName) => string | null): Settings['agent'] {
  const url = value('agent')
  if (url === null) {
    if (value('token-file') !== null) throw bad('--token-file belongs to --agent URL.')
    if (value('agent-certificate') !== null) throw bad('--agent-certificate belongs to --agent URL.')
    const engines = { auto: 'auto', clamd: 'clamd', clamscan: 'clamscan', yara: 'yara' } as const
    return { mode: 'own', engine: oneOf('engine', value('engine') ?? 'auto', engines), clamd: value('clamd') ?? '' }
  }
  for (const name of ['engine', 'clamd'] as const) {
    if (value(name) !== null) throw bad(`--${name} is for an agent of its own: with --agent that agent decides.`)
  }
  const tokenFile = value('token-file')
  if (tokenFile === null) throw bad('--agent needs its token: --token-file FILE.')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw bad(`--agent takes a URL, not "${url}".`)
  return { mode: 'remote', url, tokenFile, certificateFile: value('agent-certificate') ?? '' }
}

function oneOf<T>(name: FlagName, text: string | null, choices: Readonly<Record<string, T>>): T {
  const found = Object.entries(choices).find(([key]) => key === text?.toLowerCase())
  if (found) return found[1]
  throw bad(
    `--${name} takes ${Object.keys(choices)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')}, not "${text ?? ''}".`,
  )
}

function number(name: FlagName, text: string, min: number, max: number): number {
  const parsed = /^\d+$/.test(text) ? Number(text) : NaN
  if (parsed >= min && parsed <= max) return parsed
  throw bad(`--${name} takes a whole number from ${min} to ${max}, not "${text}".`)
}

/** With or without colons, in any case. */
function fingerprint(text: string): string {
  const hex = text.replaceAll(':', '').toUpperCase()
  if (!/^[0-9A-F]{64}$/.test(hex))
    throw bad(`--fingerprint takes the SHA-256 of a certificate (64 hex digits), not "${text}".`)
  return hex.match(/../g)?.join(':') ?? ''
}

export function bad(message: string): SluiceError {
  return new SluiceError('bad-argument', message)
}

/** The refusal of a file that a flag names. */
export function unreadable(file: string, cause: unknown): SluiceError {
  return new SluiceError('bad-argument', `${file} cannot be read: check its name and its permissions.`, { cause })
}
