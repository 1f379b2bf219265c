import { expect, test } from 'vitest'
import { nameProblem, splitForEllipsis, stemLength, visibleName } from './names.ts'

test('bidirectional overrides and controls are shown by their code', () => {
  expect(visibleName('invoice\u202Efdp.exe')).toBe('invoice⟨202E⟩fdp.exe')
  expect(visibleName('a\r\nb\u0000')).toBe('a⟨000D⟩⟨000A⟩b⟨0000⟩')
})

test('ordinary names of any script stay as they are', () => {
  for (const name of ['report.pdf', 'Übung ß.txt', '日本語.txt', '👩‍💻.md', 'نامه‌ها'])
    expect(visibleName(name)).toBe(name)
})

test('an ellipsis keeps the extension and never tears a character', () => {
  const { head, tail } = splitForEllipsis(`${'x'.repeat(60)}-final.tar.gz`)
  expect(tail).toBe('nal.tar.gz')
  expect(head + tail).toBe(`${'x'.repeat(60)}-final.tar.gz`)
  expect(splitForEllipsis('😀'.repeat(30)).tail).toBe('😀'.repeat(10))
  expect(splitForEllipsis('short.txt')).toEqual({ head: 'short.txt', tail: '' })
})

test('a rename selects the stem', () => {
  expect(stemLength('photo.jpeg', false)).toBe(5)
  expect(stemLength('.bashrc', false)).toBe(7)
  expect(stemLength('v1.2', true)).toBe(4)
})

test('names that cannot be are refused with a reason', () => {
  expect(nameProblem('new folder')).toBeNull()
  expect(nameProblem('  ')).toMatch(/Type a name/)
  expect(nameProblem('..')).toMatch(/reserved/)
  expect(nameProblem('a/b')).toMatch(/“\/”/)
  expect(nameProblem('a\nDELE x')).toMatch(/control/)
})
