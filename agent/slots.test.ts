import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

const never = new AbortController().signal

test('lets in so many, then one for each that leaves, in order', async () => {
  const slots = new Slots(1, 10)
  const order: number[] = []
  const first = await slots.acquire(never)
  const rest = [1, 2, 3].map(async (n) => {
    const release = await slots.acquire(never)
    order.push(n)
    release()
  })
  first()
  first()
  await Promise.all(rest)
  expect(order).toEqual([1, 2, 3])
  const again = await slots.acquire(never)
  const blocked = slots.acquire(AbortSignal.abort())
  await expect(blocked).rejects.toThrow()
  again()
})

test('turns away what does not fit into the queue', async () => {
  const slots = new Slots(1, 0)
  await slots.acquire(never)
  await expect(slots.acquire(never)).rejects.toMatchObject({ code: 'agent-unavailable' })
})

test('who gives up waiting leaves the queue', async () => {
  const slots = new Slots(1, 1)
  const release = await slots.acquire(never)
  const control = new AbortController()
  const waiting = slots.acquire(control.signal)
  control.abort()
  await expect(waiting).rejects.toThrow()
  const next = slots.acquire(never)
  release()
  expect(await next).toBeTypeOf('function')
})
