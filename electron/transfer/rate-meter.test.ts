import { expect, test } from 'vitest'
import { RateMeter } from './rate-meter.ts'

test('there is no rate before there is a stretch of time', () => {
  const meter = new RateMeter()
  expect(meter.rate(0)).toBeNull()
  meter.add(100, 0)
  expect(meter.rate(10)).toBeNull()
})

test('the rate is that of the last three seconds', () => {
  const meter = new RateMeter()
  for (let ms = 0; ms <= 10_000; ms += 50) meter.add(ms < 5000 ? ms * 10 : 50_000 + (ms - 5000), ms)
  // 1 byte a ms since 5 s; what was before does not count any more.
  expect(meter.rate(10_000)).toBeGreaterThanOrEqual(990)
  expect(meter.rate(10_000)).toBeLessThanOrEqual(1010)
})

test('silence makes the rate fall to nothing', () => {
  const meter = new RateMeter()
  for (let ms = 0; ms <= 1000; ms += 100) meter.add(ms, ms)
  expect(meter.rate(1000)).toBe(1000)
  expect(meter.rate(2000)).toBe(500)
  expect(meter.rate(5000)).toBe(0)
})

test('thousands of chunks a second do not pile up', () => {
  const meter = new RateMeter()
  for (let at = 0; at < 100_000; at++) meter.add(at * 1000, at / 10)
  expect(meter.rate(10_000)).toBeCloseTo(10_000_000, -5)
})
