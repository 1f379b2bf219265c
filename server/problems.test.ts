import { expect, test } from 'vitest'
import { RecentProblems } from './problems.ts'

test('the newest come first, each once, a few of them, and none is long or deceives a terminal', () => {
  const problems = new RecentProblems()
  for (const [at, text] of ['a', 'b', 'c', 'a', 'd', 'e', 'f'].entries()) problems.add(text, at)
  expect(problems.list()).toEqual([
    { time: 6, message: 'f' },
    { time: 5, message: 'e' },
    { time: 4, message: 'd' },
    { time: 3, message: 'a' },
    { time: 2, message: 'c' },
  ])
  problems.add('x\u001b[2J'.repeat(1000), 7)
  const [last] = problems.list()
  expect(last?.message).not.toContain('\u001b')
  expect(last?.message.length).toBeLessThan(4000)
})
