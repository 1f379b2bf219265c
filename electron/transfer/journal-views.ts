/** Looking at the journal: rows, counts and totals for the window, the console and the queue itself. */
import type { TransferRow, TransferState, TransferTotals } from '../../common/models.ts'
import type { JournalDatabase } from './journal-database.ts'
import { countsOf, type RequestCounts } from './journal-progress.ts'
import { ids, ROW_COLUMNS, ROW_TABLES, text, toRow } from './journal-rows.ts'

export class JournalViews {
  readonly #db: JournalDatabase

  constructor(db: JournalDatabase) {
    this.#db = db
  }

  /** Rows by id, in the order of their ids; unknown ids are left out. */
  rows(wanted: readonly number[]): TransferRow[] {
    return this.#db
      .statement(
        `SELECT ${ROW_COLUMNS} FROM ${ROW_TABLES} WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id`,
      )
      .all(JSON.stringify(wanted))
      .map(toRow)
  }

  /** Up to `limit` rows in the order of their ids: those that have not ended first, then the newest others. */
  overview(limit: number): TransferRow[] {
    const unfinished = this.#db
      .statement(
        `SELECT id FROM transfers WHERE state IN ('transferring', 'asking', 'queued')
       ORDER BY state <> 'transferring', state <> 'asking', id LIMIT ?`,
      )
      .all(limit)
    const ended = this.#db
      .statement(
        `SELECT id FROM transfers WHERE state NOT IN ('transferring', 'asking', 'queued') ORDER BY id DESC LIMIT ?`,
      )
      .all(limit - unfinished.length)
    return this.rows(ids([...unfinished, ...ended]))
  }

  /** A request's rows, counted by state. */
  counts(request: number): RequestCounts {
    return countsOf(this.#db, request)
  }

  totals(): TransferTotals {
    const counts = new Map<string, number>()
    for (const row of this.#db.statement('SELECT state, n FROM counts').all())
      counts.set(text(row['state']), Number(row['n']))
    const of = (state: TransferState): number => counts.get(state) ?? 0
    return {
      // A row that waits for an answer waits all the same.
      queued: of('queued') + of('asking'),
      active: of('transferring'),
      done: of('done'),
      blocked: of('blocked'),
      failed: of('failed'),
    }
  }

  /** Local part files that ended runs may have left. */
  leftoverParts(): { id: number; part: string }[] {
    return this.#db
      .statement(
        `SELECT t.id, t.part FROM transfers t JOIN requests r ON r.id = t.request
       WHERE t.part IS NOT NULL AND r.direction = 'download' AND t.state NOT IN ('queued', 'transferring', 'asking')`,
      )
      .all()
      .map((row) => ({ id: Number(row['id']), part: text(row['part']) }))
  }

  /** Ids of a request's rows that have not ended. */
  unfinished(request: number): number[] {
    return ids(
      this.#db
        .statement(`SELECT id FROM transfers WHERE request = ? AND state IN ('queued', 'asking', 'transferring')`)
        .all(request),
    )
  }
}
