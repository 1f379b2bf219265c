import { expect, test } from 'vitest'
import { commandWord, octalMode } from './command-words.ts'

test('names are quoted where the console would read something else into them', () => {
  expect(commandWord('notes.txt')).toBe('notes.txt')
  expect(commandWord('/pub/Prüfbericht-2.pdf')).toBe('/pub/Prüfbericht-2.pdf')
  expect(commandWord('a b.txt')).toBe('"a b.txt"')
  expect(commandWord('-r')).toBe('"-r"')
  expect(commandWord('*.txt')).toBe('"*.txt"')
  expect(commandWord('~')).toBe('"~"')
  expect(commandWord('#1; quit')).toBe('"#1; quit"')
  expect(commandWord('say "hi" \\ there')).toBe('"say \\"hi\\" \\\\ there"')
  expect(commandWord('')).toBe('""')
})

test('a name with a line end is no word: it would be another command', () => {
  expect(commandWord('a\nrm b')).toBeNull()
  expect(commandWord('a\rb')).toBeNull()
})

test('permissions become the mode that chmod takes', () => {
  expect(octalMode('rw-r--r--')).toBe('644')
  expect(octalMode('drwxr-xr-x')).toBe('755')
  expect(octalMode('rwsr-Sr-T')).toBe('7744')
  expect(octalMode('---------')).toBe('000')
  expect(octalMode('adfr (0644)')).toBeNull()
  expect(octalMode(null)).toBeNull()
})
