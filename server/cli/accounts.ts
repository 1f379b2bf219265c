/** `sluice-server user`: accounts, one command each. */
import { SluiceError } from '../../common/errors.ts'
import { ACCOUNT_DEFAULTS, type Account } from '../../common/share.ts'
import type { ShareDatabase } from '../audit/types.ts'
import type { NewAuditEntry } from '../audit/types.ts'
import { openShareDatabase } from '../database/index.ts'
import { ACCOUNT_FLAGS, accountChangesOf } from './account-flags.ts'
import { accountLine, changesInWords, roleWords } from './account-words.ts'
import { readConfig } from './config.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { bad, type CommandLine } from './flags.ts'
import type { Surroundings } from './index.ts'
import { checkName, completeAccount, placesOf } from './options.ts'
import { passwordSource, type PasswordSource } from './passwords.ts'

interface Doing {
  line: CommandLine
  database: ShareDatabase
  passwords: PasswordSource
  /** The account the command is about; '' for `list`. */
  name: string
  write(text: string): void
}

const COMMANDS: Readonly<Record<string, (doing: Doing) => Promise<void>>> = {
  add: addAccount,
  set: setAccount,
  list: listAccounts,
  passwd: setPassword,
  remove: removeAccount,
  enable: (doing) => setEnabled(doing, true),
  disable: (doing) => setEnabled(doing, false),
}

/** @throws SluiceError bad-argument, not-found, needs-answer, and what the database throws */
export async function manageAccounts(line: CommandLine, around: Surroundings): Promise<number> {
  const [verb = '', name = '', ...more] = line.words
  const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined
  if (command === undefined) throw bad(`user takes ${Object.keys(COMMANDS).join(', ')}, not “${verb}”.`)
  if (more.length > 0 || (verb === 'list' && name !== '')) throw bad('There are more words than user takes.')
  if (verb !== 'list') checkName(name)
  for (const flag of ACCOUNT_FLAGS) {
    if (line.has(flag) && verb !== 'add' && verb !== 'set') throw bad(`--${flag} goes with user add and user set.`)
  }
  const { database: spec } = placesOf(line, around.env)
  const { stdin, stdout, stderr, env } = around
  const passwords = passwordSource({ file: line.value('password-file'), env, input: stdin, output: stderr })
  await using ending = new AsyncDisposableStack()
  const database = await openShareDatabase(spec)
  ending.defer(() => database.close())
  await command({ line, database, passwords, name, write: (text) => void stdout.write(`${text}\n`) })
  return EXIT_CODES.ok.code
}

async function addAccount({ line, database, passwords, name, write }: Doing): Promise<void> {
  const { root = (await readConfig(line)).root, ...given } = accountChangesOf(line)
  if (root === '') throw bad('Say which folder is the account’s: --root DIR.')
  // Before anybody types a password for nothing.
  if ((await database.accounts.find(name)) !== null) throw bad(`There is an account ${name} already.`)
  const password = await passwords.of(name)
  const account = completeAccount({ role: ACCOUNT_DEFAULTS.role, ...given, name, password, root })
  await database.accounts.add(account)
  note(database, 'account-added', name)
  write(`Added ${name} (${roleWords(account)}), folder ${root}.`)
}

async function setAccount({ line, database, name, write }: Doing): Promise<void> {
  if (line.has('password-file')) throw bad('Passwords are changed by user passwd, not by user set.')
  const changes = accountChangesOf(line)
  if (Object.keys(changes).length === 0) {
    throw bad(`Say what to change: ${ACCOUNT_FLAGS.map((flag) => `--${flag}`).join(', ')}.`)
  }
  const { id } = await accountNamed(database, name)
  await database.accounts.update(id, changes)
  const words = changesInWords(changes)
  note(database, 'account-changed', name, words)
  write(`Changed ${name}: ${words}.`)
}

async function listAccounts({ line, database, write }: Doing): Promise<void> {
  const accounts = await database.accounts.list()
  if (line.has('json')) {
    for (const account of accounts) write(JSON.stringify(account))
    return
  }
  if (accounts.length === 0) write('There are no accounts.')
  const width = Math.max(0, ...accounts.map(({ name }) => name.length))
  for (const account of accounts) write(accountLine(account, width))
}

async function setPassword({ database, passwords, name, write }: Doing): Promise<void> {
  const { id, role, root } = await accountNamed(database, name)
  const password = await passwords.of(name)
  // Checked like that of a new account.
  completeAccount({ name, password, role, root })
  await database.accounts.setPassword(id, password)
  note(database, 'password-changed', name)
  write(`The password of ${name} is changed.`)
}

async function removeAccount({ database, name, write }: Doing): Promise<void> {
  const { id, root } = await accountNamed(database, name)
  await database.accounts.remove(id)
  note(database, 'account-removed', name)
  write(`Removed ${name}. Its folder ${root} is left as it is.`)
}

async function setEnabled({ database, name, write }: Doing, enabled: boolean): Promise<void> {
  const { id } = await accountNamed(database, name)
  await database.accounts.update(id, { enabled })
  note(database, 'account-changed', name, enabled ? 'enabled' : 'disabled')
  write(`${name} is ${enabled ? 'enabled' : 'disabled'}.`)
}

/** @throws SluiceError not-found */
async function accountNamed(database: ShareDatabase, name: string): Promise<Account> {
  const account = await database.accounts.find(name)
  if (account === null) throw new SluiceError('not-found', `There is no account ${name}.`)
  return account
}

function note({ audit }: ShareDatabase, kind: NewAuditEntry['kind'], name: string, what?: string): void {
  audit.add({ kind, outcome: 'ok', detail: what === undefined ? name : `${name}: ${what}` })
}
