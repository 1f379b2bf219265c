/** SQLite, by Node's own library: one file, one connection, one statement at a time. */
import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { SluiceError } from '../../common/errors.ts'
import { NotUniqueError, type Dialect, type SqlDatabase, type SqlRow, type SqlValue, type Statements } from './sql.ts'

const DIALECT: Dialect = {
  serial: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  integer: 'INTEGER',
  text: () => 'TEXT',
  table: (name, columns, indexes) => [
    `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')}) STRICT`,
    ...Object.entries(indexes).map(([index, of]) => `CREATE INDEX IF NOT EXISTS ${index} ON ${name} (${of})`),
  ],
}

/** https://sqlite.org/rescode.html */
const BUSY = 5
const CONSTRAINT_UNIQUE = 2067
/** What to do about what no new try mends, by the code. */
const ADVICE: Readonly<Record<number, string>> = {
  8: 'See that this account may write the file and its folder.',
  10: 'Check its disk.',
  11: 'Put a copy from before in its place, or choose another file.',
  13: 'Make room on its disk.',
  26: 'Put a copy from before in its place, or choose another file.',
}
/** How long another program may keep the file to itself. */
const BUSY_LIMIT_MS = 10_000
const BUSY_STEP_MS = 20
const OPEN_LIMIT_MS = 5000

function codeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null
}

class Sqlite implements SqlDatabase {
  readonly name: string
  readonly dialect = DIALECT
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()
  readonly #statements: Statements
  /** Ends when whoever has the connection is done: a transaction may wait for other things between its statements. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(db: DatabaseSync, name: string) {
    this.#db = db
    this.name = name
    this.#statements = {
      run: async (sql, values = []) => {
        const { changes, lastInsertRowid } = await this.#patiently(() => this.#prepare(sql).run(...values))
        return { changes: Number(changes), id: Number(lastInsertRowid) }
      },
      all: async (sql, values = []) =>
        await this.#patiently(() => this.#prepare(sql).all(...values) as Record<string, SqlValue>[]),
    }
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<{ changes: number; id: number }> {
    return await this.#inTurn(async () => await this.#statements.run(sql, values))
  }

  async all(sql: string, values?: readonly SqlValue[]): Promise<SqlRow[]> {
    return await this.#inTurn(async () => await this.#statements.all(sql, values))
  }

  async transaction<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return await this.#inTurn(async () => {
      // IMMEDIATE: a transaction that begins as a reader cannot always become a writer.
      await this.#statements.run('BEGIN IMMEDIATE')
      try {
        const result = await work(this.#statements)
        await this.#statements.run('COMMIT')
        return result
      } catch (error) {
        // A full disk has rolled back by itself already.
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    })
  }

  async exclusive<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return await this.transaction(work)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    await this.#inTurn(async () => {
      this.#closed = true
      this.#prepared.clear()
      this.#db.close()
      return await Promise.resolve()
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      if (this.#closed) throw new SluiceError('interrupted', `The database ${this.name} is closed.`)
      return await work()
    })
    this.#turn = turn.catch(() => undefined)
    return await turn
  }

  /**
   * Tries again while another program has the file. SQLite's own waiting would stop this whole process, and for ever
   * where it is this process that has the file open twice.
   */
  async #patiently<T>(step: () => T): Promise<T> {
    for (let waited = 0; ; waited += BUSY_STEP_MS) {
      try {
        return step()
      } catch (error) {
        const code = codeOf(error)
        if (code === CONSTRAINT_UNIQUE) throw new NotUniqueError('That is there already.', { cause: error })
        if (code === null || (code & 0xff) !== BUSY || waited >= BUSY_LIMIT_MS) throw this.#told(error)
      }
      await delay(BUSY_STEP_MS)
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#db.prepare(sql)
    this.#prepared.set(sql, statement)
    return statement
  }

  #told(error: unknown): SluiceError {
    const why = error instanceof Error ? error.message : String(error)
    const advice = ADVICE[(codeOf(error) ?? 0) & 0xff] ?? ''
    return new SluiceError('local-io', `The database ${this.name} failed: ${why}. ${advice}`.trimEnd(), {
      cause: error,
    })
  }
}

/** Hashes of passwords lie in it: nobody else may read it. Its WAL gets the same mode from SQLite. */
function makePrivate(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
}

/**
 * Opens a file, or makes it; ":memory:" is a database that ends with the program.
 * @throws SluiceError local-io when it cannot be opened, or is no database
 */
export function openSqlite(file: string): SqlDatabase {
  const location = file === ':memory:' ? file : path.resolve(file)
  let db: DatabaseSync | null = null
  try {
    if (location !== ':memory:') makePrivate(location)
    // Another program may be making the file right now. From then on, waiting is ours: see #patiently.
    db = new DatabaseSync(location, { timeout: OPEN_LIMIT_MS })
    // NORMAL: a power cut may lose the last entries of the log, but never breaks the file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY')
    db.exec('PRAGMA busy_timeout = 0')
    return new Sqlite(db, location)
  } catch (error) {
    db?.close()
    const why = error instanceof Error ? error.message : String(error)
    throw new SluiceError(
      'local-io',
      `The database ${location} cannot be opened: ${why}. Choose another file, or see that this account may write it.`,
      { cause: error },
    )
  }
}
