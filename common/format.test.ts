import { expect, test } from 'vitest'
import {
  formatBytes,
  formatBytesExact,
  formatClock,
  formatDuration,
  formatRate,
  formatTime,
  percent,
  plural,
} from './format.ts'

test('bytes step up through decimal units', () => {
  expect([0, 999, 1000, 1536, 999_949, 999_950, 24_000_000, 1.5e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 kB',
    '999.9 kB',
    '1.0 MB',
    '24.0 MB',
    '1.5 TB',
  ])
  expect(formatBytes(null)).toBe('–')
})

test('details give the exact count', () => {
  expect(formatBytesExact(1_234_567)).toBe('1.2 MB (1,234,567 bytes)')
  expect(formatBytesExact(1)).toBe('1 byte')
  expect(formatBytesExact(null)).toBe('unknown size')
})

test('rates are empty while nothing moves', () => {
  expect(formatRate(null)).toBe('')
  expect(formatRate(2_500_000.4)).toBe('2.5 MB/s')
})

test('times are local and fixed in width', () => {
  const at = new Date(2026, 2, 9, 7, 5, 9, 42).getTime()
  expect(formatTime(at)).toBe('2026-03-09 07:05')
  expect(formatClock(at)).toBe('07:05:09.042')
  expect(formatTime(null)).toBe('–')
  expect(formatTime(Number.NaN)).toBe('–')
})

test('durations show their two largest units', () => {
  expect([0.4, 59, 200, 7500, 273_600].map(formatDuration)).toEqual([
    '0 s',
    '59 s',
    '3 min 20 s',
    '2 h 05 min',
    '3 d 4 h',
  ])
})

test('percent is whole, bounded and honest about the unknown', () => {
  expect(percent(43, 100)).toBe(43)
  expect(percent(999, 1000)).toBe(99)
  expect(percent(2000, 1000)).toBe(100)
  expect(percent(0, 0)).toBe(100)
  expect(percent(5, null)).toBeNull()
})

test('counts agree with their nouns', () => {
  expect(plural(1, 'item')).toBe('1 item')
  expect(plural(12_000, 'item')).toBe('12,000 items')
  expect(plural(2, 'entry', 'entries')).toBe('2 entries')
})
