/** The flags of `sluice-server`, in one table for parsing and help. */
import { parseArgs } from 'node:util'
import { SluiceError } from '../../common/errors.ts'

export type CommandName = 'serve' | 'user' | 'audit'

interface Flag {
  /** What the value is called in the help; absent: the flag has none. */
  value?: string
  many?: boolean
  /** Commands it belongs to. */
  for: readonly CommandName[]
  summary: string
}

const ALL = ['serve', 'user', 'audit'] as const
const SERVE = ['serve'] as const
const USER = ['user'] as const
const AUDIT = ['audit'] as const

/** In the order of the help. */
export const FLAGS = {
  config: { value: 'FILE', for: ALL, summary: 'configuration as JSON; flags win over it' },
  'data-folder': { value: 'DIR', for: ALL, summary: 'certificate, accounts, audit log, quarantine' },
  db: { value: 'DATABASE', for: ALL, summary: 'sqlite:FILE or mysql://user:password@host/name' },
  root: {
    value: 'DIR',
    for: ['serve', 'user'],
    summary: 'the folder to share; of `user add` and `user set`: that of the account',
  },
  user: {
    value: 'NAME[:PASSWORD[:ROLE]]',
    many: true,
    for: SERVE,
    summary: 'a quick share: accounts in memory (reader, writer, superuser)',
  },
  'password-file': { value: 'FILE', for: ['serve', 'user'], summary: 'the password is the first line of FILE' },
  listen: { value: 'HOST:PORT', for: SERVE, summary: 'where to listen (127.0.0.1:2121: this computer only)' },
  'implicit-port': { value: 'PORT', for: SERVE, summary: 'a port with TLS from the first byte' },
  passive: { value: 'FROM-TO', for: SERVE, summary: 'ports of passive data connections' },
  'external-address': { value: 'HOST', for: SERVE, summary: 'the address that PASV tells, behind NAT' },
  'tls-cert': { value: 'FILE', for: SERVE, summary: 'a certificate of your own (PEM) and ...' },
  'tls-key': { value: 'FILE', for: SERVE, summary: '... its key' },
  'plain-ok': { for: SERVE, summary: 'allow logins and data in clear, for all to read' },
  'require-resumption': { for: SERVE, summary: 'data connections must resume the TLS session' },
  'no-scan': { for: SERVE, summary: 'take uploads WITHOUT scanning them' },
  agent: { value: 'URL', for: SERVE, summary: 'use the scanning agent there instead of one of its own' },
  'token-file': { value: 'FILE', for: SERVE, summary: "that agent's token" },
  'agent-certificate': { value: 'FILE', for: SERVE, summary: "that agent's certificate (PEM), when it made its own" },
  engine: { value: 'NAME', for: SERVE, summary: 'engine of its own agent: auto (default), clamd, clamscan or yara' },
  clamd: { value: 'ADDRESS', for: SERVE, summary: 'where clamd listens: unix:/path or tcp:host:port' },
  anonymous: { value: 'DIR', for: SERVE, summary: 'let everybody read this folder, without an account' },
  'sign-up': { value: 'DIR', for: SERVE, summary: 'let clients make accounts, each with a folder in DIR' },
  grace: { value: 'SECONDS', for: SERVE, summary: 'transfers may take so long to finish at the end (30)' },
  log: { value: 'FORM', for: SERVE, summary: 'text (default) or json, one object a line' },
  verbose: { for: SERVE, summary: 'log the protocol, secrets masked' },
  role: { value: 'ROLE', for: USER, summary: 'reader (default), writer, superuser, or custom with --rights' },
  rights: {
    value: 'RIGHT,...',
    for: USER,
    summary: 'each by itself: list, read, write, append, delete, rename, mkdir, superuser',
  },
  'home-shown': { value: 'YES|NO', for: USER, summary: 'the folder shows as /NAME (yes) or is / itself (no, default)' },
  quota: { value: 'SIZE', for: USER, summary: 'the most the account may keep: 500M, 2G, ... or none (default)' },
  'quota-files': { value: 'N', for: USER, summary: 'the most files it may keep, or none (default)' },
  'upload-rate': { value: 'SIZE', for: USER, summary: 'bytes a second it may send: 512K, 2M, ... or none (default)' },
  'download-rate': { value: 'SIZE', for: USER, summary: 'bytes a second it may fetch, or none (default)' },
  json: { for: ['user', 'audit'], summary: 'results as JSON, one object a line' },
  csv: { value: 'FILE', for: AUDIT, summary: 'write what passes the filter to a new file' },
  account: { value: 'NAME', for: AUDIT, summary: 'only of this account' },
  address: { value: 'ADDRESS', for: AUDIT, summary: 'only from this address' },
  kind: { value: 'KIND', many: true, for: AUDIT, summary: 'only such entries: upload, login-failed, ...' },
  outcome: { value: 'OUTCOME', many: true, for: AUDIT, summary: 'only ok, refused, failed or blocked' },
  since: { value: 'TIME', for: AUDIT, summary: 'only from this time on: 2026-01-31, 2026-01-31T12:00Z' },
  until: { value: 'TIME', for: AUDIT, summary: 'only before this time' },
  limit: { value: 'N', for: AUDIT, summary: 'the newest N (100; with --json all)' },
  help: { for: ALL, summary: 'print this' },
  version: { for: ALL, summary: 'print the version' },
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof FLAGS
const flagOf = (name: FlagName): Flag => FLAGS[name]
const isFlag = (name: string): name is FlagName => Object.hasOwn(FLAGS, name)
export const FLAG_NAMES = Object.keys(FLAGS).filter(isFlag)

export interface CommandLine {
  command: CommandName
  /** What stands behind the command without a flag. */
  words: string[]
  has(name: FlagName): boolean
  value(name: FlagName): string | null
  values(name: FlagName): readonly string[]
}

/** @throws SluiceError bad-argument with a sentence for what is wrong */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { tokens } = split(args)
  const given = new Map<FlagName, string[]>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    if (!isFlag(token.name)) throw bad(`${token.rawName} is not known. sluice-server --help lists what is.`)
    const { value: needed, many = false } = flagOf(token.name)
    if (needed === undefined && token.value !== undefined) throw bad(`--${token.name} takes no value.`)
    if (needed !== undefined && (token.value ?? '') === '') throw bad(`--${token.name} needs a value: ${needed}.`)
    if (given.has(token.name) && !many) throw bad(`--${token.name} is given twice.`)
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ''])
  }
  const command = commandOf(words)
  for (const name of given.keys()) {
    if (flagOf(name).for.includes(command)) continue
    throw bad(`--${name} does not go with ${command === 'serve' ? 'serving' : `“${command}”`}.`)
  }
  return {
    command,
    words,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.[0] ?? null,
    values: (name) => given.get(name) ?? [],
  }
}

function split(args: readonly string[]) {
  const options = Object.fromEntries(
    FLAG_NAMES.map((name) => [name, { type: flagOf(name).value === undefined ? 'boolean' : 'string' } as const]),
  )
  // Not strict: its refusals speak of things that users of a program know nothing about.
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true })
}

/** Takes the command off the words; serving needs none. */
function commandOf(words: string[]): CommandName {
  const [first] = words
  if (first === undefined) return 'serve'
  if (first !== 'serve' && first !== 'user' && first !== 'audit') {
    throw bad(`“${first}” is not known: serve, user or audit.`)
  }
  words.shift()
  if (first === 'serve' && words.length > 0) throw bad(`“${words[0] ?? ''}” is one word too many: folders need --root.`)
  return first
}

export function bad(message: string, cause?: unknown): SluiceError {
  return new SluiceError('bad-argument', message, cause === undefined ? {} : { cause })
}
