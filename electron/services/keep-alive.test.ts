import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { KeepAlive } from './keep-alive.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('speaks up after silence, once, until it is started again', () => {
  const onIdle = vi.fn()
  const keepAlive = new KeepAlive(60_000, onIdle)
  keepAlive.start()
  vi.advanceTimersByTime(59_999)
  expect(onIdle).not.toHaveBeenCalled()
  vi.advanceTimersByTime(60_000)
  expect(onIdle).toHaveBeenCalledTimes(1)
  keepAlive.start()
  vi.advanceTimersByTime(60_000)
  expect(onIdle).toHaveBeenCalledTimes(2)
})

test('never during an operation, and an operation begins the silence anew', async () => {
  const onIdle = vi.fn()
  const keepAlive = new KeepAlive(60_000, onIdle)
  keepAlive.start()
  vi.advanceTimersByTime(59_000)
  let end: () => void = () => undefined
  const long = keepAlive.during(() => new Promise<void>((resolve) => (end = resolve)))
  await keepAlive.during(() => Promise.resolve())
  // A session that is opened within an operation is no reason to count either.
  keepAlive.start()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(600_000)
  expect(onIdle).not.toHaveBeenCalled()
  end()
  await long
  vi.advanceTimersByTime(59_999)
  expect(onIdle).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onIdle).toHaveBeenCalledTimes(1)
})

test('counts no more once stopped, also when an operation ends after that', async () => {
  const keepAlive = new KeepAlive(60_000, () => undefined)
  keepAlive.start()
  keepAlive.stop()
  expect(vi.getTimerCount()).toBe(0)
  await keepAlive.during(() => Promise.reject(new Error('no'))).catch(() => undefined)
  expect(vi.getTimerCount()).toBe(0)
})
