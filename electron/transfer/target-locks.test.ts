import { expect, test } from 'vitest'
import { TargetLocks } from './target-locks.ts'

const never = new AbortController().signal

test('holders of one key go one after the other, others do not wait', async () => {
  const locks = new TargetLocks()
  const order: string[] = []
  const first = await locks.hold('a', never)
  const second = locks.hold('a', never).then((release) => {
    order.push('second')
    return release
  })
  const third = locks.hold('a', never).then((release) => {
    order.push('third')
    return release
  })
  const other = await locks.hold('b', never)
  expect(order).toEqual([])
  expect(locks.tryHold('a')).toBeNull()
  first()
  ;(await second)()
  expect(order).toEqual(['second'])
  ;(await third)()
  other()
  const free = locks.tryHold('a')
  expect(free).not.toBeNull()
  free?.()
})

test('waiting ends with its signal and takes nothing along', async () => {
  const locks = new TargetLocks()
  const release = await locks.hold('a', never)
  const controller = new AbortController()
  const waiting = locks.hold('a', controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  release()
  expect(locks.tryHold('a')).not.toBeNull()
})
