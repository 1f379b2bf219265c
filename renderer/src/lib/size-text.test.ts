import { expect, test } from 'vitest'
import { parseSize, sizeText } from './size-text.ts'

test.each([
  ['500 MB', 500_000_000],
  ['1.5GiB', 1_610_612_736],
  ['1,5 kB', 1500],
  ['20000', 20_000],
  ['2 mb/s', 2_000_000],
  ['', null],
  ['  ', null],
])('%j is %j bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each(['0', '0.2', '-5 MB', 'much', '5 lightyears', '1 2', '99999999 TB', 'toString'])('%j is no size', (text) => {
  expect(parseSize(text)).toBeUndefined()
})

test.each([null, 1, 999, 1000, 1024, 1500, 1_048_576, 1_073_741_824, 1_000_000_000, 1_234_567, 2_500_000])(
  '%j bytes come back as they were',
  (bytes) => {
    expect(parseSize(sizeText(bytes))).toBe(bytes)
  },
)

test('round sizes are shown in the unit they are round in', () => {
  expect([1024 ** 3, 1e9, 2_500_000, 1_234_567].map(sizeText)).toEqual(['1 GiB', '1 GB', '2.5 MB', '1234567'])
})
