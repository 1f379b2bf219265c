import { expect, test } from 'vitest'
import { describeWith } from '../testing/describe-with.ts'
import { measure, median, medianCost } from './measure.ts'

test('median of odd and even numbers of values', () => {
  expect(median([3])).toBe(3)
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(() => median([])).toThrow('no values')
})

test('each quantity has its own median', () => {
  const costs = [
    { seconds: 1, cpu: 30, memory: 200 },
    { seconds: 2, cpu: 10, memory: 300 },
    { seconds: 3, cpu: 20, memory: 100 },
  ]
  expect(medianCost(costs)).toEqual({ seconds: 2, cpu: 20, memory: 200 })
})

describeWith(['python'], 'measuring', () => {
  test('measures time, CPU and memory of a process, and tells why it failed', async () => {
    const busy = 'const b = Buffer.alloc(150e6, 1); const end = Date.now() + 300; while (Date.now() < end);'
    const cost = await measure([process.execPath, '-e', busy])
    expect(cost.seconds).toBeGreaterThan(0.29)
    expect(cost.cpu).toBeGreaterThan(0.1)
    expect(cost.memory).toBeGreaterThan(150e6)
    await expect(measure([process.execPath, '-e', 'console.error("no luck"); process.exit(3)'])).rejects.toThrow(
      /3: no luck/,
    )
  })
})
