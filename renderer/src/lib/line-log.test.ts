import { expect, test } from 'vitest'
import type { ConsoleLine } from '../../../common/console.ts'
import { EMPTY_LOG, MOST_LINES, appendLines, logText, type LineLog } from './line-log.ts'

const lines = (from: number, to: number): ConsoleLine[] =>
  Array.from({ length: to - from }, (_, i) => ({ text: String(from + i), tone: 'normal' }))
const numbers = (log: LineLog): number[] => log.blocks.flatMap((block) => block.lines.map(({ text }) => Number(text)))

test('lines stay in order, however they come, and full blocks stay the same', () => {
  let log = EMPTY_LOG
  for (const [from, to] of [
    [0, 1],
    [1, 99],
    [99, 101],
    [101, 350],
    [350, 350],
    [350, 351],
  ] as const) {
    const before = log.blocks[0]
    log = appendLines(log, lines(from, to))
    if (before && before.lines.length === 100) expect(log.blocks[0]).toBe(before)
  }
  expect(numbers(log)).toEqual(lines(0, 351).map(({ text }) => Number(text)))
  expect(log.blocks.map(({ start }) => start)).toEqual([0, 100, 200, 300])
  expect([log.count, log.next]).toEqual([351, 351])
})

test('the oldest lines go, and names of blocks are never used again', () => {
  let log = EMPTY_LOG
  for (let i = 0; i < MOST_LINES + 250; i += 50) log = appendLines(log, lines(i, i + 50))
  expect(log.count).toBeLessThanOrEqual(MOST_LINES)
  expect(log.count).toBeGreaterThan(MOST_LINES - 100)
  expect(numbers(log).at(-1)).toBe(MOST_LINES + 249)
  expect(new Set(log.blocks.map(({ start }) => start)).size).toBe(log.blocks.length)
  expect(log.blocks[0]?.start).toBe(300)
})

test('of more lines at once than are kept, the newest stay', () => {
  const log = appendLines(appendLines(EMPTY_LOG, lines(0, 10)), lines(10, 100_010))
  expect(log.count).toBe(MOST_LINES)
  expect([numbers(log)[0], numbers(log).at(-1)]).toEqual([100_010 - MOST_LINES, 100_009])
  expect(log.next).toBe(100_010)
})

test('the text of it all has a line for each', () => {
  expect(logText(appendLines(EMPTY_LOG, lines(0, 3)))).toBe('0\n1\n2')
})
