import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SluiceError } from '../../../common/errors.ts'
import type { ShareStatus } from '../../../common/share.ts'
import { ServerSupervisor, type SupervisorOptions } from './server-supervisor.ts'
import { CONFIG, RUNNING, scriptedChildren, silent } from './test/scripted-child.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const OPEN = { database: 'sqlite:/data/share.sqlite', dataFolder: '/data', quarantineFolder: '/quarantine' }
const ADDRESS = { url: 'http://127.0.0.1:4711', token: 't' }

function supervise(o: Partial<SupervisorOptions> = {}) {
  const children = scriptedChildren()
  const statuses: ShareStatus[] = []
  const onEvent = vi.fn()
  const supervisor = new ServerSupervisor({
    fork: children.fork,
    open: OPEN,
    onStatus: (status) => statuses.push(status),
    onEvent,
    ...o,
  })
  return { supervisor, children, started: children.started, statuses, onEvent }
}

/** What it failed with, to be looked at when time has gone on. */
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )
const states = (statuses: ShareStatus[]) => statuses.map(({ state }) => state)

test('nothing runs before it is needed; then the process opens its database and is told of the agent', async () => {
  const { supervisor, started } = supervise()
  supervisor.useAgent(ADDRESS)
  supervisor.watch(true)
  expect(started).toHaveLength(0)
  await Promise.all([supervisor.call('accounts.list', null), supervisor.call('accounts.list', null)])
  expect(started).toHaveLength(1)
  expect(started[0]?.methods).toEqual(['open', 'useAgent', 'watch', 'accounts.list', 'accounts.list'])
  expect(started[0]?.argumentOf('open')).toEqual(OPEN)
  expect(started[0]?.argumentOf('useAgent')).toEqual(ADDRESS)
  expect(supervisor.status).toEqual({ state: 'stopped' })
})

test('an agent that comes and goes is passed on', async () => {
  const { supervisor, started } = supervise()
  await supervisor.start(CONFIG)
  supervisor.useAgent(ADDRESS)
  await vi.advanceTimersByTimeAsync(0)
  expect(started[0]?.argumentOf('useAgent')).toEqual(ADDRESS)
  supervisor.useAgent(null)
  await vi.advanceTimersByTimeAsync(0)
  expect(started[0]?.argumentOf('useAgent')).toBe(null)
})

test('starts and stops; a second start is refused', async () => {
  const { supervisor, started, statuses } = supervise()
  await supervisor.start(CONFIG)
  expect(supervisor.serves).toEqual(CONFIG)
  expect(supervisor.status).toEqual(RUNNING)
  await expect(supervisor.start(CONFIG)).rejects.toMatchObject({ code: 'bad-argument' })
  await supervisor.stop(5_000)
  expect(started[0]?.argumentOf('stop')).toEqual({ graceMs: 5_000 })
  expect(states(statuses)).toEqual(['starting', 'running', 'stopped'])
  expect(supervisor.serves).toBe(null)
  await supervisor.start(CONFIG)
  expect(started).toHaveLength(1)
})

test('a start that fails says why, and is not tried again', async () => {
  const { supervisor, children, statuses } = supervise()
  children.next = { start: new SluiceError('bad-argument', 'Port 2121 is taken.') }
  await expect(supervisor.start(CONFIG)).rejects.toThrow('Port 2121 is taken.')
  expect(statuses.at(-1)).toEqual({
    state: 'failed',
    error: { code: 'bad-argument', message: 'Port 2121 is taken.' },
    retryAt: null,
  })
  expect(supervisor.serves).toBe(null)
  expect(vi.getTimerCount()).toBe(0)
})

test('a crash is told at once, and the server is started again after pauses that grow', async () => {
  const { supervisor, children, started, statuses } = supervise()
  await supervisor.start(CONFIG)
  started[0]?.die(9)
  children.next = { start: new SluiceError('internal', 'Broken.') }
  for (const [round, delay] of [500, 2_000, 5_000, 15_000, 30_000, 30_000].entries()) {
    await vi.advanceTimersByTimeAsync(0)
    expect(statuses.at(-1)).toMatchObject({ state: 'failed', retryAt: Date.now() + delay })
    await vi.advanceTimersByTimeAsync(delay - 1)
    expect(started.flatMap(({ methods }) => methods).filter((method) => method === 'start')).toHaveLength(round + 1)
    if (round === 5) break
    await vi.advanceTimersByTimeAsync(1)
  }
  children.next = {}
  started[1]?.die(9)
  await vi.advanceTimersByTimeAsync(1)
  expect(supervisor.status).toEqual(RUNNING)
  expect(started.at(-1)?.argumentOf('start')).toEqual(CONFIG)
  expect(statuses.find(({ state }) => state === 'failed')).toMatchObject({
    error: { code: 'interrupted', message: expect.stringMatching(/code 9/) },
  })
})

test('a server that was well for a while begins with the first pause again', async () => {
  const { supervisor, started, statuses } = supervise()
  await supervisor.start(CONFIG)
  for (const child of [0, 1]) {
    started[child]?.die()
    await vi.advanceTimersByTimeAsync(2_000)
  }
  await vi.advanceTimersByTimeAsync(30_001)
  started[2]?.die()
  await vi.advanceTimersByTimeAsync(0)
  expect(statuses.at(-1)).toMatchObject({ state: 'failed', retryAt: Date.now() + 500 })
})

