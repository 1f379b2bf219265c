/** What the flags of `serve` mean, beside the configuration. */
import path from 'node:path'
import type { Settings } from '../../common/models.ts'
import {
  ACCOUNT_DEFAULTS,
  accountNameSchema,
  ANONYMOUS_NAMES,
  newAccountSchema,
  roleSchema,
  type NewAccount,
  type Role,
} from '../../common/share.ts'
import { defaultDataFolder } from './data-folder.ts'
import { bad, type CommandLine } from './flags.ts'
import type { PasswordSource } from './passwords.ts'
import { oneOf } from './values.ts'

/** A database's address may hold a password, which has no place in a command line. */
export const DATABASE_VARIABLE = 'SLUICE_SERVER_DB'
const ACCOUNTS_FILE = 'share.sqlite'

/** Where things are kept; paths are absolute. */
export interface Places {
  dataFolder: string
  /** As `openShareDatabase` takes it. */
  database: string
  quarantineFolder: string
}

/**
 * @param env the database is removed from it, so that no child process inherits a password
 * @throws SluiceError bad-argument
 */
export function placesOf(line: CommandLine, env: Record<string, string | undefined>): Places {
  const fromEnv = env[DATABASE_VARIABLE]
  delete env[DATABASE_VARIABLE]
  const folder = line.value('data-folder')
  const dataFolder = folder === null ? defaultDataFolder(env) : path.resolve(folder)
  const quick = line.values('user').length > 0
  const given = line.value('db')
  if (quick && given !== null) {
    throw bad('--user makes accounts in memory and does not go with --db; `sluice-server user add` makes lasting ones.')
  }
  const database = quick ? 'sqlite::memory:' : (given ?? fromEnv ?? `sqlite:${path.join(dataFolder, ACCOUNTS_FILE)}`)
  return { dataFolder, database: absoluteDatabase(database), quarantineFolder: path.join(dataFolder, 'quarantine') }
}

function absoluteDatabase(spec: string): string {
  const file = spec.startsWith('sqlite:') ? spec.slice('sqlite:'.length) : null
  return file === null || file === '' || file === ':memory:' ? spec : `sqlite:${path.resolve(file)}`
}

/** Which agent scans. @throws SluiceError bad-argument */
export function agentOf(line: CommandLine): Settings['agent'] {
  const url = line.value('agent')
  if (url === null) {
    for (const name of ['token-file', 'agent-certificate'] as const) {
      if (line.has(name)) throw bad(`--${name} belongs to --agent URL.`)
    }
    const engine = oneOf('engine', line.value('engine') ?? 'auto', ['auto', 'clamd', 'clamscan', 'yara'])
    return { mode: 'own', engine, clamd: line.value('clamd') ?? '' }
  }
  for (const name of ['engine', 'clamd'] as const) {
    if (line.has(name)) throw bad(`--${name} is for an agent of its own: with --agent that agent decides.`)
  }
  const tokenFile = line.value('token-file')
  if (tokenFile === null) throw bad('--agent needs its token: --token-file FILE.')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw bad(`--agent takes a URL, not "${url}".`)
  return { mode: 'remote', url, tokenFile, certificateFile: line.value('agent-certificate') ?? '' }
}

/** One `--user`. */
export interface QuickUser {
  name: string
  /** Null: it comes from elsewhere. */
  password: string | null
  role: Exclude<Role, 'custom'>
}

/** "name", "name:-", "name:password", "name:password:role". @throws SluiceError bad-argument that does not repeat the password */
export function parseQuickUser(text: string): QuickUser {
  const [, name = '', rest = '-'] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? []
  // Passwords may hold colons: only a role at the very end is one.
  const [, before = rest, role = ACCOUNT_DEFAULTS.role] = /^(.*):(reader|writer|superuser)$/s.exec(rest) ?? []
  checkName(name)
  return { name, password: before === '-' || before === '' ? null : before, role: roleNamed(role) }
}

/** @throws SluiceError bad-argument */
export function roleNamed(text: string): Exclude<Role, 'custom'> {
  return oneOf(
    'role',
    text,
    roleSchema.options.filter((role) => role !== 'custom'),
  )
}

/** @throws SluiceError bad-argument */
export function checkName(name: string): void {
  const checked = accountNameSchema.safeParse(name)
  if (!checked.success)
    throw bad(`“${name}” cannot be the name of an account. ${checked.error.issues[0]?.message ?? ''}`)
  if (ANONYMOUS_NAMES.includes(name.toLowerCase())) {
    throw bad(`“${name}” is what clients without an account call themselves: see --anonymous.`)
  }
}

/** A whole account. @throws SluiceError bad-argument that does not repeat the password */
export function completeAccount(
  account: Pick<NewAccount, 'name' | 'password' | 'role' | 'root'> & Partial<NewAccount>,
): NewAccount {
  const checked = newAccountSchema.safeParse({ ...ACCOUNT_DEFAULTS, ...account })
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw bad(`Account ${account.name}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

/** The accounts of a quick share. @throws SluiceError bad-argument, needs-answer, cancelled */
export async function quickAccounts(
  users: readonly QuickUser[],
  root: string,
  passwords: PasswordSource,
): Promise<NewAccount[]> {
  if (users.length > 0 && root === '') throw bad('Say which folder to share: --root DIR.')
  const accounts: NewAccount[] = []
  for (const { name, password, role } of users) {
    accounts.push(completeAccount({ name, role, root, password: password ?? (await passwords.of(name)) }))
  }
  return accounts
}
