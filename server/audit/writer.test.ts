import { expect, onTestFinished, test, vi } from 'vitest'
import type { SqlDatabase } from '../database/sql.ts'
import { openSqlite } from '../database/sqlite.ts'
import { migrate } from '../database/migrations.ts'
import { rowOf } from './rows.ts'
import { AuditWriter } from './writer.ts'

interface Bench {
  database: SqlDatabase
  writer: AuditWriter
  problems: string[]
  /** While true the database is away. */
  away: boolean
  details(): Promise<unknown[]>
}

async function bench(): Promise<Bench> {
  const real = openSqlite(':memory:')
  await migrate(real)
  const problems: string[] = []
  const database: SqlDatabase = {
    name: 'test',
    dialect: real.dialect,
    run: async (sql, values) => await real.run(sql, values),
    all: async (sql, values) => await real.all(sql, values),
    transaction: async (work) => {
      if (made.away) throw new Error('The database is away')
      return await real.transaction(work)
    },
    exclusive: async (work) => await real.exclusive(work),
    close: async () => await real.close(),
  }
  const writer = new AuditWriter(database, {
    now: () => 7,
    onWritten: () => undefined,
    onProblem: (message) => problems.push(message),
  })
  onTestFinished(async () => {
    made.away = false
    await writer.close()
    await real.close()
  })
  const details = async (): Promise<unknown[]> =>
    (await real.all('SELECT detail FROM share_audit ORDER BY id')).map(({ detail }) => detail)
  const made: Bench = { database, writer, problems, away: false, details }
  return made
}

const row = (detail: string): ReturnType<typeof rowOf> => rowOf({ kind: 'login', outcome: 'ok', detail }, 1)

test('while the database is away entries are kept in order, and told of once', async () => {
  const made = await bench()
  made.away = true
  made.writer.add(row('a'))
  for (let tries = 0; tries < 3; tries++) await expect(made.writer.flush()).rejects.toThrow('away')
  made.writer.add(row('b'))
  expect(made.problems).toEqual(['The audit log cannot be written, and is tried again: The database is away'])
  made.away = false
  await made.writer.flush()
  expect(await made.details()).toEqual(['a', 'b'])
  made.away = true
  made.writer.add(row('c'))
  await expect(made.writer.flush()).rejects.toThrow('away')
  expect(made.problems).toHaveLength(2)
})

test('it is tried again by itself', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const made = await bench()
  made.away = true
  made.writer.add(row('a'))
  await vi.advanceTimersByTimeAsync(60)
  expect(made.problems).toHaveLength(1)
  made.away = false
  await new Promise((resolve) => setImmediate(resolve))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await made.details()).toEqual(['a'])
})

test('what is too much is counted, and the count is noted once the database is back', async () => {
  const made = await bench()
  made.away = true
  for (let at = 0; at < 20_123; at++) made.writer.add(row(String(at)))
  made.away = false
  await made.writer.flush()
  const details = await made.details()
  expect(details).toHaveLength(20_001)
  expect(details.slice(0, 2)).toEqual(['0', '1'])
  expect(details.at(-1)).toBe('Not written: 123 entries; the database was away, and too many waited.')
})

test('large entries fill the queue sooner: what counts is memory', async () => {
  const made = await bench()
  made.away = true
  for (let at = 0; at < 5000; at++) made.writer.add(rowOf({ kind: 'upload', outcome: 'ok', path: 'x'.repeat(5000) }, 1))
  made.away = false
  await made.writer.flush()
  const written = (await made.details()).length
  expect(written).toBeLessThan(2100)
  expect(written).toBeGreaterThan(1900)
})

test('closing says what could not be written', async () => {
  const made = await bench()
  made.away = true
  made.writer.add(row('a'))
  await made.writer.close()
  made.writer.add(row('too late'))
  expect(made.problems.at(-1)).toBe('The audit log could not be written: lost 1 entry.')
})
