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
  for (let ms = 0; ms <= 2000; ms += 100) meter.add(ms, ms)
  expect(meter.rate(2000)).toBe(1000)
  expect(meter.rate(5000)).toBe(0)
})

test('what the system swallows at first is no rate; a server that takes bytes in gulps has a steady one', () => {
  const meter = new RateMeter()
  meter.add(0, 0)
  // The connection takes a while, then 4 MB go into buffers at once, then 1.35 MB every 1.5 s: 900 kB/s.
  for (let i = 0; i < 40; i++) meter.add((i + 1) * 100_000, 800 + i)
  expect(meter.rate(1500)).toBeNull()
  const rates: (number | null)[] = []
  for (let gulp = 1; gulp <= 6; gulp++) {
    const at = 839 + gulp * 1500
    meter.add(4_000_000 + gulp * 1_350_000, at)
    rates.push(meter.rate(at), meter.rate(at + 700), meter.rate(at + 1400))
  }
  expect(new Set(rates)).toEqual(new Set([900_000]))
})

test('a second try begins anew', () => {
  const meter = new RateMeter()
  for (let ms = 0; ms <= 2000; ms += 100) meter.add(ms, ms)
  meter.add(0, 2100)
  expect(meter.rate(2150)).toBeNull()
  for (let ms = 0; ms <= 2000; ms += 100) meter.add(ms * 2, 2200 + ms)
  expect(meter.rate(4200)).toBe(2000)
})

test('thousands of chunks a second do not pile up', () => {
  const meter = new RateMeter()
  for (let at = 0; at < 100_000; at++) meter.add(at * 1000, at / 10)
  expect(meter.rate(10_000)).toBeCloseTo(10_000_000, -5)
})
