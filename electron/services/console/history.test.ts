import fc from 'fast-check'
import { expect, test } from 'vitest'
import { remember, remembered, withoutPasswords } from './history.ts'
import { quoteWord } from './parse.ts'

test('lines are kept once in a row, the last 500 of them', () => {
  expect(remembered(['ls', 'ls', ' ls ', '', 'cd x', 'ls'])).toEqual(['ls', 'cd x', 'ls'])
  const many = remembered(Array.from({ length: 600 }, (_, at) => `cd ${at}`))
  expect(many).toHaveLength(500)
  expect(many.at(-1)).toBe('cd 599')
  expect(remember(many, 'ls')).toHaveLength(500)
})

test.each([
  ['open ftp://me:secret@host/x', 'open ftp://me@host/x'],
  ['OP FTPS://me:se:cret@host 990', 'OP FTPS://me@host 990'],
  ['open ftp://:secret@host', 'open ftp://@host'],
  ['open "ftp://me:secret word@host"', 'open ftp://me@host'],
  ['open ftp://me:p@ss@host/', 'open ****'],
  ['open ftp://me:p/secret@host/', 'open ****'],
  ['open ftp://me:secret word@host', 'open ****'],
  ['open ftp://me:secret@ho"st', 'open ftp://me@host'],
  ['open me:secret@host', 'open me@host'],
  ['ftp "me:secret word@host" 21', 'ftp me@host 21'],
  ['open me@host:2121/a@b', 'open me@host:2121/a@b'],
  ['opne me:secret@host', 'opne me@host'],
  ['gett "a b.txt"', 'gett "a b.txt"'],
  ['open ::1 21', 'open ::1 21'],
  ['open [::1]:21', 'open [::1]:21'],
  ['open host 21', 'open host 21'],
  ['open host secret', 'open host ****'],
  ['open host 21 secret', 'open host 21 ****'],
  ['open ftp://me:secret@host me secret', 'open ftp://me@host ****'],
  ['ftp://me:secret@host', 'ftp://me@host'],
  ['ftp://me:p@ss@host', '****'],
  ['user me secret', 'user me ****'],
  ['quote PASS secret', 'quote PASS ****'],
  ['raw "pass secret"', 'raw PASS ****'],
  [`quo 'ACCT' secret`, 'quo ACCT ****'],
  ['quote SITE SIGNUP me secret', 'quote SITE SIGNUP ****'],
  ['quo "site signup me" secret word', 'quo SITE SIGNUP ****'],
  ['quote SITE CHMOD 644 signup', 'quote SITE CHMOD 644 signup'],
  ['frobnicate ftp://me:secret@host', 'frobnicate ftp://me@host'],
  ['frobnicate ftp://me:p@ss@host', 'frobnicate ****'],
  ['get ftp://host:21/a@b', 'get ftp://host:21/a@b'],
  ['put user:x@example.txt "a  b"', 'put user:x@example.txt "a  b"'],
  ['cd a; user me secret; ls "x;y"', 'cd a; user me ****; ls "x;y"'],
  ['pwd; open ftp://me:12;34@host', 'pwd; open ftp://me:12; ****'],
])('%s is kept as %s', (line, kept) => {
  expect(withoutPasswords(line)).toBe(kept)
})

test('no password of any kind is kept, however the line holds it', () => {
  const word = fc.string({ unit: fc.constantFrom(...'QZ79/@: "\'\\#;?%'), minLength: 1, maxLength: 12 })
  const shapes = [
    (password: string) => `open ${quoteWord(`ftp://me:${password}@host/pub`)}`,
    (password: string) => `open ftp://me:${password}@host`,
    (password: string) => `ftp me:${password}@host`,
    (password: string) => `open host ${quoteWord(`x${password}`)}`,
    (password: string) => `user me ${password}`,
    (password: string) => `quote PASS ${password}`,
    (password: string) => `quote SITE SIGNUP me ${password}`,
    (password: string) => `ls ftp://me:${password}@host`,
  ]
  fc.assert(
    fc.property(word, fc.constantFrom(...shapes), (rest, shape) => {
      expect(withoutPasswords(shape(`SECRET${rest}`))).not.toContain('SECRET')
    }),
    { numRuns: 2000 },
  )
})
