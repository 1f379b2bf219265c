/** MySQL and MariaDB, through a pool of connections. */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise'
import { SluiceError } from '../../common/errors.ts'
import { isLost, told, wantsAgain } from './mysql-errors.ts'
import { parseMysqlSpec, type MysqlAddress } from './mysql-spec.ts'
import type { Dialect, SqlDatabase, SqlRow, SqlValue, Statements } from './sql.ts'

/** Bytes are compared, as SQLite does; the rest are VARCHAR's and TEXT's limits. */
const TEXT = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
const LONGEST_VARCHAR = 255
const LONGEST_TEXT = 16_383

function text(characters: number): string {
  if (characters <= LONGEST_VARCHAR) return `VARCHAR(${characters}) ${TEXT}`
  return `${characters <= LONGEST_TEXT ? 'TEXT' : 'MEDIUMTEXT'} ${TEXT}`
}

const DIALECT: Dialect = {
  serial: 'BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
  integer: 'BIGINT',
  text,
  table: (name, columns, indexes) => {
    const keys = Object.entries(indexes).map(([index, of]) => `INDEX ${index} (${of})`)
    return [`CREATE TABLE IF NOT EXISTS ${name} (${[...columns, ...keys].join(', ')}) ENGINE=InnoDB DEFAULT ${TEXT}`]
  },
}

/** Too long a text is an error, whatever the server's own setting; no transaction needs to see the same twice. */
const SETTINGS = ["SET SESSION sql_mode = 'TRADITIONAL'", 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED']

const CONNECTIONS = 8
/** Requests that wait for a connection; more than logins and log together ever are, while the database answers. */
const MAX_WAITING = 2000
/** How long a server may take to hang up. */
const CLOSE_LIMIT_MS = 1000
const CLOSE_STEP_MS = 10
/** How long another server may take to bring the schema up to date. */
const LOCK_LIMIT_S = 60
const TRIES = 5

function optionsOf(address: MysqlAddress): PoolOptions {
  const { user, password, host, port, socket, database, tls } = address
  return {
    user,
    password,
    database,
    ...(socket === null ? { host, port } : { socketPath: socket }),
    ...(tls === false
      ? {}
      : {
          ssl: {
            minVersion: 'TLSv1.2',
            rejectUnauthorized: true,
            verifyIdentity: true,
            ...(tls.ca === null ? {} : { ca: tls.ca }),
          },
        }),
    charset: 'utf8mb4_bin',
    connectionLimit: CONNECTIONS,
    maxIdle: 2,
    idleTimeout: 60_000,
    queueLimit: MAX_WAITING,
    enableKeepAlive: true,
    keepAliveInitialDelay: 30_000,
    maxPreparedStatements: 200,
    multipleStatements: false,
    // A server must not be able to ask for a file of ours.
    flags: ['-LOCAL_FILES'],
  }
}

/** A server that answers nothing ends with its connection: it might answer later, to another question. */
async function limited<T>(connection: PoolConnection, ms: number, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    connection.destroy()
    reject(new SluiceError('timeout', `The database has not answered within ${ms / 1000} seconds.`))
  }, ms)
  // The connection keeps the process alive, not its clock: that may tick on after the end.
  timer.unref()
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
    // Destroyed, it may still fail when nobody listens any more.
    answer.catch(() => undefined)
  }
}

function statementsOn(connection: PoolConnection, ms: number): Statements {
  return {
    run: async (sql, values = []) => {
      const [result] = await limited(connection, ms, connection.execute(sql, [...values]))
      return 'affectedRows' in result ? { changes: result.affectedRows, id: result.insertId } : { changes: 0, id: 0 }
    },
    all: async (sql, values = []) => {
      const [rows] = await limited(connection, ms, connection.execute(sql, [...values]))
      return Array.isArray(rows) ? (rows as SqlRow[]) : []
    },
  }
}

class Mysql implements SqlDatabase {
  readonly name: string
  readonly dialect = DIALECT
  readonly #pool: Pool
  readonly #lock: string
  readonly #limit: number
  /** All there are, so that none outlives the pool. */
  readonly #open = new Set<{ destroy(): void }>()
  #closed = false

