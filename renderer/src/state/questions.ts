import { create } from 'zustand'
import type { Question, QuestionAnswer } from '../../../common/models.ts'
import { call } from '../api.ts'
import { report } from './ui.ts'

/** What main waits for a person to decide, oldest first; one is shown at a time. */
export const useQuestions = create<{ questions: Question[] }>()(() => ({ questions: [] }))

export function addQuestion(question: Question): void {
  useQuestions.setState(({ questions }) =>
    questions.some((q) => q.id === question.id) ? {} : { questions: [...questions, question] },
  )
}

export function dropQuestion(id: number): void {
  useQuestions.setState(({ questions }) => ({ questions: questions.filter((q) => q.id !== id) }))
}

export function answerQuestion(id: number, answer: QuestionAnswer): void {
  dropQuestion(id)
  report(call('questions.answer', id, answer))
}
