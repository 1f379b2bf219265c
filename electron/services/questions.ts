/** Questions that only a person can answer. Each waits until it is answered or its asker gives up. */
import { SluiceError } from '../../common/errors.ts'
import type { Question, QuestionAnswer, QuestionBody } from '../../common/models.ts'

type AnswerTo<B extends QuestionBody> = Extract<QuestionAnswer, { kind: B['kind'] }>

interface Waiting {
  question: Question
  settle: (answer: QuestionAnswer) => void
}

export interface QuestionEvents {
  opened(question: Question): void
  closed(id: number): void
}

export class Questions {
  readonly #waiting = new Map<number, Waiting>()
  readonly #events: QuestionEvents
  #lastId = 0

  constructor(events: QuestionEvents) {
    this.#events = events
  }

  pending(): Question[] {
    return [...this.#waiting.values()].map((waiting) => waiting.question)
  }

  /** Asks and waits. @throws SluiceError cancelled when `signal` aborts; the question is then withdrawn */
  ask<B extends QuestionBody>(body: B, signal: AbortSignal): Promise<AnswerTo<B>> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new SluiceError('cancelled', 'Cancelled.'))
        return
      }
      const id = ++this.#lastId
      const close = (): void => {
        signal.removeEventListener('abort', withdraw)
        this.#waiting.delete(id)
        this.#events.closed(id)
      }
      const withdraw = (): void => {
        close()
        reject(new SluiceError('cancelled', 'Cancelled.'))
      }
      signal.addEventListener('abort', withdraw, { once: true })
      const question: Question = { ...body, id }
      this.#waiting.set(id, {
        question,
        settle: (answer) => {
          close()
          // answer() has compared the kinds.
          resolve(answer as AnswerTo<B>)
        },
      })
      this.#events.opened(question)
    })
  }

  /** @throws SluiceError bad-argument when the answer is for another kind of question */
  answer(id: number, answer: QuestionAnswer): void {
    const waiting = this.#waiting.get(id)
    // Withdrawn a moment ago: the window has been told.
    if (!waiting) return
    if (waiting.question.kind !== answer.kind) {
      throw new SluiceError('bad-argument', `Question ${id} is about a ${waiting.question.kind}.`)
    }
    waiting.settle(answer)
  }
}
