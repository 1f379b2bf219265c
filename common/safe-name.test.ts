import fc from 'fast-check'
import { posix, win32 } from 'node:path'
import { expect, test } from 'vitest'
import { nameProblem, printableName, safeLocalName } from './safe-name.ts'

test.each([
  '',
  '.',
  '..',
  '../x',
  '/abs',
  'a/b',
  'a/../../b',
  '..\\x',
  'a\\b',
  'C:\\x',
  'C:x',
  'x:stream',
  'x::$DATA',
  'nul\0l',
  'line\nfeed',
  'car\rriage',
  'escape\u001b[2J',
  'c1\u0085x',
  'del\u007f',
  'invoice\u202Efdp.exe',
  'a\u2066b',
  'CON',
  'con',
  'Nul.txt',
  'AUX .txt',
  'com1',
  'COM1.tar.gz',
  'LPT9',
  'COM\u00b9',
  'CONIN$',
  'trailing.',
  'trailing ',
  '...',
  ' ',
  'lone\ud800surrogate',
  'x'.repeat(256),
  '\u00e9'.repeat(128),
])('refuses %j', (name) => {
  expect(() => safeLocalName(name)).toThrow(expect.objectContaining({ code: 'unsafe-name' }))
})

test.each([
  'a',
  '.htaccess',
  '..data',
  'a..b',
  'console',
  'COM10',
  'COMET.txt',
  'nullable.ts',
  ' leading',
  'caf\u00e9.txt',
  '\u65e5\u672c\u8a9e.txt',
  '<img src=x onerror=alert(1)>',
  "it's; rm -rf $HOME",
  'x'.repeat(255),
])('gives back %j unchanged', (name) => {
  expect(safeLocalName(name)).toBe(name)
})

test('a name that passes stays one segment of its folder under both path dialects', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[./\\:a-cC ]{0,8}$/),
  )
  fc.assert(
    fc.property(anything, (name) => {
      fc.pre(nameProblem(name) === null)
      expect(posix.dirname(posix.resolve('/safe/folder', name))).toBe('/safe/folder')
      expect(win32.dirname(win32.resolve('D:\\safe\\folder', name))).toBe('D:\\safe\\folder')
      expect(posix.basename(posix.resolve('/safe/folder', name))).toBe(name)
    }),
    { numRuns: 2000 },
  )
})

test('a message about a hostile name cannot itself reverse or erase the line it stands in', () => {
  expect(printableName('a\u202Eb\u001b[2Jc')).toBe('a<U+202E>b<U+001B>[2Jc')
  expect(printableName('x'.repeat(500)).length).toBeLessThan(130)
})
