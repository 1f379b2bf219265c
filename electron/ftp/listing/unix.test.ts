import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseUnixLine } from './unix.ts'

const NOW = Date.UTC(2026, 10, 20, 12, 0)
const parse = (line: string) => parseUnixLine(line, NOW)

test('a file, a folder, a link', () => {
  expect(parse('-rw-r--r--    1 1000     users        1234 Nov 19 08:30 report.pdf')).toEqual({
    name: 'report.pdf',
    type: 'file',
    size: 1234,
    modified: Date.UTC(2026, 10, 19, 8, 30),
    permissions: 'rw-r--r--',
    owner: '1000',
    group: 'users',
    target: null,
  })
  expect(parse('drwxr-sr-t   22 ftp      ftp          4096 Jan 01  2020 pub')).toMatchObject({
    name: 'pub',
    type: 'dir',
    size: null,
    modified: Date.UTC(2020, 0, 1),
  })
  expect(parse('lrwxrwxrwx    1 0        0               7 Mar 03 10:00 latest -> pub/1 -> 2')).toMatchObject({
    name: 'latest',
    type: 'link',
    target: 'pub/1 -> 2',
  })
})

describe('names', () => {
  test.each([
    'two  blanks',
    ' leading blank',
    'trailing ',
    '-dash',
    '[x]',
    'a -> b',
    '"quoted"',
    'größe 文',
    '12:30',
    'Jan 01 12:30 x',
    '../x',
    '/abs',
    'C:\\x',
  ])('%j', (name) => {
    expect(parse(`-rw-r--r-- 1 user group 5 Nov 19 08:30 ${name}`)?.name).toBe(name)
  })
})

describe('other forms of ls', () => {
  test.each([
    ['no group', '-rw-r--r--   1 owner   1803128 Jul 10 10:18 a', { owner: 'owner', group: null, size: 1803128 }],
    ['a group with a blank', '-rw-r--r-- 1 me Domain Users 12 Jul 10 10:18 a', { owner: 'me', group: 'Domain Users' }],
    ['an ACL mark', '-rw-r--r--+ 1 me us 12 Jul 10 10:18 a', { permissions: 'rw-r--r--' }],
    ['ISO time', '-rw-r--r-- 1 me us 12 2024-02-29 10:18 a', { modified: Date.UTC(2024, 1, 29, 10, 18) }],
    [
      'full ISO time',
      '-rw-r--r-- 1 me us 12 2024-02-29 10:18:01.123 +0000 a',
      { modified: Date.UTC(2024, 1, 29, 10, 18) },
    ],
    ['a device', 'crw-rw-rw- 1 root root 1, 3 Jul 10 10:18 null', { type: 'other', size: null, name: 'null' }],
    ['a large file', '-rw-r--r-- 1 me us 5368709120 Jul 10 10:18 a', { size: 5_368_709_120 }],
    ['one digit of day', '-rw-r--r-- 1 me us 1 Jul  9 10:18 a', { modified: Date.UTC(2026, 6, 9, 10, 18) }],
    ['links glued to the mode', '-rw-r--r--1234 me us 1 Jul  9 10:18 a', { owner: 'me' }],
  ])('%s', (_what, line, expected) => {
    expect(parse(line)).toMatchObject(expected)
  })
})

describe('a time without a year is the newest that is not in the future', () => {
  test.each([
    ['Nov 20 11:59', Date.UTC(2026, 10, 20, 11, 59)],
    // A day of grace: the server's clock may be ahead.
    ['Nov 21 11:59', Date.UTC(2026, 10, 21, 11, 59)],
    ['Nov 22 00:00', Date.UTC(2025, 10, 22)],
    ['Dec 31 23:59', Date.UTC(2025, 11, 31, 23, 59)],
    ['Feb 29 00:00', Date.UTC(2024, 1, 29)],
  ])('%s', (time, expected) => {
    expect(parse(`-rw-r--r-- 1 me us 1 ${time} a`)?.modified).toBe(expected)
  })

  test('the first days of a year see December as last year', () => {
    expect(parseUnixLine('-rw-r--r-- 1 me us 1 Dec 31 23:00 a', Date.UTC(2027, 0, 1))?.modified).toBe(
      Date.UTC(2026, 11, 31, 23),
    )
  })
})

test.each([
  '',
  'total 12',
  'd',
  '-rw-r--r-- 1 me us 1 Jul 10 10:18 ',
  '-rw-r--r-- 1 me us 1 Foo 10 10:18 a',
  '-rw-r--r-- 1 me us 1 Jul 32 10:18 a',
  '-rw-r--r-- 1 me us 1 Jul 10 25:18 a',
  '-rw-r--r-- 1 me us x Jul 10 10:18 a',
  '01-16-24  11:14AM       <DIR>          folder',
  'type=file;size=1; a',
])('%j is of another form', (line) => {
  expect(parse(line)).toBeNull()
})

test('what ls writes is read back, whatever the name', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/[\r\n]/.test(text) && text.trim() !== '')
  fc.assert(
    fc.property(name, fc.nat(), (text, size) => {
      expect(parse(`-rw-r--r-- 1 me us ${size} Nov 19 08:30 ${text}`)).toMatchObject({ name: text, size, type: 'file' })
    }),
  )
})

test('a hostile line costs no time', () => {
  const started = performance.now()
  for (const line of [
    `-rw-r--r-- 1 ${'a '.repeat(30_000)}`,
    `drwxr-xr-x ${'1 '.repeat(30_000)}x`,
    `-rw-r--r-- 1 a ${' '.repeat(60_000)}b`,
  ]) {
    expect(parse(line)).toBeNull()
  }
  expect(performance.now() - started).toBeLessThan(1000)
})
