/**
 * The queue's memory on disk: one row a file, in SQLite (WAL). It is also the history. Workers lease rows from here, so
 * that a million waiting files are rows on disk and not objects. All calls are synchronous and short.
 */
import { renameSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { SluiceError, type ErrorData } from '../../common/errors.ts'
import type {
  ConflictAction,
  ConflictPolicy,
  Direction,
  TransferRow,
  TransferState,
  TransferTotals,
  TransferType,
} from '../../common/models.ts'
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
  type PlannedFolder,
  type QuestionFacts,
  type RequestRecord,
  type RowEnd,
  type RowKind,
} from './journal-rows.ts'
import { MIGRATIONS, TEMPORARY } from './schema.ts'

const INTERRUPTED: ErrorData = {
  code: 'interrupted',
  message: 'The program ended before this file was finished. Retry to move it.',
}

/**
 * Result codes that say nothing against the file itself: PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
 * (https://sqlite.org/rescode.html; the low byte of an extended code).
 */
const CIRCUMSTANCES: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 13, 14])

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null
  return !(typeof code === 'number' && CIRCUMSTANCES.has(code & 0xff))
}

export class Journal {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Opens or creates the journal. A file that is not a readable database is set aside under another name: an unreadable
   * history must not keep the program from starting. A full disk or a missing permission is no reason to set it aside.
   * Rows that were not finished become `failed` with code `interrupted`.
   */
  static open(file: string, now: number): Journal {
    let journal: Journal
    try {
      journal = Journal.#prepare(file)
    } catch (error) {
      if (file === ':memory:') throw error
      if (!isDamage(error)) {
        const why = error instanceof Error ? error.message : String(error)
        throw new SluiceError('local-io', `The list of transfers in ${file} cannot be opened: ${why}.`, {
          cause: error,
        })
      }
      renameSync(file, `${file}.unreadable-${now}`)
      journal = Journal.#prepare(file)
    }
    journal
      .#statement(
        `UPDATE transfers SET state = 'failed', error = ?, ended_at = ?, question = NULL
         WHERE state IN ('queued', 'asking', 'transferring')`,
      )
      .run(JSON.stringify(INTERRUPTED), now)
    journal.#db.exec('DELETE FROM requests WHERE id NOT IN (SELECT request FROM transfers)')
    return journal
  }

  static #prepare(file: string): Journal {
    const db = new DatabaseSync(file)
    try {
      // NORMAL: a power cut may lose the last commits but never breaks the file; a row lost so is an interrupted one.
      db.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = FILE',
      )
      const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
      for (const [at, step] of MIGRATIONS.entries()) {
        if (at >= version) db.exec(`BEGIN; ${step}; PRAGMA user_version = ${at + 1}; COMMIT`)
      }
      db.exec(TEMPORARY)
      return new Journal(db)
    } catch (error) {
      db.close()
      throw error
    }
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  // ---- requests and planning ------------------------------------------------------------------------------------

  addRequest(request: Omit<RequestRecord, 'id'>): RequestRecord {
    const { protocol, host, port, user } = request.endpoint
    const key = [protocol, host, port, user]
    this.#statement('INSERT OR IGNORE INTO endpoints (protocol, host, port, user) VALUES (?, ?, ?, ?)').run(...key)
    const { lastInsertRowid } = this.#statement(
      `INSERT INTO requests (endpoint, direction, target_folder, transfer_type, conflict)
       SELECT id, ?, ?, ?, ? FROM endpoints WHERE protocol = ? AND host = ? AND port = ? AND user = ?`,
    ).run(request.direction, request.targetFolder, request.transferType, request.conflict, ...key)
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

  /**
   * Notes that a plan has met a name: 'new', 'again' in this attempt (the folder lists it twice), or 'known' from an
   * attempt before this one.
   */
  markSeen(plan: number, key: bigint, attempt: number): 'new' | 'again' | 'known' {
    const { changes } = this.#statement('INSERT OR IGNORE INTO seen (plan, key, attempt) VALUES (?, ?, ?)').run(
      plan,
      key,
      attempt,
    )
    if (changes === 1) return 'new'
    const update = this.#statement('UPDATE seen SET attempt = ? WHERE plan = ? AND key = ? AND attempt < ?')
    return update.run(attempt, plan, key, attempt).changes === 1 ? 'known' : 'again'
  }

  pushFolder(plan: number, folder: PlannedFolder): void {
    this.#statement('INSERT INTO folders (plan, local_path, remote_path, depth) VALUES (?, ?, ?, ?)').run(
      plan,
      folder.localPath,
      folder.remotePath,
      folder.depth,
    )
  }

  popFolder(plan: number): PlannedFolder | null {
    const found = this.#statement(
      `DELETE FROM folders WHERE id = (SELECT max(id) FROM folders WHERE plan = ?) RETURNING local_path, remote_path, depth`,
    ).get(plan)
    if (!found) return null
    return {
      localPath: text(found['local_path']),
      remotePath: text(found['remote_path']),
      depth: Number(found['depth']),
    }
  }

  endPlan(plan: number): void {
    this.#statement('DELETE FROM folders WHERE plan = ?').run(plan)
    this.#statement('DELETE FROM seen WHERE plan = ?').run(plan)
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
      `UPDATE transfers SET state = 'transferring', part = ?, error = NULL, transferred = 0, scanned = 0 WHERE id = ?`,
    ).run(leased.part, leased.row.id)
    const row: TransferRow = { ...leased.row, state: 'transferring', error: null, transferred: 0, scanned: 0 }
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
         scanned = ?, type = ?, ended_at = ?, part = CASE WHEN ? THEN part END WHERE id = ?`,
    ).run(
      end.state,
      toJson(end.scan),
      toJson(end.error),
      row.localPath,
      row.remotePath,
      row.size,
      row.transferred,
      row.scanned,
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

  // ---- conflicts ------------------------------------------------------------------------------------------------

  /** Lets a row wait for a person; back into the queue instead if "apply to all" was said while its job ran. */
  setAsking(id: number, question: QuestionFacts): void {
    this.#statement(
      `UPDATE transfers SET question = ?, state =
         CASE (SELECT conflict FROM requests WHERE id = request) WHEN 'ask' THEN 'asking' ELSE 'queued' END WHERE id = ?`,
    ).run(JSON.stringify(question), id)
  }

  /** The oldest row of a request that waits for a person. */
  firstAsking(request: number): { id: number; direction: Direction; question: QuestionFacts } | null {
    const found = this.#statement(
      `SELECT t.id, t.question, r.direction FROM transfers t JOIN requests r ON r.id = t.request
       WHERE t.request = ? AND t.state = 'asking' ORDER BY t.id LIMIT 1`,
    ).get(request)
    if (!found) return null
    return {
      id: Number(found['id']),
      direction: found['direction'] as Direction,
      question: JSON.parse(text(found['question'])) as QuestionFacts,
    }
  }

  /** Records the decision for one row and puts it back into the queue. */
  answer(id: number, answer: ConflictAction): void {
    this.#statement(
      `UPDATE transfers SET state = 'queued', answer = ?, question = NULL, not_before = 0 WHERE id = ? AND state = 'asking'`,
    ).run(answer, id)
  }

  /** Records the decision for a whole request and puts its waiting rows back; gives their ids. */
  answerAll(request: number, answer: ConflictAction): number[] {
    this.#statement('UPDATE requests SET conflict = ? WHERE id = ?').run(answer, request)
    return ids(
      this.#statement(
        `UPDATE transfers SET state = 'queued', question = NULL, not_before = 0 WHERE request = ? AND state = 'asking'
         RETURNING id`,
      ).all(request),
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

  /** Ids of a request's rows that have not ended. */
  unfinished(request: number): number[] {
    return ids(
      this.#statement(
        `SELECT id FROM transfers WHERE request = ? AND state IN ('queued', 'asking', 'transferring')`,
      ).all(request),
    )
  }

  /** Puts ended files (but finished ones) back into the queue as new; gives their ids. */
  retryFiles(wanted: readonly number[]): number[] {
    return ids(
      this.#statement(
        `UPDATE transfers SET state = 'queued', transferred = 0, scanned = 0, attempts = 0, not_before = 0, error = NULL,
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

  // ---- looking --------------------------------------------------------------------------------------------------

  /** Rows by id, in the order of their ids; unknown ids are left out. */
  rows(wanted: readonly number[]): TransferRow[] {
    return this.#statement(
      `SELECT ${ROW_COLUMNS} FROM ${ROW_TABLES} WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id`,
    )
      .all(JSON.stringify(wanted))
      .map(toRow)
  }

  /** Up to `limit` rows in the order of their ids: those that have not ended first, then the newest others. */
  overview(limit: number): TransferRow[] {
    const unfinished = this.#statement(
      `SELECT id FROM transfers WHERE state IN ('transferring', 'asking', 'queued')
       ORDER BY state <> 'transferring', state <> 'asking', id LIMIT ?`,
    ).all(limit)
    const ended = this.#statement(
      `SELECT id FROM transfers WHERE state NOT IN ('transferring', 'asking', 'queued') ORDER BY id DESC LIMIT ?`,
    ).all(limit - unfinished.length)
    return this.rows(ids([...unfinished, ...ended]))
  }

  totals(): TransferTotals {
    const counts = new Map<string, number>()
    for (const row of this.#statement('SELECT state, n FROM counts').all())
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
    return this.#statement(
      `SELECT t.id, t.part FROM transfers t JOIN requests r ON r.id = t.request
       WHERE t.part IS NOT NULL AND r.direction = 'download' AND t.state NOT IN ('queued', 'transferring', 'asking')`,
    )
      .all()
      .map((row) => ({ id: Number(row['id']), part: text(row['part']) }))
  }

  /** A left-over part file is gone. */
  forgetPart(id: number): void {
    this.#statement('UPDATE transfers SET part = NULL WHERE id = ?').run(id)
  }

  // ---- plumbing -------------------------------------------------------------------------------------------------

  /** All that `work` writes, or nothing. `work` must not wait, and not call this again. */
  transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
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
      },
      modified: number(found['modified']),
      answer: found['answer'] as ConflictAction | null,
      attempts: Number(found['attempts']),
      part: found['part'] === null ? null : text(found['part']),
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
