import { expect, test } from 'vitest'
import { completionStep, inColumns } from './completion.ts'

const offer = (...candidates: string[]) => ({ from: 0, candidates, labels: candidates.map((text) => text.trim()) })

test('one candidate is typed to its end', () => {
  expect(completionStep('he', offer('help '))).toEqual({ erase: 0, insert: 'lp ', show: [] })
})

test('several are typed as far as they agree, and listed then', () => {
  expect(completionStep('m', offer('mkdir ', 'mkfifo '))).toEqual({ erase: 0, insert: 'k', show: [] })
  expect(completionStep('mk', offer('mkdir ', 'mkfifo '))).toEqual({ erase: 0, insert: '', show: ['mkdir', 'mkfifo'] })
})

test('what was typed gives way where the candidate is written otherwise', () => {
  expect(completionStep('My f', offer('my\\ file '))).toEqual({ erase: 4, insert: 'my\\ file ', show: [] })
  expect(completionStep('😀x', offer('"😀 x" '))).toMatchObject({ erase: 2 })
})

test('nothing is offered, nothing happens', () => {
  expect(completionStep('x', offer())).toEqual({ erase: 0, insert: '', show: [] })
})

test('names that have nothing in common are listed', () => {
  expect(completionStep('', offer('a ', 'b '))).toMatchObject({ insert: '', show: ['a', 'b'] })
})

test('columns go downwards and fit; control characters are made visible', () => {
  expect(inColumns(['a', 'bb', 'c', 'd', 'e'], 13)).toEqual(['a   c   e', 'bb  d'])
  expect(inColumns(['\u001b[2J'], 80)).toEqual(['<U+001B>[2J'])
  expect(inColumns(['x'.repeat(100)], 20)).toHaveLength(1)
})
