import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { SluiceError } from '../../common/errors.ts'
import { DEFAULT_LIMITS } from './options.ts'
import { ReplyReader } from './reply-reader.ts'

const CONVERSATION = [
  '220 Ready\r\n',
  '230-Welcome\r\n230-to\r\n  the club\r\n230 Logged in\r\n',
  '150-Note:\r\n226 this is no reply\r\n150 Opening\r\n',
  '211-Features:\n UTF8\n211 End\n',
  '226\r\n',
  '257 "/gr\u00f6\u00dfe" here\r\n',
].join('')

const REPLIES = [
  [220, 'Ready'],
  [230, 'Welcome\nto\n  the club\nLogged in'],
  [150, 'Note:\n226 this is no reply\nOpening'],
  [211, 'Features:\n UTF8\nEnd'],
  [226, ''],
  [257, '"/größe" here'],
]

function read(pieces: Buffer[], limits = DEFAULT_LIMITS): (number | string)[][] {
  const reader = new ReplyReader(limits)
  return pieces.flatMap((piece) => reader.push(piece)).map(({ code, text }) => [code, text])
}

describe('a conversation', () => {
  const bytes = Buffer.from(CONVERSATION)

  test('in one piece', () => {
    expect(read([bytes])).toEqual(REPLIES)
  })

  test('split in two at every place', () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(REPLIES)
    }
  })

  test('byte by byte', () => {
    expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(REPLIES)
  })

  test('in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(read(pieces)).toEqual(REPLIES)
      }),
    )
  })
})

test('half a line is no reply, however long it rests', () => {
  const reader = new ReplyReader(DEFAULT_LIMITS)
  expect(reader.push(Buffer.from('226 Transfer compl'))).toEqual([])
  expect(reader.isClean).toBe(false)
  expect(reader.push(Buffer.from('ete.\r'))).toEqual([])
  expect(reader.push(Buffer.from('\n'))).toMatchObject([{ code: 226, text: 'Transfer complete.' }])
  expect(reader.isClean).toBe(true)
})

test('CR alone ends no line', () => {
  expect(read([Buffer.from('220 a\r230 b\r\n')])).toEqual([[220, 'a\r230 b']])
})

test('an unfinished multi-line reply is not clean', () => {
  const reader = new ReplyReader(DEFAULT_LIMITS)
  expect(reader.push(Buffer.from('220-Hello\r\n'))).toEqual([])
  expect(reader.isClean).toBe(false)
})

test('the lines are kept as they came', () => {
  const [reply] = new ReplyReader(DEFAULT_LIMITS).push(Buffer.from('211-A\r\n b\r\n211 C\r\n'))
  expect(reply?.lines).toEqual(['211-A', ' b', '211 C'])
})

test.each(['HTTP/1.1 200 OK', '22 short', '2200 long', '220x', 'hello', '', '020 zero', '720 seven'])(
  '%j is no reply',
  (line) => {
    expect(() => read([Buffer.from(`${line}\r\n`)])).toThrow(expect.objectContaining({ code: 'protocol-violation' }))
  },
)

describe('limits', () => {
  const limits = { ...DEFAULT_LIMITS, replyLine: 100, replyLines: 5, replyBytes: 300 }

  test('an endless line, in pieces or whole', () => {
    expect(() => read([Buffer.from('220 '), ...Array<Buffer>(20).fill(Buffer.alloc(10, 'x'))], limits)).toThrow(
      SluiceError,
    )
    expect(() => read([Buffer.from(`220 ${'x'.repeat(200)}\r\n`)], limits)).toThrow('longer than 100 bytes')
  })

  test('too many lines', () => {
    expect(() => read([Buffer.from(`220-a\r\n${'b\r\n'.repeat(5)}`)], limits)).toThrow('more than 5 lines')
  })

  test('too many bytes', () => {
    expect(() => read([Buffer.from(`220-a\r\n${`${'b'.repeat(90)}\r\n`.repeat(4)}`)], limits)).toThrow(
      'longer than 300 bytes',
    )
  })

  test('the count starts anew with each reply', () => {
    const many = Array<Buffer>(50).fill(Buffer.from('220-a\r\nb\r\n220 c\r\n'))
    expect(read(many, limits)).toHaveLength(50)
  })
})

test('no bytes make it throw anything but a SluiceError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
      try {
        read(pieces.map((piece) => Buffer.from(piece)))
      } catch (error) {
        expect(error).toBeInstanceOf(SluiceError)
      }
    }),
  )
})
