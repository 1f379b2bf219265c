import { expect, test } from 'vitest'
import { complete, inColumns, pastedLine, recall, shortPrompt } from './command-line.ts'

test('Up goes back through the commands, Down returns to what was being typed', () => {
  const history = ['open h', 'ls']
  const first = recall(history, null, 'ge', -1)
  expect(first?.line).toBe('ls')
  const second = recall(history, first?.recall ?? null, 'ls', -1)
  expect(second?.line).toBe('open h')
  expect(recall(history, second?.recall ?? null, 'open h', -1)).toBeNull()
  const back = recall(history, second?.recall ?? null, 'open h', 1)
  expect(back?.line).toBe('ls')
  const draft = recall(history, back?.recall ?? null, 'ls', 1)
  expect(draft?.line).toBe('ge')
  expect(recall(history, draft?.recall ?? null, 'ge', 1)).toBeNull()
  expect(recall([], null, '', -1)).toBeNull()
})

test('the only candidate is put in whole, with what stands behind the cursor left alone', () => {
  const only = { from: 4, candidates: ['notes.txt '], labels: ['notes.txt'] }
  expect(complete('get no', 6, only)).toEqual({ line: 'get notes.txt ', cursor: 14 })
  expect(complete('get no x', 6, only)).toEqual({ line: 'get notes.txt  x', cursor: 14 })
  // Quotes come around it, although the line grows at its front.
  expect(complete('get a', 5, { from: 4, candidates: ['"a b.txt" '], labels: ['a b.txt'] })?.line).toBe(
    'get "a b.txt" ',
  )
})

test('of several candidates what all have in common is put in, once', () => {
  const two = {
    from: 3,
    candidates: ['catalogue.csv ', 'catalogue-old.csv '],
    labels: ['catalogue.csv', 'catalogue-old.csv'],
  }
  expect(complete('ls c', 4, two)).toEqual({ line: 'ls catalogue', cursor: 12 })
  expect(complete('ls catalogue', 12, two)).toBeNull()
  expect(complete('ls x', 4, { from: 3, candidates: [], labels: [] })).toBeNull()
})

test('what is in common never ends in half a character', () => {
  const faces = { from: 0, candidates: ['a😀', 'a😁'], labels: ['😀', '😁'] }
  expect(complete('', 0, faces)).toEqual({ line: 'a', cursor: 1 })
})

test('candidates stand in columns that fit, and no end is invisible', () => {
  expect(inColumns(['aa', 'b', 'cccc', 'd'], 16)).toEqual(['aa    b     cccc', 'd'])
  expect(inColumns(['a-name-longer-than-the-view', 'b'], 10)).toEqual(['a-name-longer-than-the-view', 'b'])
  expect(inColumns(['evil\u001b[31m'], 80)).toEqual(['evil⟨001B⟩[31m'])
  const many = inColumns(
    Array.from({ length: 1000 }, (_, i) => `f${i}`),
    20,
  )
  expect(many.at(-1)).toBe('and 800 more')
})

test('a long prompt keeps its two ends', () => {
  expect(shortPrompt('h:/pub> ')).toBe('h:/pub> ')
  const short = shortPrompt(`ftp.example.org:/${'deep/'.repeat(30)}here> `)
  expect(Array.from(short)).toHaveLength(64)
  expect(short).toMatch(/^ftp\.example.*….*deep\/here> $/)
})

test('lines pasted together stay commands of their own', () => {
  expect(pastedLine('cd /pub\r\n\n  rm a.txt\nrm b.txt\n')).toBe('cd /pub; rm a.txt; rm b.txt')
})
