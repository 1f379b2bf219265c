import { expect, test } from 'vitest'
import type { Question } from '../../common/models.ts'
import { Questions } from './questions.ts'

const conflict = {
  kind: 'conflict',
  direction: 'upload',
  target: '/a.txt',
  source: { size: 1, modified: null },
  existing: { size: 2, modified: null },
} as const

function recorded() {
  const opened: Question[] = []
  const closed: number[] = []
  const questions = new Questions({ opened: (question) => opened.push(question), closed: (id) => closed.push(id) })
  return { questions, opened, closed }
}

test('an answer reaches the asker and closes the question', async () => {
  const { questions, opened, closed } = recorded()
  const asking = questions.ask(conflict, new AbortController().signal)
  expect(questions.pending()).toEqual(opened)
  questions.answer(1, { kind: 'conflict', answer: 'skip', applyToAll: true })
  expect(await asking).toEqual({ kind: 'conflict', answer: 'skip', applyToAll: true })
  expect(closed).toEqual([1])
  expect(questions.pending()).toEqual([])
})

test('a question is withdrawn when its asker gives up', async () => {
  const { questions, closed } = recorded()
  const controller = new AbortController()
  const asking = questions.ask(conflict, controller.signal)
  controller.abort()
  await expect(asking).rejects.toMatchObject({ code: 'cancelled' })
  expect(closed).toEqual([1])
  // The window may answer in the same moment.
  expect(() => questions.answer(1, { kind: 'conflict', answer: 'skip', applyToAll: false })).not.toThrow()
  await expect(questions.ask(conflict, controller.signal)).rejects.toMatchObject({ code: 'cancelled' })
})

test('an answer to another kind of question is refused and the question stays open', () => {
  const { questions } = recorded()
  void questions.ask(conflict, new AbortController().signal)
  expect(() => questions.answer(1, { kind: 'certificate', answer: 'always' })).toThrow('about a conflict')
  expect(questions.pending()).toHaveLength(1)
})
