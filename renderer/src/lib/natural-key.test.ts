import { expect, test } from 'vitest'
import { naturalKey } from './natural-key.ts'

const sorted = (names: string[]): string[] =>
  names.toSorted((a, b) => {
    const [x, y] = [naturalKey(a), naturalKey(b)]
    return x < y ? -1 : x > y ? 1 : 0
  })

test('numbers in names sort by value, not by digit', () => {
  expect(sorted(['file10', 'file9', 'file100', 'file1'])).toEqual(['file1', 'file9', 'file10', 'file100'])
})

test('leading zeros do not change a number', () => {
  expect(naturalKey('img007')).toBe(naturalKey('img7'))
  expect(sorted(['a010', 'a9', 'a0'])).toEqual(['a0', 'a9', 'a010'])
})

test('agrees with a numeric, case- and accent-blind collator on everyday names', () => {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
  const names = ['Étude 2.pdf', 'etude 10.pdf', 'Zebra', 'apple', 'Banana 3', 'banana 20', 'übung', 'v1.10.0', 'v1.9.3']
  expect(sorted(names)).toEqual(names.toSorted(collator.compare))
})

test('a run of thousands of digits still has a key', () => {
  expect(naturalKey('9'.repeat(5000)).length).toBeGreaterThan(5000)
})
