import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ServerProcess } from './server-process.ts'
import { ScriptedChild, silent } from './test/scripted-child.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  if (vi.getTimerCount() > 0) throw new Error('A time limit was left behind.')
  vi.useRealTimers()
})

function speakWith(answers: ConstructorParameters<typeof ScriptedChild>[0]) {
  const child = new ScriptedChild(answers)
  const onEvent = vi.fn()
  return { child, onEvent, server: new ServerProcess(child, onEvent) }
}

test('each answer goes to its question, in whatever order they come', async () => {
  const { child, server } = speakWith({ 'accounts.list': silent, 'audit.page': silent })
  const accounts = server.call('accounts.list', null)
  const page = server.call('audit.page', { limit: 10 })
  expect(child.requests).toEqual([
    { id: 1, method: 'accounts.list', argument: null },
    { id: 2, method: 'audit.page', argument: { limit: 10 } },
  ])
  child.emit('message', { type: 'answer', id: 2, ok: true, value: ['page'] })
  child.emit('message', { type: 'answer', id: 1, ok: true, value: ['accounts'] })
  expect(await Promise.all([accounts, page])).toEqual([['accounts'], ['page']])
})

test('a refusal keeps its code and its words', async () => {
  const { child, server } = speakWith({ kick: silent })
  const kick = server.call('kick', { session: 3 })
  child.emit('message', { type: 'answer', id: 1, ok: false, error: { code: 'not-found', message: 'No session 3.' } })
  await expect(kick).rejects.toMatchObject({ code: 'not-found', message: 'No session 3.' })
})

test('a code that nobody knows is an internal error', async () => {
  const { child, server } = speakWith({ kick: silent })
  const kick = server.call('kick', { session: 3 })
  child.emit('message', { type: 'answer', id: 1, ok: false, error: { code: 'flood', message: 'Wet.' } })
  await expect(kick).rejects.toMatchObject({ code: 'internal', message: 'Wet.' })
})

test('no answer is an error after a time, and a late one is passed over', async () => {
  const { child, server } = speakWith({ 'accounts.list': silent })
  const late = server.call('accounts.list', null, 5_000).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await late).toMatchObject({ code: 'timeout' })
  child.emit('message', { type: 'answer', id: 1, ok: true, value: [] })
  const next = server.call('accounts.list', null)
  child.emit('message', { type: 'answer', id: 2, ok: true, value: ['new'] })
  expect(await next).toEqual(['new'])
})

test.each([
  null,
  'text',
  { type: 'answer' },
  { type: 'answer', id: 1 },
  { type: 'answer', id: 7, ok: true, value: 1 },
  { type: 'answer', id: 1, ok: false },
  { type: 'answer', id: 1, ok: false, error: 'no' },
  { type: 'event' },
  { type: 'event', event: null },
  { type: 'event', event: {} },
  { type: 'listening', port: 1 },
])('what is no message is passed over: %j', async (message) => {
  const { child, server, onEvent } = speakWith({ 'accounts.list': silent })
  const accounts = server.call('accounts.list', null)
  child.emit('message', message)
  expect(onEvent).not.toHaveBeenCalled()
  child.emit('message', { type: 'answer', id: 1, ok: true, value: [] })
  expect(await accounts).toEqual([])
})

test('when the process ends, whoever waits hears of it, and whoever asks later too', async () => {
  const { child, server } = speakWith({ 'accounts.list': silent })
  const waiting = server.call('accounts.list', null)
  child.die(9)
  await expect(waiting).rejects.toMatchObject({ code: 'interrupted' })
  expect(await server.exited).toBe(9)
  await expect(server.call('accounts.list', null)).rejects.toThrow(/code 9/)
  expect(child.requests).toHaveLength(1)
})
