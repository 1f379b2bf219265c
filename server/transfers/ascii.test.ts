import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FromWire, toWire } from './ascii.ts'

async function* chunks(parts: readonly string[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part, 'latin1')
}

async function sent(parts: readonly string[]): Promise<string> {
  let text = ''
  for await (const chunk of toWire(chunks(parts))) text += chunk.toString('latin1')
  return text
}

function stored(parts: readonly string[]): string {
  const converter = new FromWire()
  const texts = parts.map((part) => converter.convert(Buffer.from(part, 'latin1')).toString('latin1'))
  return texts.join('') + converter.end().toString('latin1')
}

/** A text in pieces, some of them empty. */
const pieces = fc.array(fc.string({ unit: fc.constantFrom('\r', '\n', 'a', '\u00ff'), maxLength: 5 }), {
  maxLength: 10,
})

test.each([
  ['a\nb\n', 'a\r\nb\r\n'],
  ['a\r\nb', 'a\r\nb'],
  ['a\rb', 'a\rb'],
  ['\n', '\r\n'],
  ['\n\n', '\r\n\r\n'],
  ['\r\r\n', '\r\r\n'],
  ['', ''],
])('%j leaves as %j', async (disk, wire) => {
  expect(await sent([disk])).toBe(wire)
})

test.each([
  ['a\r\nb\r\n', 'a\nb\n'],
  ['a\nb', 'a\nb'],
  ['a\rb', 'a\rb'],
  ['a\r', 'a\r'],
  ['\r\r\n', '\r\n'],
  ['', ''],
])('%j arrives as %j', (wire, disk) => {
  expect(stored([wire])).toBe(disk)
})

test('where chunks divide the text does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      expect(await sent(parts)).toBe(await sent([parts.join('')]))
      expect(stored(parts)).toBe(stored([parts.join('')]))
    }),
  )
})

test('what was sent and comes back is the same, but for CRLF, which becomes LF', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const disk = parts.join('').replaceAll('\r', '')
      expect(stored([await sent([disk])])).toBe(disk)
    }),
  )
})
