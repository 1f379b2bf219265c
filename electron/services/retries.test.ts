import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Retries } from './retries.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

test('each loss waits for the next pause, and the last one is followed by none', () => {
  const retries = new Retries([5_000, 10_000], 60_000)
  const attempt = vi.fn()
  expect(retries.schedule(attempt)).toBe(1_005_000)
  vi.advanceTimersByTime(4_999)
  expect(attempt).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(attempt).toHaveBeenCalledTimes(1)
  expect(retries.schedule(attempt)).toBe(1_015_000)
  vi.advanceTimersByTime(10_000)
  expect(attempt).toHaveBeenCalledTimes(2)
  expect(retries.schedule(attempt)).toBeNull()
  expect(vi.getTimerCount()).toBe(0)
})

test('a session that lived shorter than what counts as well goes on in the row of pauses', () => {
  const retries = new Retries([1, 2, 3], 60_000)
  retries.connected()
  expect(retries.schedule(() => undefined)).toBe(Date.now() + 1)
  retries.connected()
  vi.advanceTimersByTime(59_999)
  expect(retries.schedule(() => undefined)).toBe(Date.now() + 2)
  retries.connected()
  vi.advanceTimersByTime(60_000)
  expect(retries.schedule(() => undefined)).toBe(Date.now() + 1)
})

test('a countdown that is stopped calls nobody; a person starts the row again', () => {
  const retries = new Retries([1, 2], 60_000)
  const attempt = vi.fn()
  retries.schedule(attempt)
  retries.cancel()
  expect(vi.getTimerCount()).toBe(0)
  retries.restart()
  expect(retries.schedule(attempt)).toBe(Date.now() + 1)
  retries.connected()
  expect(vi.getTimerCount()).toBe(0)
  expect(attempt).not.toHaveBeenCalled()
})

test('without a pause once only, until a session was well for a time', () => {
  const retries = new Retries([1, 2, 3], 60_000)
  retries.connected()
  expect(retries.atOnce()).toBe(true)
  retries.connected()
  expect(retries.atOnce()).toBe(false)
  expect(retries.schedule(() => undefined)).toBe(Date.now() + 1)
  retries.connected()
  vi.advanceTimersByTime(60_000)
  expect(retries.atOnce()).toBe(true)
})

test('regression: a loss told before the operation that met it fails does not use up the try without a pause', () => {
  const retries = new Retries([1, 2], 60_000)
  retries.connected()
  retries.schedule(() => undefined)
  expect(retries.atOnce()).toBe(true)
  retries.connected()
  retries.schedule(() => undefined)
  expect(retries.atOnce()).toBe(false)
})
