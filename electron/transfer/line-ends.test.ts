import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromWire, FromWire, ToWire, type LineEndConverter } from './line-ends.ts'

/** Runs a converter over `text`, cut at every place that `cuts` names. */
function convert(converter: LineEndConverter, text: string, cuts: readonly number[] = []): string {
  const bytes = Buffer.from(text, 'latin1')
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const parts: Buffer[] = []
  let from = 0
  for (const to of [...places, bytes.length]) {
    parts.push(Buffer.from(converter.convert(bytes.subarray(from, to))))
    from = to
  }
  parts.push(converter.end())
  return Buffer.concat(parts).toString('latin1')
}

test.each([
  ['a\nb\n', 'a\r\nb\r\n', 2],
  ['a\r\nb\r\n', 'a\r\nb\r\n', 0],
  ['\n\n', '\r\n\r\n', 2],
  ['lone\rcr\n', 'lone\rcr\r\n', 1],
  ['\r\r\n', '\r\r\n', 0],
  ['no end', 'no end', 0],
  ['', '', 0],
])('to the wire: %j becomes %j', (local, wire, changed) => {
  const converter = new ToWire()
  expect(convert(converter, local)).toBe(wire)
  expect(converter.changed).toBe(changed)
})

test.each([
  ['a\r\nb\r\n', 'a\nb\n', 2],
  ['a\nb', 'a\nb', 0],
  ['lone\rcr\r\n', 'lone\rcr\n', 1],
  ['\r\r\n', '\r\n', 1],
  ['ends with cr\r', 'ends with cr\r', 0],
  ['\r\n', '\n', 1],
])('from the wire: %j becomes %j', (wire, local, changed) => {
  const converter = new FromWire()
  expect(convert(converter, wire)).toBe(local)
  expect(converter.changed).toBe(changed)
})

const text = fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\0', '\xff'), maxLength: 40 })
const cuts = fc.array(fc.nat(60), { maxLength: 12 })

test('where the chunks are cut changes nothing', () => {
  fc.assert(
    fc.property(text, cuts, (input, places) => {
      expect(convert(new ToWire(), input, places)).toBe(input.replaceAll(/(?<!\r)\n/g, '\r\n'))
      expect(convert(new FromWire(), input, places)).toBe(input.replaceAll('\r\n', '\n'))
    }),
  )
})

test('text with local line ends survives the way there and back', () => {
  fc.assert(
    fc.property(text, cuts, (input, places) => {
      fc.pre(!input.includes('\r\n'))
      expect(convert(new FromWire(), convert(new ToWire(), input, places), places)).toBe(input)
    }),
  )
})

test('on Windows the wire has the local line ends already', () => {
  expect(convert(fromWire('win32'), 'a\r\nb\r\n', [2])).toBe('a\r\nb\r\n')
  expect(convert(fromWire('linux'), 'a\r\nb\r\n', [2])).toBe('a\nb\n')
})
