/** Writes entries in the background: in order, in batches, bounded while the database is away. */
import { setTimeout as delay } from 'node:timers/promises'
import { toErrorData } from '../../common/errors.ts'
import { plural } from '../../common/format.ts'
import type { SqlDatabase, Statements } from '../database/sql.ts'
import { COLUMNS, rowOf, weightOf, type WaitingEntry } from './rows.ts'

/** Entries that come together are written together. */
const GATHER_MS = 50
const BATCH = 512
/** Rows of one statement: few sizes, so that few statements are prepared. */
const SIZES = [64, 8, 1]
const MAX_WAITING = 20_000
/** Characters. */
const MAX_WEIGHT = 16 * 1024 * 1024
const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000
/** How long a database that does not answer may hold up the end of the server. */
const CLOSE_LIMIT_MS = 5000

const PLACES = `(${COLUMNS.map(() => '?').join(', ')})`

async function insert(sql: Statements, rows: readonly WaitingEntry[]): Promise<number> {
  const places = rows.map(() => PLACES).join(', ')
  const { id } = await sql.run(`INSERT INTO share_audit (${COLUMNS.join(', ')}) VALUES ${places}`, rows.flat())
  return id
}

/** Writes one row and gives its id. */
export async function insertRow(sql: Statements, row: WaitingEntry): Promise<number> {
  return await insert(sql, [row])
}

/** Writes rows in order, many with one statement. */
async function insertRows(sql: Statements, rows: readonly WaitingEntry[]): Promise<void> {
  for (let at = 0; at < rows.length;) {
    const size = SIZES.find((candidate) => candidate <= rows.length - at) ?? 1
    await insert(sql, rows.slice(at, at + size))
    at += size
  }
}

export interface WriterEvents {
  now: () => number
  /** So many entries are in the database now. */
  onWritten: (count: number) => void
  onProblem: (message: string) => void
}

export class AuditWriter {
  readonly #database: SqlDatabase
  readonly #events: WriterEvents
  #waiting: WaitingEntry[] = []
  #weight = 0
  #lost = 0
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #retryMs = 0
  #closed = false

  constructor(database: SqlDatabase, events: WriterEvents) {
    this.#database = database
    this.#events = events
  }

  add(row: WaitingEntry): void {
    const weight = weightOf(row)
    if (this.#closed || this.#waiting.length >= MAX_WAITING || this.#weight + weight > MAX_WEIGHT) {
      // Those that came first are kept: they tell how it began.
      this.#lost++
      return
    }
    this.#waiting.push(row)
    this.#weight += weight
    this.#schedule(Math.max(this.#retryMs, GATHER_MS))
  }

  /** Writes all that waits. @throws what the database says, once; the entries are kept for the next try */
  async flush(): Promise<void> {
    while (this.#writing !== null || this.#waiting.length > 0 || this.#lost > 0) {
      this.#unschedule()
      await this.#write()
    }
  }

  /** Takes no more, and tries a last time, for a few seconds. */
  async close(): Promise<void> {
    this.#closed = true
    const timeUp = new AbortController()
    const limit = delay(CLOSE_LIMIT_MS, undefined, { signal: timeUp.signal })
    await Promise.race([this.flush(), limit]).catch(() => undefined)
    timeUp.abort()
    limit.catch(() => undefined)
    this.#unschedule()
    const left = this.#waiting.length + this.#lost
    if (left > 0)
      this.#events.onProblem(`The audit log could not be written: lost ${plural(left, 'entry', 'entries')}.`)
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#writing !== null || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      // A failure is told by onProblem, and tried again.
      this.flush().catch(() => undefined)
    }, ms)
    this.#timer.unref()
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #write(): Promise<void> {
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = null
    })
    await this.#writing
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, BATCH)
    const lost = batch.length === this.#waiting.length ? this.#lost : 0
    const detail = `Not written: ${plural(lost, 'entry', 'entries')}; the database was away, and too many waited.`
    const rows =
      lost === 0 ? batch : [...batch, rowOf({ kind: 'audit-lost', outcome: 'failed', detail }, this.#events.now())]
    try {
      await this.#database.transaction(async (sql) => await insertRows(sql, rows))
    } catch (error) {
      this.#failed(toErrorData(error).message)
      throw error
    }
    this.#waiting.splice(0, batch.length)
    this.#weight = this.#waiting.length === 0 ? 0 : this.#weight - batch.reduce((sum, row) => sum + weightOf(row), 0)
    this.#lost -= lost
    this.#retryMs = 0
    this.#events.onWritten(rows.length)
  }

  #failed(why: string): void {
    // Told once, not at every try.
    if (this.#retryMs === 0) this.#events.onProblem(`The audit log cannot be written, and is tried again: ${why}`)
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS)
    // Once this write is over.
    queueMicrotask(() => setImmediate(() => this.#schedule(this.#retryMs)))
  }
}
