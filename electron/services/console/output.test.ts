import { expect, test } from 'vitest'
import { ERROR_CODES } from '../../../common/errors.ts'
import type { Entry } from '../../../common/models.ts'
import { outcomeOf } from './outcome.ts'
import { durationWords, entryData, entryLines, line, linesOf, printable, switchOn, table, Totals } from './output.ts'

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  type: 'file',
  size: null,
  modified: null,
  permissions: null,
  owner: null,
  group: null,
  target: null,
  ...more,
})
const noon = new Date(2026, 0, 15, 12, 5).getTime()

test('a listing is a table that holds whatever a server sends', () => {
  const entries = [
    entry('docs', { type: 'dir', modified: noon }),
    entry('big.bin', { size: 1_234_567, modified: noon }),
    entry('evil\u001b[2J\r\n', { size: 5 }),
    entry('link', { type: 'link', target: '../\u202etxt.exe', modified: noon }),
    entry('pipe', { type: 'other' }),
  ]
  expect(entryLines(entries).map(({ text }) => text)).toEqual([
    'd          2026-01-15 12:05  docs',
    '-  1.2 MB  2026-01-15 12:05  big.bin',
    '-     5 B  –                 evil<U+001B>[2J<U+000D><U+000A>',
    'l       –  2026-01-15 12:05  link -> ../<U+202E>txt.exe',
    '?       –  –                 pipe',
  ])
  const totals = new Totals()
  expect(totals.line().text).toBe('0 files, 0 folders, 0 bytes')
  for (const each of entries) totals.add(each)
  expect(totals.line().text).toBe('2 files, 1 folder, 1 link, 1 other, 1.2 MB (1,234,572 bytes)')
  expect(totals.count).toBe(5)
})

test('an entry for programs has its nine members, whatever it is', () => {
  expect(entryData(entry('a', { size: 1, modified: Date.UTC(2026, 0, 15), raw: '-rw a' }))).toEqual({
    name: 'a',
    type: 'file',
    size: 1,
    modified: '2026-01-15T00:00:00.000Z',
    permissions: null,
    owner: null,
    group: null,
    target: null,
    raw: '-rw a',
  })
  expect(entryData(entry('fifo', { type: 'other', modified: Number.NaN }))).toMatchObject({
    type: 'file',
    modified: null,
    raw: null,
  })
})

test('text is printable, and long text whole', () => {
  const long = '\u{1f600}x'.repeat(200)
  expect(printable(long)).toBe(long)
  expect(line('bad', 'a\nb').text).toBe('a<U+000A>b')
  expect(linesOf('reply', 'a\r\nb\tc\n\u0007').map(({ text }) => text)).toEqual(['a', 'b  c', '<U+0007>'])
})

test('columns are as wide as their widest cell, without spaces at the end', () => {
  expect(
    table(
      [
        ['a', 'bb', ''],
        ['ccc', 'd', 'e'],
      ],
      [1],
    ),
  ).toEqual(['a    bb', 'ccc   d  e'])
})

test.each([
  [0, '0 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [4200, '4.2 s'],
  [59_960, '1 min 00 s'],
  [200_000, '3 min 20 s'],
])('%d ms is %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words)
})

test('on, off, or the other way round', () => {
  expect(switchOn(['on'], false)).toBe(true)
  expect(switchOn(['OFF'], true)).toBe(false)
  expect(switchOn([], true)).toBe(false)
})

test('every error has its outcome', () => {
  for (const code of ERROR_CODES) expect(outcomeOf(code)).not.toBe('ok')
  expect(outcomeOf('infected')).toBe('infected')
  expect(outcomeOf('cancelled')).toBe('cancelled')
})
