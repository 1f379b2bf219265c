import { expect, test } from 'vitest'
import { listArguments } from './list-arguments.ts'

test.each([
  ['', { path: '' }],
  ['-a', { all: true, path: '' }],
  ['-la', { all: true, long: true, path: '' }],
  ['-l -a', { all: true, long: true, path: '' }],
  ['-al folder', { all: true, long: true, path: 'folder' }],
  ['-a a folder', { all: true, path: 'a folder' }],
  ['-d folder', { itself: true, path: 'folder' }],
  ['-R', { path: '' }],
  ['-CF', { path: '' }],
  ['-alT', { all: true, long: true, path: '' }],
  ['-- -la', { path: '-la' }],
  ['-l -- -la', { long: true, path: '-la' }],
  ['./-la', { path: './-la' }],
  ['-notes.txt', { path: '-notes.txt' }],
  ['-', { path: '-' }],
  ['-draft', { path: '-draft' }],
  ['-la.txt', { path: '-la.txt' }],
  ['--help', { path: '--help' }],
  [' in front', { path: ' in front' }],
  ['behind ', { path: 'behind ' }],
])('"%s"', (argument, expected) => {
  expect(listArguments(argument)).toEqual({ long: false, all: false, itself: false, ...expected })
})
