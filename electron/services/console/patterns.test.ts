import { expect, test } from 'vitest'
import { pathPattern } from './patterns.ts'

test.each([
  ['*.txt', 'a.txt', true],
  ['*.txt', '.a.txt', false],
  ['.*', '.a', true],
  ['*.txt', 'sub/a.txt', false],
  ['?', 'ä', true],
  ['[!a]*', 'b', true],
  ['[!a]*', 'a', false],
  ['{a,b}.txt', 'b.txt', true],
  ['file (1)*.txt', 'file (1)x.txt', true],
  ['a|b*', 'a', false],
  ['a|b*', 'a|bc', true],
  ['!x*', '!xy', true],
  ['!x*', 'ab', false],
  ['@(x)*', '@(x)y', true],
  ['a+b*', 'aab', false],
  ['"x"*', '"x"y', true],
  ['a\\*b*', 'a*bc', true],
  ['a\\*b*', 'axbc', false],
  ['a\\,b*', 'a,bc', true],
  ['a[1', 'a[1', true],
  ['{}', '{}', true],
  ['*', '-x', true],
  ['*', 'a\nb', true],
  ['u\u0308*', '\u00fcber', true],
])('%s holds against %s: %s', (pattern, path, expected) => {
  expect(pathPattern(pattern).matches(path)).toBe(expected)
})

test('the folder a pattern starts in is told apart from the rest', () => {
  expect(pathPattern('src/a b/*.py')).toMatchObject({ base: 'src/a b', deep: false })
  expect(pathPattern('/*.txt')).toMatchObject({ base: '/', deep: false })
  expect(pathPattern('/pub/**/*.txt')).toMatchObject({ base: '/pub', deep: true })
  expect(pathPattern('*.txt')).toMatchObject({ base: '', deep: false })
  expect(pathPattern('a\\*b/*.txt')).toMatchObject({ base: 'a*b', deep: false })
  expect(pathPattern('../x*')).toMatchObject({ base: '..', deep: false })
})

test('folders that cannot hold a match are not looked into', () => {
  const plain = pathPattern('a*/b/*.txt')
  expect([plain.mayHold('ab'), plain.mayHold('ab/b'), plain.mayHold('x'), plain.mayHold('ab/c')]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(plain.mayHold('ab/b/deeper')).toBe(false)
  const far = pathPattern('a/**/*.txt')
  expect(far.base).toBe('a')
  expect([far.mayHold('x'), far.mayHold('x/y/z'), far.mayHold('.git')]).toEqual([true, true, false])
  const braces = pathPattern('{a/b,c}/*.txt')
  expect([braces.deep, braces.mayHold('a/b'), braces.matches('a/b/x.txt')]).toEqual([true, true, true])
})

test('a name longer than any real one never matches, so that it cannot keep the matcher busy', () => {
  expect(pathPattern('*a*a*a*b').matches('a'.repeat(60_000))).toBe(false)
})
