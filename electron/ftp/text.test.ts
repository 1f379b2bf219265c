import { expect, test } from 'vitest'
import fc from 'fast-check'
import { decodeText, encodeText } from './text.ts'

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeText(decodeText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
    }),
  )
})

test('UTF-8 is read as such, beside bytes that are not', () => {
  expect(decodeText(Buffer.from('größe'))).toBe('größe')
  const mixed = Buffer.concat([Buffer.from('文'), Buffer.of(0xe4), Buffer.from('x')])
  expect(decodeText(mixed)).toBe('文\udce4x')
  expect(encodeText('文\udce4x')).toEqual(mixed)
})
