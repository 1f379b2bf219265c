import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fits, isPattern } from './pattern.ts'

test.each([
  ['*', 'a', true],
  ['*', '', true],
  ['*.txt', 'a.txt', true],
  ['*.txt', 'a.txt.gz', false],
  ['*.txt', '.txt', false],
  ['.*', '.hidden', true],
  ['?.txt', 'a.txt', true],
  ['?.txt', '.txt', false],
  ['?', '🦥', true],
  ['a*b*c', 'axxbxxbxxc', true],
  ['a*b*c', 'axxbxx', false],
  ['a', 'A', false],
  ['[a]', 'a', false],
  ['[a]', '[a]', true],
  ['a.c', 'abc', false],
])('"%s" and "%s": %s', (pattern, name, expected) => {
  expect(fits(pattern, name)).toBe(expected)
})

test('hidden names fit when all are asked for', () => {
  expect(fits('*', '.hidden', true)).toBe(true)
})

test('is what a regular expression says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      expect(fits(pattern, name)).toBe(expression.test(name))
    }),
  )
})

test('a pattern made to take for ever does not', () => {
  expect(fits(`${'*a'.repeat(2000)}b`, 'a'.repeat(255))).toBe(false)
})

test('knows what is a pattern', () => {
  expect(['*.txt', 'a?', 'a', '[a]'].map(isPattern)).toEqual([true, true, false, false])
})
