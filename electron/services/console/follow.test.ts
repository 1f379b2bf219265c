import { expect, test } from 'vitest'
import { SluiceError } from '../../../common/errors.ts'
import type { RequestProgress, TransferRequest, TransferRow } from '../../../common/models.ts'
import { transferRow } from '../../../testing/transfer-row.ts'
import { follow } from './follow.ts'
import type { CommandContext, ConsoleOutput } from './types.ts'

const request = (targetFolder = '/'): TransferRequest => ({
  direction: 'upload',
  sources: [{ path: '/a' }],
  targetFolder,
  transferType: 'binary',
  conflict: 'overwrite',
})

interface Queue {
  /** Rows that have not ended, by request. */
  unfinished: Map<number, number>
  cancelled: number[]
  /** Ends one row of a request. */
  end(request: number, facts?: Partial<TransferRow>): void
}

type Add = (queue: Queue, request: number, body: TransferRequest) => Promise<number> | number

/** A queue that does what a test says. */
function queueOf(add: Add, signal = new AbortController().signal) {
  const listeners = new Set<(row: TransferRow) => void>()
  const outputs: ConsoleOutput[] = []
  let last = 0
  const queue: Queue = {
    unfinished: new Map(),
    cancelled: [],
    end: (id, facts = {}) => {
      queue.unfinished.set(id, (queue.unfinished.get(id) ?? 1) - 1)
      for (const listener of listeners) listener(transferRow({ request: id, state: 'done', ...facts }))
    },
  }
  const transfers = {
    onEnded: (listener: (row: TransferRow) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add: async (body: TransferRequest, _endpoint: unknown, o: { onRequest?: (id: number) => void }) => {
      const id = ++last
      o.onRequest?.(id)
      return { request: id, added: await add(queue, id, body) }
    },
    progress: (id: number): RequestProgress => ({
      files: 1,
      unfinished: queue.unfinished.get(id) ?? 0,
      bytes: 0,
      transferred: 0,
      rate: null,
      ended: { done: 0, blocked: 0, failed: 0, skipped: 0, cancelled: 0 },
      active: [],
    }),
    cancelRequest: (id: number) => void queue.cancelled.push(id),
  }
  const context = {
    host: {
      transfers,
      session: { endpoint: { protocol: 'ftp', host: 'h', port: 21, user: 'u' } },
      folders: { get: () => ({ local: '/', remote: '/' }) },
    },
    signal,
    write: (output: ConsoleOutput) => void outputs.push(output),
    progress: () => undefined,
  } as unknown as CommandContext
  return { queue, context, listeners, text: () => outputs.flatMap(({ lines }) => lines.map((line) => line.text)) }
}

test('rows that end while the rest is still planned do not end the command', async () => {
  const planned = Promise.withResolvers<number>()
  const { queue, context, listeners } = queueOf((its, id) => {
    its.unfinished.set(id, 2)
    its.end(id)
    return planned.promise
  })
  let over = false
  const running = follow(context, 'put', [request()]).finally(() => (over = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  planned.resolve(2)
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  queue.end(1)
  expect(await running).toBe('ok')
  expect(listeners.size).toBe(0)
})

test('a row that somebody retries is waited for', async () => {
  const { queue, context } = queueOf((its, id) => {
    its.unfinished.set(id, 1)
    return 1
  })
  const running = follow(context, 'put', [request()])
  await new Promise((resolve) => setImmediate(resolve))
  queue.unfinished.set(1, 2)
  queue.end(1, { state: 'failed', error: { code: 'timeout', message: 'Late.' } })
  await new Promise((resolve) => setImmediate(resolve))
  queue.end(1)
  expect(await running).toBe('partial')
})

test('many requests are not under way all at once, and rows of others are left alone', async () => {
  let most = 0
  const { queue, context, text } = queueOf((its, id) => {
    its.unfinished.set(id, 1)
    most = Math.max(most, [...its.unfinished.values()].filter((count) => count > 0).length)
    setImmediate(() => its.end(id))
    return 1
  })
  queue.end(999, { localPath: '/foreign' })
  const requests = Array.from({ length: 200 }, (_, at) => request(`/${at}`))
  expect(await follow(context, 'mput', requests)).toBe('ok')
  expect(most).toBeLessThan(20)
  expect(text().filter((line) => line.startsWith('OK'))).toHaveLength(200)
  expect(text().join()).not.toContain('foreign')
})

test('one of several requests that cannot be made is told, and the others go on; the only one is an error', async () => {
  const refuse: Add = (its, id, { targetFolder }) => {
    if (targetFolder === '/bad') throw new SluiceError('local-permission', 'Not there.')
    its.unfinished.set(id, 1)
    setImmediate(() => its.end(id))
    return 1
  }
  const several = queueOf(refuse)
  expect(await follow(several.context, 'mget', [request('/bad'), request('/good')])).toBe('partial')
  expect(several.text()).toContain('Not there.')
  const only = queueOf(refuse)
  await expect(follow(only.context, 'get', [request('/bad')])).rejects.toMatchObject({ code: 'local-permission' })
  expect(only.listeners.size).toBe(0)
})

test('a cancel reaches what is under way, also what is still planned, and starts nothing more', async () => {
  const controller = new AbortController()
  const { queue, context } = queueOf((its, id) => {
    its.unfinished.set(id, 1)
    if (id === 12) controller.abort()
    return 1
  }, controller.signal)
  const running = follow(
    context,
    'mput',
    Array.from({ length: 50 }, () => request()),
  )
  await new Promise((resolve) => setImmediate(resolve))
  expect(queue.cancelled.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  for (const id of queue.cancelled) queue.end(id, { state: 'cancelled' })
  expect(await running).toBe('cancelled')
})

test('a queue that is closed meanwhile ends the command with an error instead of the program', async () => {
  const { context } = queueOf((its, id) => {
    its.unfinished.set(id, 1)
    return 1
  })
  const running = follow(context, 'put', [request()])
  await new Promise((resolve) => setImmediate(resolve))
  Object.assign(context.host.transfers, {
    progress: () => {
      throw new Error('The journal is closed.')
    },
  })
  await expect(running).rejects.toThrow('The journal is closed.')
})
