import { expect, test } from 'vitest'
import { timeValue } from './time.ts'

test.each([
  ['20240110123456', Date.UTC(2024, 0, 10, 12, 34, 56)],
  ['20240110123456.5', Date.UTC(2024, 0, 10, 12, 34, 56, 500)],
  ['20161231235960', Date.UTC(2017, 0, 1)],
  [' 20240229000000 ', Date.UTC(2024, 1, 29)],
  ['20230229000000', null],
  ['20241301000000', null],
  ['20240110250000', null],
  ['2024011012345', null],
  ['yesterday', null],
  ['', null],
])('%j', (text, expected) => {
  expect(timeValue(text)).toBe(expected)
})
