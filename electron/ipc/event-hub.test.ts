import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AppEvent } from '../../common/ipc.ts'
import { EventHub } from './event-hub.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const closed = (id: number): AppEvent => ({ type: 'question-closed', id })
const line = (text: string): AppEvent => ({
  type: 'protocol',
  lines: [{ time: 0, connection: 0, kind: 'command', text }],
})

test('the first event goes at once, the rest in batches of one interval, in order', () => {
  const batches: AppEvent[][] = []
  const hub = new EventHub((events) => batches.push(events))
  for (let id = 1; id <= 5; id++) hub.emit(closed(id))
  expect(batches).toEqual([[closed(1)]])
  vi.advanceTimersByTime(50)
  expect(batches).toEqual([[closed(1)], [closed(2), closed(3), closed(4), closed(5)]])
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
  hub.emit(closed(6))
  expect(batches).toHaveLength(3)
  hub.dispose()
})

test('protocol lines in a row travel as one event', () => {
  const batches: AppEvent[][] = []
  const hub = new EventHub((events) => batches.push(events))
  hub.emit(closed(1))
  hub.emit(line('PWD'))
  hub.emit(line('CWD /'))
  hub.emit(closed(2))
  vi.advanceTimersByTime(50)
  expect(batches[1]?.map((event) => event.type)).toEqual(['protocol', 'question-closed'])
  expect(batches[1]?.[0]).toMatchObject({ lines: [{ text: 'PWD' }, { text: 'CWD /' }] })
  hub.dispose()
})

const output = (text: string): AppEvent => ({ type: 'console-lines', lines: [{ text, tone: 'normal' }] })
const consoleState = (prompt: string): AppEvent => ({
  type: 'console-state',
  state: { prompt, running: null, question: null, progress: null, history: [] },
})

test('console lines in a row travel as one event, and of the states only the newest', () => {
  const batches: AppEvent[][] = []
  const hub = new EventHub((events) => batches.push(events))
  hub.emit(closed(1))
  hub.emit(output('a'))
  hub.emit(output('b'))
  hub.emit(consoleState('1'))
  hub.emit(output('c'))
  hub.emit(consoleState('2'))
  vi.advanceTimersByTime(50)
  expect(batches[1]).toMatchObject([
    { type: 'console-lines', lines: [{ text: 'a' }, { text: 'b' }] },
    { type: 'console-lines', lines: [{ text: 'c' }] },
    { type: 'console-state', state: { prompt: '2' } },
  ])
  hub.dispose()
})

test('lines that nobody could read any more are not sent, and the emitter’s array is left alone', () => {
  const batches: AppEvent[][] = []
  const hub = new EventHub((events) => batches.push(events))
  hub.emit(closed(1))
  const first = output('first')
  hub.emit(first)
  for (let i = 0; i < 50_000; i++) hub.emit(output(String(i)))
  vi.advanceTimersByTime(50)
  const [event] = batches[1] ?? []
  const lines = event?.type === 'console-lines' ? event.lines : []
  expect(lines.length).toBeGreaterThanOrEqual(10_000)
  expect(lines.length).toBeLessThanOrEqual(20_000)
  expect(lines.at(-1)?.text).toBe('49999')
  expect(first).toEqual(output('first'))
  hub.dispose()
})

test('what waits can be sent before an answer that holds it already', () => {
  const batches: AppEvent[][] = []
  const hub = new EventHub((events) => batches.push(events))
  hub.emit(closed(1))
  hub.emit(closed(2))
  hub.flush()
  expect(batches).toEqual([[closed(1)], [closed(2)]])
  hub.emit(closed(3))
  expect(batches).toHaveLength(2)
  vi.advanceTimersByTime(50)
  expect(batches).toHaveLength(3)
  vi.advanceTimersByTime(1000)
  expect(vi.getTimerCount()).toBe(0)
  hub.dispose()
})

test('nothing is sent after dispose', () => {
  const send = vi.fn()
  const hub = new EventHub(send)
  hub.emit(closed(1))
  hub.emit(closed(2))
  hub.dispose()
  vi.advanceTimersByTime(1000)
  expect(send).toHaveBeenCalledTimes(1)
})
