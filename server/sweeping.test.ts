import { expect, test } from 'vitest'
import { keepSwept } from './sweeping.ts'

const at = (root: string): never => ({ root }) as never

test('every root is looked at once, one after the other', async () => {
  const swept: string[] = []
  const done = Promise.withResolvers<void>()
  const end = keepSwept(
    { list: () => Promise.resolve([at('/a'), at('/b'), at('/a')]) },
    {
      sweep: (root) => {
        if (swept.push(root) === 2) done.resolve()
        return Promise.resolve()
      },
    },
    (message) => done.reject(new Error(message)),
  )
  await done.promise
  await end()
  expect(swept).toEqual(['/a', '/b'])
})

test('trouble is told, and the end does not wait for a long look', async () => {
  const problems: string[] = []
  const told = Promise.withResolvers<void>()
  const end = keepSwept(
    { list: () => Promise.reject(new Error('no database')) },
    { sweep: () => told.promise },
    (message) => {
      problems.push(message)
      told.resolve()
    },
  )
  await told.promise
  await end()
  expect(problems).toEqual(['Leftovers of uploads could not be looked for: no database'])

  const begun = Promise.withResolvers<void>()
  const endLong = keepSwept(
    { list: () => Promise.resolve([at('/a'), at('/b')]) },
    {
      sweep: async (_root, signal) => {
        begun.resolve()
        await new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
      },
    },
    (message) => problems.push(message),
  )
  await begun.promise
  await endLong()
  expect(problems).toHaveLength(1)
})
