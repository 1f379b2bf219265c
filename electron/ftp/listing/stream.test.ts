import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Entry } from '../../../common/models.ts'
import { DEFAULT_LIMITS } from '../options.ts'
import { listParser, mlsdParser } from './choose.ts'
import { ListingStream } from './stream.ts'

const NOW = Date.UTC(2026, 10, 20)

function names(
  pieces: Buffer[],
  parse = listParser(NOW),
  limits = DEFAULT_LIMITS,
): { names: string[]; unreadable: string[] } {
  const unreadable: string[] = []
  const stream = new ListingStream(parse, limits, (line) => unreadable.push(line))
  const entries: Entry[] = []
  for (const piece of pieces) entries.push(...stream.push(piece))
  entries.push(...stream.end())
  return { names: entries.map((entry) => entry.name), unreadable }
}

const UNIX = [
  'total 8',
  'drwxr-xr-x 2 me us 4096 Nov 19 08:30 .',
  'drwxr-xr-x 2 me us 4096 Nov 19 08:30 ..',
  '-rw-r--r-- 1 me us 5 Nov 19 08:30 größe',
  'ls: cannot open: Permission denied',
  '-rw-r--r-- 1 me us 5 Nov 19 08:30 last',
].join('\r\n')

test('however the bytes are cut, the same entries come; unreadable lines are reported', () => {
  const bytes = Buffer.from(UNIX)
  const expected = { names: ['größe', 'last'], unreadable: ['ls: cannot open: Permission denied'] }
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 10 }), (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      expect(names(places.slice(1).map((end, index) => bytes.subarray(places[index], end)))).toEqual(expected)
    }),
  )
})

test('the form is found out from the lines, also when it changes', () => {
  const lines = ['01-16-24  11:14AM  <DIR>  a', '-rw-r--r-- 1 me us 5 Nov 19 08:30 b', '01-16-24  11:14AM  1 c']
  expect(names([Buffer.from(lines.join('\n'))])).toEqual({ names: ['a', 'b', 'c'], unreadable: [] })
})

test('"." and ".." never come, by MLSD neither', () => {
  const lines = ['type=cdir; /x', 'type=pdir; /', 'type=dir; .', 'type=dir; ..', 'type=dir; ...']
  expect(names([Buffer.from(lines.join('\r\n'))], mlsdParser())).toEqual({ names: ['...'], unreadable: [] })
})

test('hostile names come as they were sent; taming them is the business of who makes local names', () => {
  const hostile = ['../x', '/abs', 'a/../../b', 'C:\\x', 'CON', 'x:stream', '\u202egnp.exe', 'a\u0001b']
  const text = hostile.map((name) => `-rw-r--r-- 1 me us 5 Nov 19 08:30 ${name}`).join('\r\n')
  expect(names([Buffer.from(text)]).names).toEqual(hostile)
})

test.each([
  ['LIST', listParser(NOW), '-rw-r--r-- 1 me us 5 Nov 19 08:30 größe'],
  ['MLSD', mlsdParser(), 'type=file;size=5; größe'],
])('%s: entries bear the line they came from only when asked', (_verb, parse, line) => {
  const raw = new ListingStream(parse, DEFAULT_LIMITS, () => undefined, true)
  expect(raw.push(Buffer.from(`${line}\r\n`))).toEqual([expect.objectContaining({ name: 'größe', raw: line })])
  const usual = new ListingStream(parse, DEFAULT_LIMITS, () => undefined)
  expect(Object.keys(usual.push(Buffer.from(`${line}\r\n`))[0] ?? {})).not.toContain('raw')
})

test('one line that is not UTF-8 does not spoil the others', () => {
  const line = '-rw-r--r-- 1 me us 5 Nov 19 08:30 '
  const bytes = Buffer.concat([Buffer.from(`${line}ä\n${line}`), Buffer.of(0xe4), Buffer.from(`\n${line}ö\n`)])
  expect(names([bytes]).names).toEqual(['ä', '\udce4', 'ö'])
})

describe('limits', () => {
  const line = '-rw-r--r-- 1 me us 5 Nov 19 08:30 x\n'
  test('bytes', () => {
    const pieces = Array<Buffer>(100).fill(Buffer.from(line))
    expect(() => names(pieces, listParser(NOW), { ...DEFAULT_LIMITS, listingBytes: 1000 })).toThrow(
      'more than 1000 bytes',
    )
  })
  test('lines', () => {
    const pieces = Array<Buffer>(100).fill(Buffer.from(line))
    expect(() => names(pieces, listParser(NOW), { ...DEFAULT_LIMITS, listingLines: 50 })).toThrow('more than 50 lines')
  })
  test('one line, in pieces or whole', () => {
    const limits = { ...DEFAULT_LIMITS, listingLine: 1000 }
    expect(() => names(Array<Buffer>(30).fill(Buffer.alloc(100, 'x')), listParser(NOW), limits)).toThrow(
      'a line longer',
    )
    expect(() => names([Buffer.from(`${'x'.repeat(2000)}\n`)], listParser(NOW), limits)).toThrow('a line longer')
  })
})
