/** Rows that wait for a person to decide about a conflict: they lie in the journal, without a worker. */
import type { ConflictAction, Direction } from '../../common/models.ts'
import type { JournalDatabase } from './journal-database.ts'
import { ids, text, type QuestionFacts } from './journal-rows.ts'

export class JournalConflicts {
  readonly #db: JournalDatabase

  constructor(db: JournalDatabase) {
    this.#db = db
  }

  /** Lets a row wait for a person; back into the queue instead if "apply to all" was said while its job ran. */
  setAsking(id: number, question: QuestionFacts): void {
    this.#db
      .statement(
        `UPDATE transfers SET question = ?, state =
         CASE (SELECT conflict FROM requests WHERE id = request) WHEN 'ask' THEN 'asking' ELSE 'queued' END WHERE id = ?`,
      )
      .run(JSON.stringify(question), id)
  }

  /** The oldest row of a request that waits for a person. */
  firstAsking(request: number): { id: number; direction: Direction; question: QuestionFacts } | null {
    const found = this.#db
      .statement(
        `SELECT t.id, t.question, r.direction FROM transfers t JOIN requests r ON r.id = t.request
       WHERE t.request = ? AND t.state = 'asking' ORDER BY t.id LIMIT 1`,
      )
      .get(request)
    if (!found) return null
    return {
      id: Number(found['id']),
      direction: found['direction'] as Direction,
      question: JSON.parse(text(found['question'])) as QuestionFacts,
    }
  }

  /** Records the decision for one row and puts it back into the queue. */
  answer(id: number, answer: ConflictAction): void {
    this.#db
      .statement(
        `UPDATE transfers SET state = 'queued', answer = ?, question = NULL, not_before = 0 WHERE id = ? AND state = 'asking'`,
      )
      .run(answer, id)
  }

  /** Records the decision for a whole request and puts its waiting rows back; gives their ids. */
  answerAll(request: number, answer: ConflictAction): number[] {
    this.#db.statement('UPDATE requests SET conflict = ? WHERE id = ?').run(answer, request)
    return ids(
      this.#db
        .statement(
          `UPDATE transfers SET state = 'queued', question = NULL, not_before = 0 WHERE request = ? AND state = 'asking'
         RETURNING id`,
        )
        .all(request),
    )
  }
}
