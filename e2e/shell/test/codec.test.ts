import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCodec } from '../codec.ts'

const { encode, decode } = makeCodec()

test('whatever structured clone can carry survives the way through JSON', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: false,
  })
  fc.assert(
    fc.property(anything, (value) => {
      const sent = structuredClone(value)
      expect(decode(JSON.parse(JSON.stringify(encode(sent))))).toEqual(sent)
    }),
  )
})

test('objects with the key of the codec itself stay what they are', () => {
  const value = { $: 'date', value: [{ $: 1 }] }
  expect(decode(encode(value))).toEqual(value)
})

test.for([() => 1, Symbol('s'), Promise.resolve(), new WeakMap(), { deep: [() => 1] }])('refuses %o', (value) => {
  expect(() => encode(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
})
