import { expect, test, vi } from 'vitest'
import { createTransferRegistry } from './registry.ts'

const UPLOAD = { session: 3, account: 'anna', direction: 'upload', path: '/a', size: null } as const

test('shows bytes, phase and the rate of the last seconds', () => {
  let now = 10_000
  const onChange = vi.fn()
  const registry = createTransferRegistry(onChange, () => now)
  const running = registry.begin(UPLOAD)
  expect(registry.list()).toEqual([{ ...UPLOAD, id: 1, bytes: 0, rate: 0, phase: 'moving', startedAt: 10_000 }])
  now += 1000
  running.moved(500)
  running.moved(500)
  expect(registry.list()[0]).toMatchObject({ bytes: 1000, rate: 1000 })
  now += 60_000
  expect(registry.list()[0]).toMatchObject({ bytes: 1000, rate: 0 })
  running.moved(5000)
  expect(registry.list()[0]).toMatchObject({ bytes: 6000, rate: 1000 })
  running.scanning()
  expect(registry.list()[0]?.phase).toBe('scanning')
  running.end()
  running.end()
  expect(registry.list()).toEqual([])
  expect(onChange).toHaveBeenCalledTimes(3)
})

test('a clock that is put back breaks nothing', () => {
  let now = 10_000
  const registry = createTransferRegistry(
    () => {},
    () => now,
  )
  const running = registry.begin(UPLOAD)
  running.moved(100)
  now = 5000
  running.moved(100)
  expect(registry.list()[0]?.bytes).toBe(200)
  expect(registry.list()[0]?.rate).toBeGreaterThanOrEqual(0)
})
