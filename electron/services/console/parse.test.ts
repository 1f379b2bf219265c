import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeWord, hasPattern, literal, quoteWord, splitCommands, wordsOf } from './parse.ts'

const texts = (line: string): string[] => wordsOf(line).map(({ text }) => literal(text))

test('quoting then parsing gives the words back, and none of them is a pattern', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 0, maxLength: 12 })), (words) => {
      const parsed = wordsOf(words.map(quoteWord).join(' '))
      expect(parsed.map(({ text }) => literal(text))).toEqual(words)
      expect(parsed.every(({ text, open }) => open === null && !hasPattern(text))).toBe(true)
    }),
  )
})

test('the same with the characters that matter, and with backslashes', () => {
  const special = fc.string({ unit: fc.constantFrom(...'ab *?[]{}"\'\\;#!~-(),|$'), minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.array(special, { minLength: 1 }), (words) => {
      expect(texts(words.map(quoteWord).join(' '))).toEqual(words)
      const escaped = wordsOf(words.map(escapeWord).join('  '))
      expect(escaped.map(({ text }) => literal(text))).toEqual(words)
      expect(escaped.some(({ text }) => hasPattern(text))).toBe(false)
      expect(splitCommands(words.map(quoteWord).join(' '))).toEqual([words.map(quoteWord).join(' ')])
    }),
  )
})

test.each([
  ['put a b', ['put', 'a', 'b']],
  ["  put\t'a  b' ", ['put', 'a  b']],
  [String.raw`put a\ b`, ['put', 'a b']],
  [String.raw`put "say \"x\" \n"`, ['put', String.raw`say "x" \n`]],
  [String.raw`put 'no \escape'`, ['put', String.raw`no \escape`]],
  [String.raw`lcd C:\Users\me`, ['lcd', String.raw`C:\Users\me`]],
  [`put "a"b'c'`, ['put', 'abc']],
  [`put "" ''`, ['put', '', '']],
  [String.raw`put \"`, ['put', '"']],
  [String.raw`put file\(1\).txt`, ['put', 'file(1).txt']],
])('%s', (line, words) => {
  expect(texts(line)).toEqual(words)
})

test.each([
  ['*.txt', true],
  ['a?', true],
  ['[ab]', true],
  ['{a,b}', true],
  ['"*.txt"', false],
  [`'a?'`, false],
  [String.raw`\*`, false],
  [`"*"*`, true],
  ['plain', false],
])('%s: a pattern? %s', (line, pattern) => {
  expect(hasPattern(wordsOf(line)[0]?.text ?? '')).toBe(pattern)
})

test('commands are parted at semicolons and line ends outside quotes; comments end with their line', () => {
  const text = String.raw`cd "a;b"; get x\;y ;; # a comment; not a command
ls 'c
d'
put #file`
  expect(splitCommands(text)).toEqual(['cd "a;b"', String.raw`get x\;y`, "ls 'c\nd'", 'put #file'])
  expect(splitCommands('  ')).toEqual([])
  expect(() => splitCommands('ls; cd "x; pwd')).toThrow(/not closed/)
})
