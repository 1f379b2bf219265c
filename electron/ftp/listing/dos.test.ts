import { expect, test } from 'vitest'
import fc from 'fast-check'
import { parseDosLine } from './dos.ts'

test.each([
  [
    '01-16-24  11:14AM       <DIR>          epsgroup',
    { name: 'epsgroup', type: 'dir', size: null, modified: Date.UTC(2024, 0, 16, 11, 14) },
  ],
  [
    '06-05-13  03:19PM                 1973 readme.txt',
    { name: 'readme.txt', type: 'file', size: 1973, modified: Date.UTC(2013, 5, 5, 15, 19) },
  ],
  ['12-01-99  12:00AM                    0 empty', { size: 0, modified: Date.UTC(1999, 11, 1, 0, 0) }],
  ['12-01-1999  12:30PM                1,234 commas', { size: 1234, modified: Date.UTC(1999, 11, 1, 12, 30) }],
  ['2024-02-29  23:59             42 24 hours', { name: '24 hours', modified: Date.UTC(2024, 1, 29, 23, 59) }],
  ['01-16-24  11:14AM       <JUNCTION>     here [D:\\there]', { name: 'here', type: 'link', target: 'D:\\there' }],
  ['01-16-24  11:14AM       <SYMLINKD>     plain', { name: 'plain', type: 'link', target: null }],
])('%s', (line, expected) => {
  expect(parseDosLine(line)).toMatchObject(expected)
})

test.each([
  '',
  '13-16-24  11:14AM  1 a',
  '01-32-24  11:14AM  1 a',
  '01-16-24  13:14PM  1 a',
  '01-16-24  11:14AM  <FOO>  a',
  '01-16-24  11:14AM  1 ',
  '-rw-r--r-- 1 me us 1 Jul 10 10:18 a',
])('%j is of another form', (line) => {
  expect(parseDosLine(line)).toBeNull()
})

test('any name that does not begin with a blank is read back', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^\s|[\r\n]/.test(text))
  fc.assert(
    fc.property(name, fc.nat(), (text, size) => {
      expect(parseDosLine(`01-16-24  11:14AM  ${size} ${text}`)).toMatchObject({ name: text, size })
    }),
  )
})
