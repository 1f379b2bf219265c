import { expect, test } from 'vitest'
import { parseAccelerator } from '../accelerator.ts'

const none = { ctrl: false, meta: false, alt: false, shift: false }

test.for([
  ['F5', { ...none, key: 'f5' }],
  ['CmdOrCtrl+Shift+N', { ...none, ctrl: true, shift: true, key: 'n' }],
  ['Alt+Up', { ...none, alt: true, key: 'arrowup' }],
  ['Ctrl+Plus', { ...none, ctrl: true, key: '+' }],
  ['Command+,', { ...none, meta: true, key: ',' }],
  ['Ctrl+', null],
  ['Hyper+A', null],
] as const)('%s', ([text, expected]) => {
  expect(parseAccelerator(text, 'linux')).toEqual(expected)
})

test('CmdOrCtrl is the command key on macOS', () => {
  expect(parseAccelerator('CmdOrCtrl+A', 'darwin')).toEqual({ ...none, meta: true, key: 'a' })
})
