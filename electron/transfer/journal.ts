/**
 * The queue's memory on disk: one row a file, in SQLite (WAL). It is also the history. Workers lease rows from here, so
 * that a million waiting files are rows on disk and not objects. All calls are synchronous and short.
 */
import type { StatementSync } from 'node:sqlite'
import type { ErrorData } from '../../common/errors.ts'
import type { ConflictAction, ConflictPolicy, TransferRow, TransferMode, TransferType } from '../../common/models.ts'
import { JournalDatabase } from './journal-database.ts'
import { JournalConflicts } from './journal-conflicts.ts'
import { JournalViews } from './journal-views.ts'
import { PlanNotes } from './journal-plan.ts'
import {
  ids,
  number,
  ROW_COLUMNS,
  ROW_TABLES,
  text,
  toJson,
  toRow,
  type LeasedRow,
  type NewRow,
  type RequestRecord,
  type RowEnd,
  type RowKind,
} from './journal-rows.ts'

const INTERRUPTED: ErrorData = {
  code: 'interrupted',
  message: 'The program ended before this file was finished. Retry to move it.',
}

export class Journal {
  readonly #db: JournalDatabase
  /** What plans note while they walk. */
  readonly notes: PlanNotes
  /** Rows that wait for a person. */
  readonly conflicts: JournalConflicts
  /** What there is to see. */
  readonly views: JournalViews

  private constructor(db: JournalDatabase) {
    this.#db = db
    this.notes = new PlanNotes(db)
    this.conflicts = new JournalConflicts(db)
    this.views = new JournalViews(db)
  }

  /**
   * Opens or creates the journal; a damaged one is set aside. Rows that were not finished become `failed` with code
   * `interrupted`.
   * @throws SluiceError 'local-io' when it cannot be opened, and is not damaged
   */
  static open(file: string, now: number): Journal {
    const db = JournalDatabase.open(file, now)
    db.statement(
      `UPDATE transfers SET state = 'failed', error = ?, ended_at = ?, question = NULL
       WHERE state IN ('queued', 'asking', 'transferring')`,
    ).run(JSON.stringify(INTERRUPTED), now)
    db.exec(`
      DELETE FROM requests WHERE id NOT IN (SELECT request FROM transfers);
      DELETE FROM request_counts WHERE request NOT IN (SELECT id FROM requests);
    `)
    return new Journal(db)
  }

  close(): void {
    this.#db.close()
  }

  // ---- requests and planning ------------------------------------------------------------------------------------

