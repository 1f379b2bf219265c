import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { orderlyQuit } from './shutdown.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** An app that ends when told to, unless a listener prevents it. */
function appWith(end: () => Promise<void>) {
  const app = { ended: 0, quit: () => undefined as void }
  const listener = orderlyQuit(end, () => app.quit())
  app.quit = () => {
    let prevented = false
    listener({ preventDefault: () => (prevented = true) })
    if (!prevented) app.ended++
  }
  return app
}

test('the process goes once all is in order, not before', async () => {
  const ending = Promise.withResolvers<void>()
  const app = appWith(() => ending.promise)
  app.quit()
  await vi.advanceTimersByTimeAsync(1000)
  expect(app.ended).toBe(0)
  ending.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(app.ended).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a second wish to quit does not cut the tidying short', async () => {
  const end = vi.fn(() => new Promise<void>(() => undefined))
  const app = appWith(end)
  app.quit()
  app.quit()
  await vi.advanceTimersByTimeAsync(1000)
  expect(app.ended).toBe(0)
  expect(end).toHaveBeenCalledTimes(1)
})

test.each([
  ['fails', () => Promise.reject(new Error('x'))],
  ['hangs', () => new Promise<void>(() => undefined)],
])('tidying that %s does not keep the process for ever', async (_how, end) => {
  const app = appWith(end)
  app.quit()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(app.ended).toBe(1)
})
