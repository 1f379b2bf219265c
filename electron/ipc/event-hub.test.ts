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

test('nothing is sent after dispose', () => {
  const send = vi.fn()
  const hub = new EventHub(send)
  hub.emit(closed(1))
  hub.emit(closed(2))
  hub.dispose()
  vi.advanceTimersByTime(1000)
  expect(send).toHaveBeenCalledTimes(1)
})