  addRequest(request: Omit<RequestRecord, 'id'>): RequestRecord {
    const { protocol, host, port, user } = request.endpoint
    const key = [protocol, host, port, user]
    this.#statement('INSERT OR IGNORE INTO endpoints (protocol, host, port, user) VALUES (?, ?, ?, ?)').run(...key)
    const { lastInsertRowid } = this.#statement(
      `INSERT INTO requests (endpoint, direction, target_folder, transfer_type, conflict, mode)
       SELECT id, ?, ?, ?, ?, ? FROM endpoints WHERE protocol = ? AND host = ? AND port = ? AND user = ?`,
    ).run(request.direction, request.targetFolder, request.transferType, request.conflict, request.mode, ...key)
    return { ...request, id: Number(lastInsertRowid) }
  }

  /** Inserts rows in one transaction and gives their ids, which are consecutive. */
  addRows(request: RequestRecord, rows: readonly NewRow[], now: number): { first: number; last: number } | null {
    const insert = this.#statement(
      `INSERT INTO transfers (request, kind, local_path, remote_path, size, modified, type, state, error, added_at, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    let last = 0
    this.transaction(() => {
      for (const row of rows) {
        const { lastInsertRowid } = insert.run(
          request.id,
          row.kind,
          row.localPath,
          row.remotePath,
          row.size,
          row.modified,
          request.transferType,
          row.state,
          toJson(row.error),
          now,
          row.state === 'queued' ? null : now,
        )
        last = Number(lastInsertRowid)
      }
    })
    return rows.length === 0 ? null : { first: last - rows.length + 1, last }
  }

  // ---- working on rows ------------------------------------------------------------------------------------------

  /**
   * Takes the oldest row that may start now, and marks it as taken; null when none waits. The name of its temporary file
   * is written with the same stroke, before anyone can make the file: a crash cannot leave one that nobody knows of.
   */
  lease(now: number, nameOfPart: (row: TransferRow) => string): LeasedRow | null {
    const next = this.#statement(
      `SELECT id FROM transfers WHERE state = 'queued' AND not_before <= ? ORDER BY id LIMIT 1`,
    ).get(now)
    const found = next && this.#read(Number(next['id']))
    if (!found) return null
    const leased = { ...found, part: found.part ?? nameOfPart(found.row) }
    this.#statement(
      `UPDATE transfers SET state = 'transferring', part = ?, error = NULL, transferred = 0, resumed_from = 0, scanned = 0, unscanned = 0,
         started_at = ? WHERE id = ?`,
    ).run(leased.part, now, leased.row.id)
    const afresh = { error: null, transferred: 0, resumedFrom: 0, scanned: 0, unscanned: false, startedAt: now }
    const row: TransferRow = { ...leased.row, state: 'transferring', ...afresh }
    return { ...leased, row }
  }

  /** When the next waiting row may start, ms since the epoch; null when none waits. */
  nextDue(): number | null {
    const due = this.#statement(`SELECT min(not_before) AS due FROM transfers WHERE state = 'queued'`).get()?.['due']
    return typeof due === 'number' ? due : null
  }

  /** Writes how a row ended, with all that its job learnt. */
  finish(row: TransferRow, end: RowEnd, now: number): void {
    this.#statement(
      `UPDATE transfers SET state = ?, scan = ?, error = ?, local_path = ?, remote_path = ?, size = ?, transferred = ?,
         resumed_from = ?, scanned = ?, unscanned = ?, type = ?, ended_at = ?, part = CASE WHEN ? THEN part END WHERE id = ?`,
    ).run(
      end.state,
      toJson(end.scan),
      toJson(end.error),
      row.localPath,
      row.remotePath,
      row.size,
      row.transferred,
      row.resumedFrom,
      row.scanned,
      row.unscanned ? 1 : 0,
      row.transferType,
      now,
      end.partStays ? 1 : 0,
      row.id,
    )
  }

  /** Puts a row back, to be tried again from `notBefore` on; `error` says why meanwhile. */
  requeue(id: number, o: { attempts: number; notBefore: number; error: ErrorData }): void {
    this.#statement(`UPDATE transfers SET state = 'queued', attempts = ?, not_before = ?, error = ? WHERE id = ?`).run(
      o.attempts,
      o.notBefore,
      JSON.stringify(o.error),
      id,
    )
  }

  // ---- the person's wishes --------------------------------------------------------------------------------------

  /** Cancels those of the rows that wait; gives their ids. Rows with a job are their job's to end. */
  cancelWaiting(wanted: readonly number[], now: number): number[] {
    return ids(
      this.#statement(
        `UPDATE transfers SET state = 'cancelled', ended_at = ?, question = NULL, error = NULL
         WHERE id IN (SELECT value FROM json_each(?)) AND state IN ('queued', 'asking') RETURNING id`,
      ).all(now, JSON.stringify(wanted)),
    )
  }

  /** Puts ended files (but finished ones) back into the queue as new; gives their ids. */
  retryFiles(wanted: readonly number[]): number[] {
    return ids(
      this.#statement(
        `UPDATE transfers SET state = 'queued', transferred = 0, resumed_from = 0, scanned = 0, unscanned = 0, attempts = 0, not_before = 0, error = NULL,
           scan = NULL, answer = NULL, ended_at = NULL, type = (SELECT transfer_type FROM requests WHERE id = request)
         WHERE id IN (SELECT value FROM json_each(?)) AND kind = 'file'
           AND state IN ('failed', 'cancelled', 'blocked', 'skipped') RETURNING id`,
      ).all(JSON.stringify(wanted)),
    )
  }

  /** Takes failed folders out of the journal, to be planned again. */
  takeFailedFolders(wanted: readonly number[]): Pick<LeasedRow, 'row' | 'request'>[] {
    const found = ids(
      this.#statement(`SELECT id FROM transfers WHERE id IN (SELECT value FROM json_each(?)) AND kind = 'folder'`).all(
        JSON.stringify(wanted),
      ),
    )
    const rows = found.map((id) => this.#read(id)).filter((row) => row !== null)
    this.#statement('DELETE FROM transfers WHERE id IN (SELECT value FROM json_each(?))').run(JSON.stringify(found))
    return rows
  }

  /** Forgets every row that has ended. */
  clearFinished(): void {
    this.#statement(`DELETE FROM transfers WHERE state IN ('done', 'blocked', 'failed', 'skipped', 'cancelled')`).run()
  }

  /** A left-over part file is gone. */
  forgetPart(id: number): void {
    this.#statement('UPDATE transfers SET part = NULL WHERE id = ?').run(id)
  }

  // ---- plumbing -------------------------------------------------------------------------------------------------

  /** All that `work` writes, or nothing. `work` must not wait, and not call this again. */
  transaction(work: () => void): void {
    this.#db.transaction(work)
  }

  #read(id: number): (Omit<LeasedRow, 'part'> & { part: string | null }) | null {
    const found = this.#statement(`SELECT ${ROW_COLUMNS} FROM ${ROW_TABLES} WHERE t.id = ?`).get(id)
    if (!found) return null
    const row = toRow(found)
    return {
      row,
      kind: found['kind'] as RowKind,
      request: {
        id: Number(found['request']),
        endpoint: row.endpoint,
        direction: row.direction,
        targetFolder: text(found['target_folder']),
        transferType: found['transfer_type'] as TransferType,
        conflict: found['conflict'] as ConflictPolicy,
        mode: found['mode'] as TransferMode,
      },
      modified: number(found['modified']),
      answer: found['answer'] as ConflictAction | null,
      attempts: Number(found['attempts']),
      part: found['part'] === null ? null : text(found['part']),
    }
  }

  #statement(sql: string): StatementSync {
    return this.#db.statement(sql)
  }
}
