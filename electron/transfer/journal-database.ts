/** The journal's file: opened or made anew, brought to the newest version, and its prepared statements. */
import { renameSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { SluiceError } from '../../common/errors.ts'
import { MIGRATIONS, TEMPORARY } from './schema.ts'

/**
 * Result codes that say nothing against the file itself: PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
 * (https://sqlite.org/rescode.html; the low byte of an extended code).
 */
const CIRCUMSTANCES: ReadonlySet<number> = new Set([3, 5, 6, 7, 8, 10, 13, 14])

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null
  return !(typeof code === 'number' && CIRCUMSTANCES.has(code & 0xff))
}

export class JournalDatabase {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /**
   * Opens or creates the file. One that is not a readable database is set aside under another name: an unreadable
   * history must not keep the program from starting. A full disk or a missing permission is no reason to set it aside.
   * @throws SluiceError 'local-io' when it cannot be opened, and is not damaged
   */
  static open(file: string, now: number): JournalDatabase {
    try {
      return JournalDatabase.#prepare(file)
    } catch (error) {
      if (file === ':memory:') throw error
      if (!isDamage(error)) {
        const why = error instanceof Error ? error.message : String(error)
        throw new SluiceError('local-io', `The list of transfers in ${file} cannot be opened: ${why}.`, {
          cause: error,
        })
      }
      renameSync(file, `${file}.unreadable-${now}`)
      return JournalDatabase.#prepare(file)
    }
  }

  static #prepare(file: string): JournalDatabase {
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
      return new JournalDatabase(db)
    } catch (error) {
      db.close()
      throw error
    }
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  /** The statement, prepared once. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

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

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }
}