  constructor(address: MysqlAddress, { connectMs, statementMs }: MysqlLimits) {
    this.#limit = statementMs
    this.name = address.name
    // The name of a lock is the whole server's and has 64 characters at most.
    this.#lock = `sluice-${createHash('sha256').update(address.database).digest('hex').slice(0, 40)}`
    this.#pool = createPool({ ...optionsOf(address), connectTimeout: connectMs })
    this.#pool.pool.on('connection', (connection) => {
      this.#open.add(connection)
      for (const end of ['end', 'error']) connection.once(end, () => this.#open.delete(connection))
      // Queued before anything else is.
      for (const setting of SETTINGS) {
        connection.query(setting, (error) => {
          if (error !== null) connection.destroy()
        })
      }
    })
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<{ changes: number; id: number }> {
    // In a transaction: a connection that was lost while it lay in the pool shows before anything is done.
    return await this.transaction(async (statements) => await statements.run(sql, values))
  }

  async all(sql: string, values?: readonly SqlValue[]): Promise<SqlRow[]> {
    return await this.#patiently(
      async (connection) => await statementsOn(connection, this.#limit).all(sql, values),
      isLost,
    )
  }

  async transaction<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    let begun = false
    const mayAgain = (error: unknown): boolean => wantsAgain(error) || (isLost(error) && !begun)
    return await this.#patiently(async (connection) => {
      begun = false
      await limited(connection, this.#limit, connection.beginTransaction())
      begun = true
      try {
        const result = await work(statementsOn(connection, this.#limit))
        await limited(connection, this.#limit, connection.commit())
        return result
      } catch (error) {
        // Without a rollback the next who gets this connection would go on with the transaction.
        await limited(connection, this.#limit, connection.rollback()).catch(() => connection.destroy())
        throw error
      }
    }, mayAgain)
  }

  async exclusive<T>(work: (sql: Statements) => Promise<T>): Promise<T> {
    return await this.#patiently(async (connection) => {
      const statements = statementsOn(connection, (LOCK_LIMIT_S + 10) * 1000)
      const [row] = await statements.all('SELECT GET_LOCK(?, ?) AS got', [this.#lock, LOCK_LIMIT_S])
      if (row?.['got'] !== 1) {
        throw new SluiceError(
          'timeout',
          `Another server has been changing the database ${this.name} for ${LOCK_LIMIT_S} seconds. Try again later.`,
        )
      }
      try {
        return await work(statements)
      } finally {
        await statements.all('SELECT RELEASE_LOCK(?) AS freed', [this.#lock]).catch(() => connection.destroy())
      }
    }, isLost)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A server that answers nothing does not hang up either, so this is not waited for.
    this.#pool.end().catch(() => undefined)
    for (let waited = 0; this.#open.size > 0 && waited < CLOSE_LIMIT_MS; waited += CLOSE_STEP_MS)
      await delay(CLOSE_STEP_MS)
    for (const connection of this.#open) connection.destroy()
  }

  /** Tries again as long as `mayAgain` says that nothing was done, with a fresh connection each time. */
  async #patiently<T>(
    work: (connection: PoolConnection) => Promise<T>,
    mayAgain: (error: unknown) => boolean,
  ): Promise<T> {
    if (this.#closed) throw new SluiceError('interrupted', `The database ${this.name} is closed.`)
    for (let tries = 1; ; tries++) {
      let connection: PoolConnection | null = null
      try {
        connection = await this.#pool.getConnection()
        return await work(connection)
      } catch (error) {
        if (isLost(error)) connection?.destroy()
        if (connection === null || tries >= TRIES || !mayAgain(error)) throw told(error, this.name)
      } finally {
        connection?.release()
      }
    }
  }
}

/** In ms: how long it may take to be let in, and to run one statement. */
export interface MysqlLimits {
  connectMs: number
  statementMs: number
}

const LIMITS: MysqlLimits = { connectMs: 10_000, statementMs: 30_000 }

/** Opens nothing yet: the first statement does. @throws SluiceError bad-argument */
export function openMysql(spec: string, limits = LIMITS): SqlDatabase {
  return new Mysql(parseMysqlSpec(spec), limits)
}
