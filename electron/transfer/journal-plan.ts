/** What a plan notes while it walks: folders still to come, names it has met. On disk, since there may be millions. */
import { text, type PlannedFolder } from './journal-rows.ts'
import type { JournalDatabase } from './journal-database.ts'

export class PlanNotes {
  readonly #db: JournalDatabase

  constructor(db: JournalDatabase) {
    this.#db = db
  }

  /**
   * Notes that a plan has met a name: 'new', 'again' in this attempt (the folder lists it twice), or 'known' from an
   * attempt before this one.
   */
  markSeen(plan: number, key: bigint, attempt: number): 'new' | 'again' | 'known' {
    const { changes } = this.#db
      .statement('INSERT OR IGNORE INTO seen (plan, key, attempt) VALUES (?, ?, ?)')
      .run(plan, key, attempt)
    if (changes === 1) return 'new'
    const update = this.#db.statement('UPDATE seen SET attempt = ? WHERE plan = ? AND key = ? AND attempt < ?')
    return update.run(attempt, plan, key, attempt).changes === 1 ? 'known' : 'again'
  }

  pushFolder(plan: number, folder: PlannedFolder): void {
    this.#db
      .statement('INSERT INTO folders (plan, local_path, remote_path, depth) VALUES (?, ?, ?, ?)')
      .run(plan, folder.localPath, folder.remotePath, folder.depth)
  }

  popFolder(plan: number): PlannedFolder | null {
    const found = this.#db
      .statement(
        `DELETE FROM folders WHERE id = (SELECT max(id) FROM folders WHERE plan = ?) RETURNING local_path, remote_path, depth`,
      )
      .get(plan)
    if (!found) return null
    return {
      localPath: text(found['local_path']),
      remotePath: text(found['remote_path']),
      depth: Number(found['depth']),
    }
  }

  end(plan: number): void {
    this.#db.statement('DELETE FROM folders WHERE plan = ?').run(plan)
    this.#db.statement('DELETE FROM seen WHERE plan = ?').run(plan)
  }
}
