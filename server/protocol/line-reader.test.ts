import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineReader, MAX_LINE_BYTES, type ReadLine } from './line-reader.ts'

function readAll(...chunks: readonly (Buffer | string)[]): ReadLine[] {
  const reader = new LineReader()
  const lines: ReadLine[] = []
  for (const chunk of chunks) {
    reader.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
    for (let read = reader.next(); read !== null; read = reader.next()) lines.push(read)
  }
  return lines
}

/** Lines as text, refused ones as "!". */
const texts = (...chunks: readonly (Buffer | string)[]): string[] =>
  readAll(...chunks).map((read) => (read.kind === 'line' ? read.text : read.kind === 'refused' ? '!' : 'endless'))

const IAC = 255
const IP = 244
const DM = 242
const DO = 253

describe('a line', () => {
  test('ends with CRLF and with nothing else', () => {
    expect(texts('USER mara\r\nPASS x\r\nNO')).toEqual(['USER mara', 'PASS x'])
  })

  test('is refused as a whole when it holds a bare LF: what follows is no command', () => {
    expect(texts('MKD a\nDELE b\r\nNOOP\r\n')).toEqual(['!', 'NOOP'])
  })

  test('is refused as a whole when it holds a bare CR', () => {
    expect(texts('MKD a\rDELE b\r\nNOOP\r\n')).toEqual(['!', 'NOOP'])
    expect(texts('MKD a\r\r\nNOOP\r\n')).toEqual(['!', 'NOOP'])
  })

  test.each([0, 1, 7, 8, 9, 27, 31, 127])('is refused with control character %i in it', (code) => {
    expect(texts(`USER a${String.fromCodePoint(code)}b\r\nNOOP\r\n`)).toEqual(['!', 'NOOP'])
  })

  test('is refused at once: who ends lines with LF alone does not wait for ever', () => {
    expect(texts('USER mara\n')).toEqual(['!'])
  })

  test('is refused once, however much is wrong with it', () => {
    expect(texts('a\nb\rc\0d\re\r\nNOOP\r\n')).toEqual(['!', 'NOOP'])
  })

  test('is refused when it is not valid UTF-8', () => {
    expect(texts(Buffer.from([0x41, 0xc3, 0x28, 13, 10]), 'NOOP\r\n')).toEqual(['!', 'NOOP'])
    // Overlong "/", and half a surrogate pair.
    expect(texts(Buffer.from([0x43, 0xc0, 0xaf, 13, 10]))).toEqual(['!'])
    expect(texts(Buffer.from([0x43, 0xed, 0xa0, 0x80, 13, 10]))).toEqual(['!'])
  })

  test('keeps a byte order mark, which is part of a name', () => {
    expect(texts('CWD \u{feff}a\r\n')).toEqual(['CWD \u{feff}a'])
  })

  test('may be as long as the limit, and not a byte longer', () => {
    expect(texts(`${'a'.repeat(MAX_LINE_BYTES)}\r\n`)).toEqual(['a'.repeat(MAX_LINE_BYTES)])
    expect(texts(`${'a'.repeat(MAX_LINE_BYTES + 1)}\r\nNOOP\r\n`)).toEqual(['!', 'NOOP'])
  })

  test('without an end is given up', () => {
    const chunk = Buffer.alloc(64 * 1024, 'a')
    const found = texts(...Array.from({ length: 17 }, () => chunk))
    expect(found).toEqual(['!', 'endless'])
  })
})

describe('telnet', () => {
  test('IAC IP IAC DM before ABOR is taken out', () => {
    expect(texts(Buffer.from([IAC, IP, IAC, DM]), 'ABOR\r\n')).toEqual(['ABOR'])
  })

  test('so is what is left of it when a byte went as urgent data', () => {
    expect(texts(Buffer.from([IAC, IP, DM]), 'ABOR\r\n')).toEqual(['ABOR'])
    expect(texts(Buffer.from([IAC, IP, IAC]), 'ABOR\r\n')).toEqual(['ABOR'])
    expect(texts(Buffer.from([DM]), 'ABOR\r\n')).toEqual(['ABOR'])
  })

  test('ABOR counts without its LF: Python sends it as urgent data with all the rest', () => {
    expect(texts('ABOR\rPWD\r\n')).toEqual(['ABOR', 'PWD'])
    expect(texts('ABOR\r\nPWD\r\n')).toEqual(['ABOR', 'PWD'])
    expect(texts('ABOR\r', '\nPWD\r\n')).toEqual(['ABOR', 'PWD'])
    expect(texts('ABOR\r\n\nPWD\r\n')).toEqual(['ABOR', '!'])
    expect(texts('ABORT\rPWD\r\n', 'x\nABOR\rPWD\r\n')).toEqual(['!', '!'])
  })

  test('options are taken out with their byte', () => {
    expect(texts(Buffer.from([IAC, DO, 1]), 'NOOP\r\n')).toEqual(['NOOP'])
  })

  test('an announced character that is none of its commands stays', () => {
    expect(texts(Buffer.from([0x4e, IAC, 0x4f]), 'OP\r\n')).toEqual(['NOOP'])
  })
})

describe('split anywhere', () => {
  test('bytes make the same lines', () => {
    const wire = Buffer.concat([
      Buffer.from('USER mära\r\nMKD a\nb\r\n'),
      Buffer.from([IAC, IP, IAC, DM]),
      Buffer.from('ABOR\r\n\r\nCWD \u{1f600}\r\r\nX\r\n'),
    ])
    const whole = texts(wire)
    expect(whole).toEqual(['USER mära', '!', 'ABOR', '', '!', 'X'])
    for (let at = 0; at <= wire.length; at++) expect(texts(wire.subarray(0, at), wire.subarray(at))).toEqual(whole)
    expect(texts(...Array.from(wire, (byte) => Buffer.from([byte])))).toEqual(whole)
  })

  test('any bytes make the same lines', () => {
    const bytes = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(10, 13, 13, 10, 65, IAC, DM, 0)),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60), { maxLength: 8 }), (all, cuts) => {
        const wire = Buffer.from(all)
        const places = [0, ...cuts.toSorted((a, b) => a - b), wire.length]
        const chunks = places.slice(1).map((end, index) => wire.subarray(places[index], end))
        expect(texts(...chunks)).toEqual(texts(wire))
      }),
    )
  })

  test('no line ever holds a control character', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (all) => {
        const lines = readAll(Buffer.from(all), '\r\n').filter((read) => read.kind === 'line')
        expect(lines.filter(({ text }) => /[\u0000-\u001f\u007f]/.test(text))).toEqual([])
      }),
    )
  })
})

describe('asked late', () => {
  test('gives one line at a time and keeps the rest', () => {
    const reader = new LineReader()
    reader.push(Buffer.from('A\r\nB\r\n'))
    reader.push(Buffer.from('C\r\n'))
    expect(reader.next()).toEqual({ kind: 'line', text: 'A' })
    expect(reader.waiting).toBe(6)
    reader.push(Buffer.from('D\r\n'))
    expect([reader.next(), reader.next(), reader.next(), reader.next()]).toEqual([
      ...['B', 'C', 'D'].map((text) => ({ kind: 'line', text })),
      null,
    ])
    expect(reader.empty).toBe(true)
  })

  test.each([['N'], ['\r'], [Buffer.from([IAC])], ['a\n']])(
    'is not empty with the beginning of a line: %j',
    (begun) => {
      const reader = new LineReader()
      expect(reader.empty).toBe(true)
      reader.push(Buffer.from(begun))
      while (reader.next() !== null);
      expect(reader.empty).toBe(false)
    },
  )
})
