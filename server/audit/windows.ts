/**
 * Walks the log in stretches of ids. SQLite works in this very thread: a search through a million entries in one
 * statement would stop all transfers for a second.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { numberOrNull, type SqlRow, type SqlValue, type Statements } from '../database/sql.ts'
import type { Condition } from './conditions.ts'

const STRETCH = 20_000
/** To remove an entry takes ten times as long as to look at it. */
const REMOVED_AT_ONCE = 2000

/** The first or last id of the entries that meet a condition; null when none does. */
export async function edge(
  sql: Statements,
  which: 'MIN' | 'MAX',
  condition: string,
  values: readonly SqlValue[],
): Promise<number | null> {
  const [row] = await sql.all(`SELECT ${which}(id) AS id FROM share_audit WHERE ${condition}`, values)
  return row === undefined ? null : numberOrNull(row, 'id')
}

/** The newest id; 0 when there is none. */
export async function newestId(sql: Statements): Promise<number> {
  return (await edge(sql, 'MAX', 'id > ?', [0])) ?? 0
}

/** At most `limit` rows that pass, newest first, older than the id `before`. */
export async function newestRows(
  sql: Statements,
  condition: Condition,
  before: number,
  limit: number,
): Promise<SqlRow[]> {
  const rows: SqlRow[] = []
  for (let below = before; rows.length < limit;) {
    const top = await edge(sql, 'MAX', 'id < ?', [below])
    if (top === null) break
    const bottom = top - STRETCH
    const found = await sql.all(
      `SELECT * FROM share_audit WHERE id <= ? AND id > ?${condition.sql} ORDER BY id DESC LIMIT ${Math.trunc(limit - rows.length)}`,
      [top, bottom, ...condition.values],
    )
    rows.push(...found)
    below = bottom + 1
    await turn()
  }
  return rows
}

/** Stretches of ids from above `after` up to `last`, oldest first, those without an entry left out. */
export async function* stretches(
  sql: Statements,
  last: number,
  length = REMOVED_AT_ONCE,
): AsyncGenerator<readonly [from: number, to: number]> {
  for (let after = 0; after < last;) {
    const first = await edge(sql, 'MIN', 'id > ?', [after])
    if (first === null || first > last) return
    const end = Math.min(first + length - 1, last)
    yield [first, end]
    after = end
    await turn()
  }
}

const BATCH = 1000

/** Every row that passes, oldest first, up to the id `last`. */
export async function* allRows(sql: Statements, condition: Condition, last: number): AsyncGenerator<SqlRow[]> {
  for await (const [from, to] of stretches(sql, last, STRETCH)) {
    for (let next = from; next <= to;) {
      const rows = await sql.all(
        `SELECT * FROM share_audit WHERE id >= ? AND id <= ?${condition.sql} ORDER BY id LIMIT ${BATCH}`,
        [next, to, ...condition.values],
      )
      if (rows.length > 0) yield rows
      const newest = rows.at(-1)
      if (newest === undefined || rows.length < BATCH) break
      next = (numberOrNull(newest, 'id') ?? to) + 1
    }
  }
}