test('a server that says itself that it failed is started again', async () => {
  const { supervisor, started, statuses } = supervise()
  await supervisor.start(CONFIG)
  const error = { code: 'internal', message: 'The listener broke.' } as const
  started[0]?.tell({ name: 'status', status: { state: 'failed', error, retryAt: null } })
  expect(statuses.at(-1)).toEqual({ state: 'failed', error, retryAt: Date.now() + 500 })
  await vi.advanceTimersByTimeAsync(500)
  expect(supervisor.status).toEqual(RUNNING)
  expect(started).toHaveLength(1)
})

test('stopped while it waits for its next try: it stays stopped', async () => {
  const { supervisor, started } = supervise()
  await supervisor.start(CONFIG)
  started[0]?.die()
  await vi.advanceTimersByTimeAsync(0)
  await supervisor.stop(0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(supervisor.status).toEqual({ state: 'stopped' })
  expect(started).toHaveLength(1)
})

test('started by hand while it waits for its next try: it starts at once, and once', async () => {
  const { supervisor, started } = supervise()
  await supervisor.start(CONFIG)
  started[0]?.die()
  await vi.advanceTimersByTimeAsync(0)
  await supervisor.start(CONFIG)
  expect(supervisor.status).toEqual(RUNNING)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(2)
  expect(started[1]?.methods.filter((method) => method === 'start')).toHaveLength(1)
})

test('stopped while it starts: the start ends first', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { start: silent }
  const starting = supervisor.start(CONFIG)
  await vi.advanceTimersByTimeAsync(0)
  const stopping = supervisor.stop(0)
  const [child] = started
  const id = child?.requests.find(({ method }) => method === 'start')?.id
  expect(child?.methods).not.toContain('stop')
  child?.tell({ name: 'status', status: RUNNING })
  child?.answer(id ?? 0, { firstAccount: null })
  await Promise.all([starting, stopping])
  expect(child?.methods.at(-1)).toBe('stop')
  expect(supervisor.status).toEqual({ state: 'stopped' })
})

test('a process that dies while nothing is served is replaced when it is needed, without a word', async () => {
  const { supervisor, started, statuses } = supervise()
  await supervisor.call('accounts.list', null)
  started[0]?.die()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(1)
  await supervisor.call('accounts.list', null)
  expect(started).toHaveLength(2)
  expect(statuses).toEqual([])
})

test('a process that dies at its start is no crash of a share that ran', async () => {
  const { supervisor, children, started, statuses } = supervise()
  children.next = { start: silent }
  const failure = failureOf(supervisor.start(CONFIG))
  await vi.advanceTimersByTimeAsync(0)
  started[0]?.die(1)
  expect(await failure).toMatchObject({ code: 'interrupted' })
  expect(statuses.at(-1)).toMatchObject({ state: 'failed', retryAt: null })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(1)
})

test('a process whose database cannot be opened is ended, and the next call tries another', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { open: new SluiceError('local-io', 'share.sqlite cannot be read.') }
  await expect(supervisor.call('accounts.list', null)).rejects.toThrow('share.sqlite cannot be read.')
  expect(started[0]?.killed).toBe(true)
  children.next = {}
  expect(await supervisor.call('accounts.list', null)).toEqual([])
  expect(started).toHaveLength(2)
})

test('a process that hangs at its start is ended', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { start: silent }
  const failure = failureOf(supervisor.start(CONFIG))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await failure).toMatchObject({ code: 'timeout' })
  expect(started[0]?.killed).toBe(true)
  children.next = {}
  await supervisor.start(CONFIG)
  expect(started).toHaveLength(2)
})

test('a server that does not stop is ended', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { stop: silent }
  await supervisor.start(CONFIG)
  const stopping = supervisor.stop(5_000)
  await vi.advanceTimersByTimeAsync(8_000)
  await stopping
  expect(started[0]?.killed).toBe(true)
  expect(supervisor.status).toEqual({ state: 'stopped' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(1)
})

test('what an old process says does not count', async () => {
  const { supervisor, started, onEvent } = supervise()
  await supervisor.start(CONFIG)
  started[0]?.die()
  await vi.advanceTimersByTimeAsync(500)
  started[0]?.tell({ name: 'accounts-changed' })
  expect(onEvent).not.toHaveBeenCalled()
  started[1]?.tell({ name: 'accounts-changed' })
  expect(onEvent).toHaveBeenCalledWith({ name: 'accounts-changed' })
})

test('after the end there is no process, and none comes back', async () => {
  const { supervisor, started } = supervise()
  await supervisor.start(CONFIG)
  await supervisor.dispose(1_000)
  expect(started[0]?.methods.at(-1)).toBe('stop')
  expect(started[0]?.killed).toBe(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(1)
  await expect(supervisor.call('accounts.list', null)).rejects.toMatchObject({ code: 'cancelled' })
  expect(vi.getTimerCount()).toBe(0)
})

test('the end does not wait for a start', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { start: silent }
  const failure = failureOf(supervisor.start(CONFIG))
  await vi.advanceTimersByTimeAsync(0)
  await supervisor.dispose(1_000)
  expect(started[0]?.killed).toBe(true)
  expect(await failure).toMatchObject({ code: 'interrupted' })
  expect(vi.getTimerCount()).toBe(0)
})

test('a crash at the end is not repaired', async () => {
  const { supervisor, children, started } = supervise()
  children.next = { stop: silent }
  await supervisor.start(CONFIG)
  const ending = supervisor.dispose(1_000)
  await vi.advanceTimersByTimeAsync(0)
  started[0]?.die()
  await ending
  await vi.advanceTimersByTimeAsync(60_000)
  expect(started).toHaveLength(1)
})
