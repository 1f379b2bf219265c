import { expect, test } from 'vitest'
import type { Facts } from '../files/types.ts'
import { dateText, listLine, modeText } from './format-list.ts'

const NOW = Date.UTC(2026, 5, 15, 12, 0, 0)

const FILE: Facts = {
  name: 'a.txt',
  type: 'file',
  size: 5,
  modified: Date.UTC(2026, 5, 1, 9, 5, 7),
  mode: 0o644,
  links: 1,
  uid: 1000,
  gid: 1000,
  unique: '1g2',
  target: null,
}

test('a file, a folder and a link stand in the same columns', () => {
  const lines = [
    listLine(FILE, NOW),
    listLine({ ...FILE, name: 'folder', type: 'dir', mode: 0o755, links: 12, size: 0 }, NOW),
    listLine({ ...FILE, name: 'link', type: 'link', mode: 0o777, target: '/a.txt' }, NOW),
  ]
  expect(lines).toEqual([
    '-rw-r--r--    1 1000     1000                5 Jun  1 09:05 a.txt',
    'drwxr-xr-x   12 1000     1000                0 Jun  1 09:05 folder',
    'lrwxrwxrwx    1 1000     1000                5 Jun  1 09:05 link -> /a.txt',
  ])
})

test.each([
  [0o4755, '-rwsr-xr-x'],
  [0o4644, '-rwSr--r--'],
  [0o2755, '-rwxr-sr-x'],
  [0o2745, '-rwxr-Sr-x'],
  [0o1777, '-rwxrwxrwt'],
  [0o1776, '-rwxrwxrwT'],
  [0o7000, '---S--S--T'],
  [0, '----------'],
])('mode %o is %s', (mode, text) => {
  expect(modeText('file', mode)).toBe(text)
})

test.each([
  ['today', NOW, 'Jun 15 12:00'],
  ['a moment ahead: a clock that is wrong, or a year', NOW + 60_000, 'Jun 15  2026'],
  ['just within half a year', NOW - 182 * 86_400_000, 'Dec 15 12:00'],
  ['just over half a year', NOW - 183 * 86_400_000, 'Dec 14  2025'],
  ['a leap day', Date.UTC(2024, 1, 29, 23, 59, 59), 'Feb 29  2024'],
  ['a century that is no leap year', Date.UTC(2100, 2, 1) - 1, 'Feb 28  2100'],
  ['the last second of a year', Date.UTC(2026, 0, 1) - 1, 'Dec 31 23:59', Date.UTC(2026, 0, 1, 0, 0, 1)],
  ['the epoch', 0, 'Jan  1  1970'],
  ['before the epoch', -1, 'Dec 31  1969'],
  ['beyond 2038', Date.UTC(2040, 0, 2), 'Jan  2  2040'],
  ['five digits', Date.UTC(12_026, 0, 2), 'Jan  2 12026'],
  ['no time at all', Number.NaN, 'Jan  1  1970'],
])('the date of %s', (_title, modified, text, now = NOW) => {
  expect(dateText(modified, now)).toBe(text)
})

test('sizes and counts that are too big for their columns push the rest on, and lose nothing', () => {
  const line = listLine({ ...FILE, size: Number.MAX_SAFE_INTEGER, links: 123_456, uid: 4_294_967_294 }, NOW)
  expect(line).toBe('-rw-r--r-- 123456 4294967294 1000     9007199254740991 Jun  1 09:05 a.txt')
})

test.each([' in front', 'behind ', 'a  b', '-la', 'a -> b', 'žluťoučký', '日本語', '🦥', '"', "'", '%n', '\\'])(
  'the name "%s" stands as it is at the end of the line',
  (name) => {
    expect(listLine({ ...FILE, name }, NOW).endsWith(`Jun  1 09:05 ${name}`)).toBe(true)
  },
)
