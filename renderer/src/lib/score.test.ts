import { expect, test } from 'vitest'
import { score } from './score.ts'

test('the better the fit, the higher: name, beginning, word, part, letters in order', () => {
  const scores = ['put', 'put all', 'do put', 'reput', 'pull up top'].map((name) => score(name, 'put'))
  expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  expect(new Set(scores).size).toBe(scores.length)
  expect(scores[0]).toBe(1)
  expect(scores.at(-1)).toBeGreaterThan(0)
})

test('of two that fit alike the shorter one wins', () => {
  expect(score('passive', 'pas')).toBeGreaterThan(score('passive and more', 'pas'))
})

test('case, spaces and hyphens make no difference', () => {
  expect(score('Show-Log', 'show log')).toBe(1)
  expect(score('Retry all failed', 'RAF')).toBeGreaterThan(0)
  expect(score('New folder', 'nwfld')).toBeGreaterThan(0)
})

test('letters that are there by chance do not count, nor does nothing', () => {
  expect(score('Transfers', 'rsr')).toBe(0)
  expect(score('get', 'zzz')).toBe(0)
  expect(score('get', 'getting')).toBe(0)
  expect(score('get', ' ')).toBe(0)
})
