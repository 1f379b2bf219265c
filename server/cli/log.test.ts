import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { auditLine, createLog, type LogEntry } from './log.ts'

const NOW = Date.UTC(2026, 0, 31, 12)

/** What a log writes of some entries. */
function logged(form: 'text' | 'json', ...entries: LogEntry[]): string {
  const output = new PassThrough()
  // The part of a standard output that a log uses.
  const log = createLog(output as unknown as NodeJS.WriteStream, form, () => NOW)
  for (const entry of entries) log(entry)
  return String(output.read())
}

test('a line for people begins with time, level and event', () => {
  const entry: LogEntry = {
    level: 'warn',
    event: 'login-failed',
    session: 7,
    account: 'ann',
    address: '::1',
    message: 'No.',
  }
  expect(logged('text', entry)).toBe('2026-01-31T12:00:00.000Z WARN  login-failed #7 No. account=ann address=::1\n')
  expect(logged('text', { level: 'info', event: 'upload', path: '/a b="c"', bytes: 0, verdict: null })).toBe(
    '2026-01-31T12:00:00.000Z INFO  upload path="/a b=\\"c\\"" bytes=0\n',
  )
})

test('an object has its six keys in order, also where nothing is known', () => {
  expect(logged('json', { level: 'info', event: 'ready' })).toBe(
    '{"time":"2026-01-31T12:00:00.000Z","level":"info","event":"ready","session":null,"address":null,"account":null}\n',
  )
})

test.each(['text', 'json'] as const)('what clients choose cannot forge a line or reach the terminal (%s)', (form) => {
  const evil = 'x\r\n2026 INFO login\u001b[2J\u202e\u009b'
  const line = logged(form, { level: 'info', event: 'upload', account: evil, path: evil, message: evil })
  expect(line.split('\n')).toHaveLength(2)
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
})

test('a value is cut', () => {
  expect(logged('json', { level: 'info', event: 'x', path: 'a'.repeat(100_000) }).length).toBeLessThan(2000)
})

test('entries of the audit log are lines', () => {
  expect(auditLine({ kind: 'upload', outcome: 'blocked', session: 3, signature: 'Eicar', detail: null })).toEqual({
    level: 'warn',
    event: 'upload',
    outcome: 'blocked',
    session: 3,
    signature: 'Eicar',
  })
})

test('lines that may wait are written together, in order, and before one that may not', async () => {
  const writes: string[] = []
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString())
      done()
    },
  })
  const events = (): string[][] =>
    writes.map((text) => [...text.matchAll(/"event":"(\w+)"/g)].map(([, event = '']) => event))
  const log = createLog(output as unknown as NodeJS.WriteStream, 'json', () => NOW)
  for (const event of ['one', 'two']) log({ level: 'info', event }, 'soon')
  expect(events()).toEqual([])
  await vi.waitFor(() => expect(events()).toEqual([['one', 'two']]))
  log({ level: 'info', event: 'three' }, 'soon')
  log({ level: 'info', event: 'four' })
  expect(events()).toEqual([
    ['one', 'two'],
    ['three', 'four'],
  ])
  const before = process.listenerCount('exit')
  log({ level: 'info', event: 'five' }, 'soon')
  // A process that ends leaves no line behind.
  process.listeners('exit').at(-1)?.(0)
  expect(events().at(-1)).toEqual(['five'])
  expect(process.listenerCount('exit')).toBe(before)
})

test('a reader that has fallen behind costs lines, not memory, and is told how many', async () => {
  let text = ''
  let release: () => void = () => undefined
  let back = false
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString()
      if (back) done()
      else release = done
    },
  })
  const log = createLog(output as unknown as NodeJS.WriteStream, 'json', () => NOW)
  for (let count = 0; count < 20_000; count++) log({ level: 'info', event: 'x', path: 'a'.repeat(1000) })
  expect(output.writableLength).toBeLessThan(5 * 1024 * 1024)
  back = true
  const drained = once(output, 'drain')
  release()
  await drained
  log({ level: 'info', event: 'after' })
  output.end()
  await once(output, 'finish')
  const lines = text.trimEnd().split('\n')
  const kept = lines.length - 2
  expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ event: 'lines-omitted', lines: 20_000 - kept })
})
