import { expect, test } from 'vitest'
import { HashingQueue } from './hashing.ts'

test('two run at once, the rest wait in order, and too many are turned away', async () => {
  const queue = new HashingQueue()
  const begun: number[] = []
  const ends = Array.from({ length: 1003 }, () => Promise.withResolvers<number>())
  const running = ends.map(
    async ({ promise }, at) =>
      await queue.run(async () => {
        begun.push(at)
        return await promise
      }),
  )
  const last = running.pop()
  await expect(last).rejects.toMatchObject({ code: 'timeout' })
  expect(begun).toEqual([0, 1])
  // One that fails makes room like any other.
  ends[1]?.reject(new Error('broken'))
  await expect(running[1]).rejects.toThrow('broken')
  await expect.poll(() => begun).toEqual([0, 1, 2])
  for (const [at, { resolve }] of ends.entries()) resolve(at)
  const rest = await Promise.allSettled(running)
  expect(rest.filter(({ status }) => status === 'fulfilled')).toHaveLength(1001)
  expect(begun).toHaveLength(1002)
})
