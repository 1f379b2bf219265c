/** The audit log in the accounts' database. */
import { toErrorData } from '../../common/errors.ts'
import { plural } from '../../common/format.ts'
import type { AuditEntry, AuditFilter, AuditPage, ShareConfig } from '../../common/share.ts'
import { numberOf, type SqlDatabase } from '../database/sql.ts'
import { conditionOf, filterInWords } from './conditions.ts'
import { COLUMNS, entryOf, rowOf } from './rows.ts'
import type { AuditLog, NewAuditEntry } from './types.ts'
import { allRows, edge, newestId, newestRows, stretches } from './windows.ts'
import { AuditWriter, insertRow } from './writer.ts'

const DAY_MS = 86_400_000
const ROTATE_EVERY_MS = 3_600_000
/** A flood must not wait for the hour. */
const ROTATE_EVERY_ENTRIES = 10_000
/** At most two calls a second. */
const TELL_EVERY_MS = 500

export class DatabaseAudit implements AuditLog {
  readonly #database: SqlDatabase
  readonly #now: () => number
  readonly #writer: AuditWriter
  readonly #changeListeners = new Set<() => void>()
  readonly #problemListeners = new Set<(message: string) => void>()
  #rules: ShareConfig['audit'] | null = null
  #rotation: NodeJS.Timeout | null = null
  #rotating: Promise<void> | null = null
  #sinceRotation = 0
  #telling: NodeJS.Timeout | null = null
  #closed = false

  constructor(database: SqlDatabase, options: { now: () => number }) {
    this.#database = database
    this.#now = options.now
    this.#writer = new AuditWriter(database, {
      now: options.now,
      onWritten: (count) => this.#written(count),
      onProblem: (message) => this.tell(message),
    })
  }

  add(entry: NewAuditEntry): void {
    this.#writer.add(rowOf(entry, this.#now()))
  }

  async flush(): Promise<void> {
    await this.#writer.flush()
  }

  async page({ before, limit, ...filter }: AuditPage): Promise<AuditEntry[]> {
    const rows = await newestRows(this.#database, conditionOf(filter), before ?? Number.MAX_SAFE_INTEGER, limit)
    return rows.map(entryOf)
  }

  async *all(filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
    await this.flush()
    const last = await newestId(this.#database)
    for await (const rows of allRows(this.#database, conditionOf(filter), last)) yield rows.map(entryOf)
  }

  async clear(filter: AuditFilter, by: { account: string | null; address: string | null }): Promise<number> {
    await this.flush()
    const last = await newestId(this.#database)
    const condition = conditionOf(filter)
    const what = filterInWords(filter)
    const note = (removed: number): string => `${plural(removed, 'entry', 'entries')} removed: ${what}`
    // Noted before the first entry goes, and counted as they go: one who pulls the plug does not escape.
    const first = rowOf({ ...by, kind: 'audit-cleared', outcome: 'ok', detail: note(0) }, this.#now())
    const noteId = await this.#database.transaction(async (sql) => await insertRow(sql, first))
    let removed = 0
    for await (const [from, to] of stretches(this.#database, last)) {
      removed = await this.#database.transaction(async (sql) => {
        const done = await sql.run(`DELETE FROM share_audit WHERE id >= ? AND id <= ?${condition.sql}`, [
          from,
          to,
          ...condition.values,
        ])
        const row = rowOf({ ...by, kind: 'audit-cleared', outcome: 'ok', detail: note(removed + done.changes) }, 0)
        await sql.run('UPDATE share_audit SET detail = ?, search = ? WHERE id = ?', [
          row[COLUMNS.indexOf('detail')] ?? null,
          row[COLUMNS.indexOf('search')] ?? null,
          noteId,
        ])
        return removed + done.changes
      })
    }
    this.#changed()
    return removed
  }

  async configure(rules: ShareConfig['audit']): Promise<void> {
    this.#rules = rules
    this.#rotation ??= setInterval(() => this.#rotateSoon(), ROTATE_EVERY_MS).unref()
    await this.flush()
    await this.#rotateOnce()
  }

  onChange(callback: () => void): () => void {
    this.#changeListeners.add(callback)
    return () => void this.#changeListeners.delete(callback)
  }

  onProblem(callback: (message: string) => void): () => void {
    this.#problemListeners.add(callback)
    return () => void this.#problemListeners.delete(callback)
  }

  /** Something went wrong that nobody waits for. */
  tell(message: string): void {
    for (const listener of this.#problemListeners) listener(message)
  }

  /** Writes what waits, and ends all timers. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#rotation !== null) clearInterval(this.#rotation)
    await this.#writer.close()
    await this.#rotating?.catch(() => undefined)
    if (this.#telling !== null) clearTimeout(this.#telling)
  }

  #written(count: number): void {
    this.#changed()
    this.#sinceRotation += count
    if (this.#sinceRotation >= ROTATE_EVERY_ENTRIES && this.#rules !== null) this.#rotateSoon()
  }

  #rotateSoon(): void {
    this.#rotateOnce().catch((error: unknown) =>
      this.tell(`Old entries of the audit log could not be removed: ${toErrorData(error).message}`),
    )
  }

  async #rotateOnce(): Promise<void> {
    if (this.#closed) return
    this.#sinceRotation = 0
    this.#rotating ??= this.#rotate().finally(() => {
      this.#rotating = null
    })
    await this.#rotating
  }

  /** Removes what is too old, and the oldest of what is too much. */
  async #rotate(): Promise<void> {
    if (this.#rules === null) return
    const { keepDays, maxEntries } = this.#rules
    // By the index alone: the rows themselves may be a gigabyte.
    const [excess] = await this.#database.all(
      `SELECT time, id FROM share_audit ORDER BY time DESC, id DESC LIMIT 1 OFFSET ${Math.trunc(maxEntries)}`,
    )
    const tooOld = this.#now() - keepDays * DAY_MS
    const time = excess === undefined ? 0 : numberOf(excess, 'time')
    const id = excess === undefined ? 0 : numberOf(excess, 'id')
    const condition = '(time < ? OR time < ? OR (time = ? AND id <= ?))'
    const values = [tooOld, time, time, id]
    const last = (await edge(this.#database, 'MAX', condition, values)) ?? 0
    let removed = 0
    for await (const [from, to] of stretches(this.#database, last)) {
      const sql = `DELETE FROM share_audit WHERE id >= ? AND id <= ? AND ${condition}`
      removed += (await this.#database.run(sql, [from, to, ...values])).changes
    }
    if (removed > 0) this.#changed()
  }

  #changed(): void {
    if (this.#changeListeners.size === 0 || this.#telling !== null || this.#closed) return
    this.#telling = setTimeout(() => {
      this.#telling = null
      for (const listener of this.#changeListeners) listener()
    }, TELL_EVERY_MS)
    this.#telling.unref()
  }
}
