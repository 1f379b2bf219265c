/** The accounts of a share in its database. */
import type { z } from 'zod'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import {
  accountChangesSchema,
  accountNameSchema,
  newAccountSchema,
  passwordSchema,
  type Account,
  type AccountChanges,
  type NewAccount,
} from '../../common/share.ts'
import { NotUniqueError, numberOf, textOf, type SqlDatabase, type SqlRow } from '../database/sql.ts'
import { HashingQueue } from './hashing.ts'
import { accountKey, isReserved } from './names.ts'
import {
  DEFAULT_COST,
  fits,
  hashPassword,
  isOutdated,
  passwordMark,
  unmatchableHash,
  type ScryptCost,
} from './password-hash.ts'
import { checkShareRoot } from './root.ts'
import { accountOf, cellsOf } from './rows.ts'
import type { AccountStore, LoginAccount } from './types.ts'
import { Verifiers } from './verifiers.ts'

/** Clients open many connections; the time of the last login need not be to the second. */
const NOTE_LOGIN_EVERY_MS = 10_000

export interface AccountsOptions {
  now: () => number
  cost?: ScryptCost
  onProblem: (message: string) => void
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`
  throw new SluiceError('bad-argument', `${issue?.message ?? 'This is no account.'}${where}`)
}

function loginOf(row: SqlRow): LoginAccount {
  return { ...accountOf(row), passwordMark: passwordMark(textOf(row, 'password')) }
}

export class DatabaseAccounts implements AccountStore {
  readonly #database: SqlDatabase
  readonly #now: () => number
  readonly #cost: ScryptCost
  readonly #onProblem: (message: string) => void
  readonly #hashing = new HashingQueue()
  readonly #verifiers: Verifiers
  readonly #nobody: string
  readonly #listeners = new Set<() => void>()

  constructor(database: SqlDatabase, options: AccountsOptions) {
    this.#database = database
    this.#now = options.now
    this.#cost = options.cost ?? DEFAULT_COST
    this.#onProblem = options.onProblem
    this.#verifiers = new Verifiers(options.now)
    this.#nobody = unmatchableHash(this.#cost)
  }

  async list(): Promise<Account[]> {
    const rows = await this.#database.all('SELECT * FROM share_accounts ORDER BY name_key')
    return rows.map(accountOf)
  }

  async logins(): Promise<LoginAccount[]> {
    return (await this.#database.all('SELECT * FROM share_accounts')).map(loginOf)
  }

  async find(name: string): Promise<Account | null> {
    const row = await this.#row(name)
    return row === null ? null : accountOf(row)
  }

  async authenticate(name: string, password: string): Promise<LoginAccount | null> {
    const row = await this.#row(name)
    const hash = row === null ? this.#nobody : textOf(row, 'password')
    const id = row === null ? 0 : numberOf(row, 'id')
    const isKnown = (): boolean => this.#verifiers.knows(id, hash, password)
    let known = isKnown()
    const right =
      known ||
      (await this.#hashing.run(async () => {
        // A client opens its connections together: one of them may have paid while this one waited for its turn.
        known = isKnown()
        return known || (await fits(password, hash))
      }))
    if (!right || row === null) return null
    const account = loginOf(row)
    if (!account.enabled) return null
    if (!known) await this.#passed(account, hash, password)
    await this.#noteLogin(account)
    return account
  }

  async add(account: NewAccount): Promise<Account> {
    const composed = { ...account, name: account.name.normalize('NFC') }
    const { name, password, ...changes } = parse(newAccountSchema, composed)
    if (isReserved(name))
      throw new SluiceError('bad-argument', `The name "${name}" is kept for logins without an account. Choose another.`)
    await checkShareRoot(changes.root)
    const hash = await this.#hash(password)
    const cells = cellsOf(changes)
    const columns = ['name', 'name_key', 'password', 'created_at', ...cells.map(([column]) => column)]
    const values = [name, accountKey(name), hash, this.#now(), ...cells.map(([, value]) => value)]
    try {
      const places = columns.map(() => '?').join(', ')
      const { id } = await this.#database.run(
        `INSERT INTO share_accounts (${columns.join(', ')}) VALUES (${places})`,
        values,
      )
      this.#changed()
      return await this.#byId(id)
    } catch (error) {
      if (!(error instanceof NotUniqueError)) throw error
      throw new SluiceError('bad-argument', `There is an account "${name}" already. Choose another name.`)
    }
  }

  async update(id: number, changes: Partial<AccountChanges>): Promise<Account> {
    const parsed = parse(accountChangesSchema.partial(), changes)
    if (parsed.root !== undefined) await checkShareRoot(parsed.root)
    const cells = cellsOf(parsed)
    if (cells.length > 0) {
      const set = cells.map(([column]) => `${column} = ?`).join(', ')
      const values = cells.map(([, value]) => value)
      await this.#change(`UPDATE share_accounts SET ${set} WHERE id = ?`, [...values, id])
    }
    return await this.#byId(id)
  }

  async setPassword(id: number, password: string): Promise<void> {
    const hash = await this.#hash(parse(passwordSchema, password))
    await this.#change('UPDATE share_accounts SET password = ? WHERE id = ?', [hash, id])
    this.#verifiers.forget(id)
  }

  async remove(id: number): Promise<void> {
    await this.#change('DELETE FROM share_accounts WHERE id = ?', [id])
    this.#verifiers.forget(id)
  }

  onChange(callback: () => void): () => void {
    this.#listeners.add(callback)
    return () => void this.#listeners.delete(callback)
  }

  async #row(name: string): Promise<SqlRow | null> {
    // What cannot be a name is not looked up: databases differ in what they make of NUL and of spaces at the end.
    if (!accountNameSchema.safeParse(name.normalize('NFC')).success) return null
    const [row] = await this.#database.all('SELECT * FROM share_accounts WHERE name_key = ?', [accountKey(name)])
    return row ?? null
  }

  async #byId(id: number): Promise<Account> {
    const [row] = await this.#database.all('SELECT * FROM share_accounts WHERE id = ?', [id])
    if (row === undefined) throw this.#missing()
    return accountOf(row)
  }

  async #hash(password: string, like?: string): Promise<string> {
    return await this.#hashing.run(async () => await hashPassword(password, this.#cost, like))
  }

  async #change(sql: string, values: readonly (string | number | null)[]): Promise<void> {
    const { changes } = await this.#database.run(sql, values)
    if (changes === 0) throw this.#missing()
    this.#changed()
  }

  /** The password was right, by the slow way. */
  async #passed(account: Account, hash: string, password: string): Promise<void> {
    if (!isOutdated(hash, this.#cost)) {
      this.#verifiers.remember(account.id, hash, password)
      return
    }
    const newer = await this.#hash(password, hash)
    const sql = 'UPDATE share_accounts SET password = ? WHERE id = ? AND password = ?'
    await this.#quietly(async () => await this.#database.run(sql, [newer, account.id, hash]))
  }

  async #noteLogin(account: Account): Promise<void> {
    const now = this.#now()
    if (account.lastLoginAt !== null && now - account.lastLoginAt < NOTE_LOGIN_EVERY_MS) return
    const sql = 'UPDATE share_accounts SET last_login_at = ? WHERE id = ?'
    await this.#quietly(async () => await this.#database.run(sql, [now, account.id]))
    account.lastLoginAt = now
  }

  /** For what a login does beside: a database that cannot be written to is told, but keeps nobody out. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#onProblem(toErrorData(error).message)
    }
  }

  #missing(): SluiceError {
    return new SluiceError('not-found', 'This account is not there any more.')
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
