import { expect, test } from 'vitest'
import fc from 'fast-check'
import { parseMlsdLine } from './mlsd.ts'

test('facts and name', () => {
  expect(
    parseMlsdLine(
      'Type=file;Size=1024990;Modify=20240110123456.789;UNIX.mode=0644;UNIX.ownername=me;UNIX.group=100; a  b;c=d',
    ),
  ).toEqual({
    name: 'a  b;c=d',
    type: 'file',
    size: 1_024_990,
    modified: Date.UTC(2024, 0, 10, 12, 34, 56, 789),
    permissions: 'rw-r--r--',
    owner: 'me',
    group: '100',
    target: null,
  })
})

test.each([
  ['type=dir;sizd=4096;modify=20240110123456;perm=flcdmpe; pub', { type: 'dir', size: null, permissions: 'flcdmpe' }],
  ['type=OS.unix=slink:/Target/Here;size=3; to', { type: 'link', target: '/Target/Here', name: 'to' }],
  ['type=OS.unix=symlink; to', { type: 'link', target: null }],
  ['type=OS.unix=chr-13/29; device', { type: 'other' }],
  ['size=12; no type', { type: 'file', size: 12 }],
  ['type=file;size=abc;modify=20241340000000; bad facts', { size: null, modified: null }],
  ['type=file;  leading blank', { name: ' leading blank' }],
  [' bare', { name: 'bare', type: 'file' }],
])('%s', (line, expected) => {
  expect(parseMlsdLine(line)).toMatchObject(expected)
})

test.each(['type=cdir; .', 'type=pdir; ..', 'Type=CDIR;Modify=20240110123456; /full/path'])(
  '%j stands for the folder or its parent',
  (line) => {
    expect(parseMlsdLine(line)).toBe('.')
  },
)

test.each(['', 'type=file;', 'type=file; ', 'nonsense a', '=x; a', '-rw-r--r-- 1 me us 1 Jul 10 10:18 a'])(
  '%j is of another form',
  (line) => {
    expect(parseMlsdLine(line)).toBeNull()
  },
)

test('any name is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), (name, size) => {
      expect(parseMlsdLine(`type=file;size=${size}; ${name}`)).toMatchObject({ name, size })
    }),
  )
})
