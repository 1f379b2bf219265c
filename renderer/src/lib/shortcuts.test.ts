import { expect, test } from 'vitest'
import { MENUS } from '../../../common/menus.ts'
import { ariaKeys, isBrowserKey, isEditing, isPressed, parseKeys, showKeys, type KeyPress } from './shortcuts.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

const ENTRIES = MENUS.flatMap((menu) => menu.entries)

test.each([false, true])('no two entries of the menus share a key (mac: %s)', (mac) => {
  const combinations = ENTRIES.map((entry) => JSON.stringify(parseKeys(entry.menu.keys, mac)))
  expect(combinations.filter((one, at) => combinations.indexOf(one) !== at)).toEqual([])
  expect(new Set(ENTRIES.map((entry) => showKeys(entry.menu.keys, mac))).size).toBe(ENTRIES.length)
})

test.each([false, true])('no key is one that the system or the browser keeps for itself (mac: %s)', (mac) => {
  const kept = mac
    ? [
        'CmdOrCtrl+H',
        'CmdOrCtrl+Alt+H',
        'CmdOrCtrl+M',
        'CmdOrCtrl+Alt+M',
        'CmdOrCtrl+Alt+D',
        'CmdOrCtrl+W',
        'CmdOrCtrl+`',
      ]
    : ['CmdOrCtrl+Alt+Delete', 'Alt+F4', 'CmdOrCtrl+W', 'CmdOrCtrl+T', 'CmdOrCtrl+N', 'CmdOrCtrl+Shift+N', 'Alt+Space']
  const taken = new Set(kept.map((keys) => JSON.stringify(parseKeys(keys, mac))))
  expect(ENTRIES.filter((entry) => taken.has(JSON.stringify(parseKeys(entry.menu.keys, mac))))).toEqual([])
})

test('CmdOrCtrl is the key of the platform, and nothing more may be held', () => {
  const upload = parseKeys('CmdOrCtrl+U', false)
  expect(isPressed(press('u', { ctrlKey: true }), upload)).toBe(true)
  expect(isPressed(press('U', { ctrlKey: true }), upload)).toBe(true) // Caps Lock
  expect(isPressed(press('u', { metaKey: true }), upload)).toBe(false)
  expect(isPressed(press('U', { ctrlKey: true, shiftKey: true }), upload)).toBe(false)
  expect(isPressed(press('u', { ctrlKey: true, altKey: true }), upload)).toBe(false)
  expect(isPressed(press('u', { metaKey: true }), parseKeys('CmdOrCtrl+U', true))).toBe(true)
})

test('letters are found where the keyboard types another script, digits where they need Shift', () => {
  expect(isPressed(press('г', { ctrlKey: true, code: 'KeyU' }), parseKeys('CmdOrCtrl+U', false))).toBe(true)
  expect(isPressed(press('ç', { metaKey: true, altKey: true, code: 'KeyC' }), parseKeys('CmdOrCtrl+Alt+C', true))).toBe(
    true,
  )
  expect(isPressed(press('&', { ctrlKey: true, code: 'Digit1' }), parseKeys('CmdOrCtrl+1', false))).toBe(true)
  // Dvorak: what the key types counts, not where it is.
  expect(isPressed(press('g', { ctrlKey: true, code: 'KeyU' }), parseKeys('CmdOrCtrl+U', false))).toBe(false)
})

test('named keys', () => {
  expect(isPressed(press('F5'), parseKeys('F5', false))).toBe(true)
  expect(isPressed(press('ArrowUp', { altKey: true }), parseKeys('Alt+Up', false))).toBe(true)
  expect(isPressed(press('Delete'), parseKeys('Delete', false))).toBe(true)
  expect(isPressed(press(',', { ctrlKey: true }), parseKeys('CmdOrCtrl+,', false))).toBe(true)
})

test('a modifier that is not known is an error of the table', () => {
  expect(() => parseKeys('Hyper+U', false)).toThrow('Hyper+U')
})

test('shown as the platform writes them', () => {
  expect(showKeys('CmdOrCtrl+Shift+U', false)).toBe('Ctrl+Shift+U')
  expect(showKeys('CmdOrCtrl+Shift+U', true)).toBe('⇧⌘U')
  expect(showKeys('CmdOrCtrl+Alt+1', true)).toBe('⌥⌘1')
  expect(showKeys('Ctrl+H', true)).toBe('⌃H')
  expect(showKeys('Delete', false)).toBe('Del')
  expect(showKeys('Alt+Up', true)).toBe('⌥↑')
  expect(ariaKeys('CmdOrCtrl+Shift+U', false)).toBe('Control+Shift+U')
  expect(ariaKeys('Ctrl+H', false)).toBe('Control+H')
  expect(ariaKeys('CmdOrCtrl+K', true)).toBe('Meta+K')
  expect(ariaKeys('Alt+Up', false)).toBe('Alt+ArrowUp')
})

test('what a text field does by itself is left to it', () => {
  const editing = (keys: string, mac = false): boolean => isEditing(parseKeys(keys, mac), mac)
  for (const keys of [
    'CmdOrCtrl+A',
    'CmdOrCtrl+C',
    'CmdOrCtrl+Z',
    'CmdOrCtrl+Shift+Z',
    'Delete',
    'CmdOrCtrl+Shift+Delete',
    'Alt+Up',
  ]) {
    expect(editing(keys), keys).toBe(true)
    expect(editing(keys, true), keys).toBe(true)
  }
  for (const keys of [
    'CmdOrCtrl+K',
    'CmdOrCtrl+Shift+A',
    'CmdOrCtrl+Shift+C',
    'CmdOrCtrl+Alt+X',
    'F5',
    'CmdOrCtrl+1',
  ]) {
    expect(editing(keys), keys).toBe(false)
    expect(editing(keys, true), keys).toBe(false)
  }
  expect(editing('Ctrl+H', true)).toBe(true)
  expect(editing('Ctrl+H', false)).toBe(false)
})

test("the browser's own keys are known", () => {
  expect(isBrowserKey(press('p', { ctrlKey: true }), false)).toBe(true)
  expect(isBrowserKey(press('r', { metaKey: true }), true)).toBe(true)
  expect(isBrowserKey(press('c', { ctrlKey: true }), false)).toBe(false)
  expect(isBrowserKey(press('p'), false)).toBe(false)
})
