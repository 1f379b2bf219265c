import { expect, test } from 'vitest'
import { RIGHTS_OF_ROLE, type Right } from '../../common/share.ts'
import type { Facts } from '../files/types.ts'
import { FACT_NAMES, factsLine, timeValue } from './format-facts.ts'

const FILE: Facts = {
  name: 'a.txt',
  type: 'file',
  size: 5,
  modified: Date.UTC(2024, 1, 29, 9, 5, 7, 999),
  mode: 0o644,
  links: 1,
  uid: 1000,
  gid: 100,
  unique: '801g2a',
  target: null,
}
const WRITER = new Set(RIGHTS_OF_ROLE.writer)
const READER = new Set(RIGHTS_OF_ROLE.reader)

test('all facts of a file and a folder', () => {
  expect(factsLine(FILE, 'a.txt', FACT_NAMES, WRITER)).toBe(
    'type=file;size=5;modify=20240229090507;perm=adfrw;unique=801g2a;UNIX.mode=0644;UNIX.owner=1000;UNIX.group=100; a.txt',
  )
  expect(factsLine({ ...FILE, type: 'dir', mode: 0o1777 }, '/b', FACT_NAMES, WRITER)).toBe(
    'type=dir;modify=20240229090507;perm=cdfelmp;unique=801g2a;UNIX.mode=01777;UNIX.owner=1000;UNIX.group=100; /b',
  )
})

test('none chosen leaves the blank and the name (RFC 3659 section 7.2)', () => {
  expect(factsLine(FILE, 'a.txt', [], WRITER)).toBe(' a.txt')
  expect(factsLine(FILE, ' a', ['size', 'type'], WRITER)).toBe('type=file;size=5;  a')
})

test.each<[string, Facts['type'], ReadonlySet<Right>, string]>([
  ['a reader and a file', 'file', READER, 'r'],
  ['a reader and a folder', 'dir', READER, 'el'],
  ['one who may only drop files', 'dir', new Set<Right>(['write']), 'ce'],
  ['one who may only add to files', 'file', new Set<Right>(['append']), 'a'],
  ['one who may delete', 'dir', new Set<Right>(['delete']), 'dep'],
])('perm of %s', (_title, type, rights, letters) => {
  expect(factsLine({ ...FILE, type }, 'x', ['perm'], rights)).toBe(`perm=${letters}; x`)
})

test('a link says where it leads, where that does not end the fact', () => {
  const link: Facts = { ...FILE, type: 'link', target: '/b c' }
  expect(factsLine(link, 'l', ['type'], READER)).toBe('type=OS.unix=slink:/b c; l')
  expect(factsLine({ ...link, target: '/b;size=9' }, 'l', ['type'], READER)).toBe('type=OS.unix=symlink; l')
  expect(factsLine({ ...link, target: null }, 'l', ['type'], READER)).toBe('type=OS.unix=symlink; l')
})

test('times are UTC, also at the borders of days and years, and never text that is none', () => {
  expect(timeValue(Date.UTC(2026, 0, 1) - 1)).toBe('20251231235959')
  expect(timeValue(0)).toBe('19700101000000')
  expect(timeValue(Number.NaN)).toBe('19700101000000')
})
