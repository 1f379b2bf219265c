import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { NewRow, RequestRecord } from './journal-rows.ts'
import { Journal } from './journal.ts'
import { progressOf } from './journal-progress.ts'
import { MIGRATIONS } from './schema.ts'

const ENDPOINT = { protocol: 'ftp', host: 'host', port: 21, user: 'user' } as const

function row(name: string, more: Partial<NewRow> = {}): NewRow {
  return {
    kind: 'file',
    localPath: `/local/${name}`,
    remotePath: `/remote/${name}`,
    size: 1,
    modified: null,
    state: 'queued',
    error: null,
    ...more,
  }
}

function open(file = ':memory:'): Journal {
  const journal = Journal.open(file, 1000)
  onTestFinished(() => {
    try {
      journal.close()
    } catch {
      // The test closed it itself.
    }
  })
  return journal
}

function request(journal: Journal, more: Partial<RequestRecord> = {}): RequestRecord {
  return journal.addRequest({
    endpoint: ENDPOINT,
    direction: 'download',
    targetFolder: '/local',
    transferType: 'auto',
    conflict: 'ask',
    mode: 'whole',
    ...more,
  })
}

const part = (): string => '/local/.part'
const end = { scan: null, error: null, partStays: false } as const

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-journal-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

test('rows are leased in order, each once, and not before their time', () => {
  const journal = open()
  const record = request(journal)
  expect(journal.addRows(record, [row('a'), row('b'), row('c')], 1)).toEqual({ first: 1, last: 3 })
  const a = journal.lease(10, part)
  expect(a).toMatchObject({
    row: { id: 1, localPath: '/local/a', endpoint: ENDPOINT },
    part: '/local/.part',
    attempts: 0,
  })
  journal.requeue(1, { attempts: 1, notBefore: 50, error: { code: 'timeout', message: 'slow' } })
  expect(journal.lease(10, part)?.row.id).toBe(2)
  expect(journal.lease(10, part)?.row.id).toBe(3)
  expect(journal.lease(49, part)).toBeNull()
  expect(journal.nextDue()).toBe(50)
  expect(journal.views.rows([1])).toMatchObject([{ state: 'queued', error: { code: 'timeout' } }])
  expect(journal.lease(50, () => '/other')).toMatchObject({
    row: { id: 1, error: null },
    attempts: 1,
    part: '/local/.part',
  })
})

test('totals follow every way a row can change', () => {
  const journal = open()
  const record = request(journal)
  const failed = { code: 'not-found', message: '' } as const
  journal.addRows(record, [row('a'), row('b'), row('c'), row('d'), row('e', { state: 'failed', error: failed })], 1)
  expect(journal.views.totals()).toEqual({ queued: 4, active: 0, done: 0, blocked: 0, failed: 1 })
  const a = journal.lease(1, part)
  journal.lease(1, part)
  journal.conflicts.setAsking(2, {
    target: '/t',
    source: { size: 1, modified: null },
    existing: { size: 2, modified: null },
  })
  expect(journal.views.totals()).toEqual({ queued: 3, active: 1, done: 0, blocked: 0, failed: 1 })
  if (a) journal.finish(a.row, { ...end, state: 'done' }, 2)
  journal.cancelWaiting([1, 2, 3], 3)
  expect(journal.views.totals()).toEqual({ queued: 1, active: 0, done: 1, blocked: 0, failed: 1 })
  expect(journal.retryFiles([1, 2, 3, 4, 5])).toEqual([2, 3, 5])
  expect(journal.views.totals()).toEqual({ queued: 4, active: 0, done: 1, blocked: 0, failed: 0 })
  journal.clearFinished()
  expect(journal.views.totals()).toEqual({ queued: 4, active: 0, done: 0, blocked: 0, failed: 0 })
})

test('an answer for all holds for rows that wait, and for those whose job was under way', () => {
  const journal = open()
  const record = request(journal)
  journal.addRows(record, [row('a'), row('b')], 1)
  const facts = { target: '/t', source: { size: 1, modified: null }, existing: { size: 2, modified: 7 } }
  journal.lease(1, part)
  journal.lease(1, part)
  journal.conflicts.setAsking(1, facts)
  expect(journal.conflicts.firstAsking(record.id)).toEqual({ id: 1, direction: 'download', question: facts })
  expect(journal.conflicts.answerAll(record.id, 'skip')).toEqual([1])
  journal.conflicts.setAsking(2, facts)
  expect(journal.conflicts.firstAsking(record.id)).toBeNull()
  expect(journal.views.rows([1, 2]).map(({ state }) => state)).toEqual(['queued', 'queued'])
  expect(journal.lease(1, part)).toMatchObject({ answer: null, request: { conflict: 'skip' } })
})

test('what was not finished is interrupted at the next start; a left-over part file is known', async () => {
  const file = join(await folder(), 'j.sqlite')
  const first = open(file)
  const record = request(first)
  first.addRows(record, [row('a'), row('b'), row('c'), row('d')], 1)
  const a = first.lease(1, part)
  if (a) first.finish(a.row, { ...end, state: 'done' }, 2)
  first.lease(1, () => '/local/.b.part')
  first.lease(1, part)
  first.conflicts.setAsking(3, {
    target: '',
    source: { size: null, modified: null },
    existing: { size: null, modified: null },
  })
  first.close()
  const second = open(file)
  expect(second.views.overview(10).map(({ state, error }) => [state, error?.code])).toEqual([
    ['done', undefined],
    ['failed', 'interrupted'],
    ['failed', 'interrupted'],
    ['failed', 'interrupted'],
  ])
  expect(second.views.totals()).toEqual({ queued: 0, active: 0, done: 1, blocked: 0, failed: 3 })
  expect(second.views.leftoverParts()).toContainEqual({ id: 2, part: '/local/.b.part' })
})

test('a file that is no journal is set aside, not lost, and does not stop the program', async () => {
  const root = await folder()
  const file = join(root, 'j.sqlite')
  await writeFile(file, 'this is not a database, but long enough to look at twice'.repeat(100))
  const journal = open(file)
  expect(journal.views.totals().queued).toBe(0)
  expect(await readdir(root)).toContain('j.sqlite.unreadable-1000')
})

test('the overview keeps what runs and what is newest', () => {
  const journal = open()
  const record = request(journal)
  journal.addRows(
    record,
    Array.from({ length: 50 }, (_, at) => row(`f${at}`)),
    1,
  )
  for (let at = 0; at < 45; at++) {
    const leased = journal.lease(1, part)
    if (leased && at < 44) journal.finish(leased.row, { ...end, state: 'done' }, 1)
  }
  // 45 runs, 46 to 50 wait, and of those done there is room for four.
  expect(journal.views.overview(10).map(({ id }) => id)).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
  expect(journal.views.overview(3).map(({ id }) => id)).toEqual([45, 46, 47])
})

test('names of a folder are seen once for each attempt', () => {
  const journal = open()
  expect(journal.notes.markSeen(1, 5n, 0)).toBe('new')
  expect(journal.notes.markSeen(1, 5n, 0)).toBe('again')
  expect(journal.notes.markSeen(1, 5n, 1)).toBe('known')
  expect(journal.notes.markSeen(1, 5n, 1)).toBe('again')
  expect(journal.notes.markSeen(2, 5n, 0)).toBe('new')
  journal.notes.end(1)
  expect(journal.notes.markSeen(1, 5n, 0)).toBe('new')
})

test('a hundred thousand rows cost neither time nor objects to lease from', () => {
  const journal = open()
  const record = request(journal)
  const batch = Array.from({ length: 1000 }, (_, at) => row(`folder/with/some/depth/file-${at}.bin`))
  for (let at = 0; at < 100; at++) journal.addRows(record, batch, 1)
  const begun = performance.now()
  for (let at = 0; at < 1000; at++) {
    const leased = journal.lease(1, part)
    if (leased) journal.finish(leased.row, { ...end, state: 'done' }, 1)
  }
  // Far above what it takes, far below what a scan over all rows would.
  expect(performance.now() - begun).toBeLessThan(5000)
  expect(journal.views.totals()).toMatchObject({ queued: 99_000, done: 1000 })
})

test('a journal that is only in use is neither opened nor set aside', async () => {
  const path = await folder()
  const file = join(path, 'transfers.sqlite')
  open(file).close()
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  expect(() => Journal.open(file, 1000)).toThrow(expect.objectContaining({ code: 'local-io' }))
  expect(await readdir(path)).not.toContain('transfers.sqlite.unreadable-1000')
})

test('a journal of the first version keeps its rows, and learns the new columns and counts', async () => {
  const file = join(await folder(), 'j.sqlite')
  const old = new DatabaseSync(file)
  old.exec(`
    ${MIGRATIONS[0]}; PRAGMA user_version = 1;
    INSERT INTO endpoints VALUES (1, 'ftp', 'host', 21, 'user');
    INSERT INTO requests VALUES (7, 1, 'upload', '/remote', 'auto', 'ask');
    INSERT INTO transfers (request, kind, local_path, remote_path, size, transferred, type, state, added_at, ended_at)
      VALUES (7, 'file', '/local/a', '/remote/a', 5, 5, 'binary', 'done', 1, 2),
             (7, 'file', '/local/b', '/remote/b', NULL, 0, 'auto', 'queued', 1, NULL);
  `)
  old.close()
  const journal = open(file)
  expect(journal.views.rows([1, 2])).toMatchObject([
    { request: 7, localPath: '/local/a', state: 'done', unscanned: false, startedAt: null, endedAt: 2 },
    { request: 7, localPath: '/local/b', state: 'failed', error: { code: 'interrupted' }, unscanned: false },
  ])
  expect(progressOf(journal.views.counts(7), [])).toMatchObject({
    files: 2,
    bytes: 5,
    transferred: 5,
    ended: { done: 1, failed: 1 },
  })
  expect(journal.retryFiles([2])).toEqual([2])
  expect(journal.lease(9, part)).toMatchObject({ row: { id: 2, startedAt: 9 }, request: { id: 7, mode: 'whole' } })
})

test('rows keep how their request goes, when they were taken and that nobody scanned them', async () => {
  const file = join(await folder(), 'j.sqlite')
  const journal = open(file)
  const record = request(journal, { mode: 'resume' })
  journal.addRows(record, [row('a')], 1)
  const leased = journal.lease(5, part)
  expect(leased).toMatchObject({ request: { mode: 'resume' }, row: { startedAt: 5, unscanned: false } })
  if (leased) journal.finish({ ...leased.row, unscanned: true, resumedFrom: 3 }, { ...end, state: 'failed' }, 6)
  journal.close()
  const again = open(file)
  expect(again.views.rows([1])).toMatchObject([
    { request: record.id, startedAt: 5, unscanned: true, resumedFrom: 3, endedAt: 6 },
  ])
  again.retryFiles([1])
  expect(again.views.rows([1])).toMatchObject([{ unscanned: false, resumedFrom: 0 }])
})

test('the progress of a request of a hundred thousand rows is cheap to ask for, and right', () => {
  const journal = open()
  const record = request(journal)
  const other = request(journal)
  const batch = Array.from({ length: 1000 }, (_, at) => row(`f${at}`, { size: 10 }))
  for (let at = 0; at < 100; at++) journal.addRows(record, batch, 1)
  journal.addRows(other, [row('other', { size: null }), row('note', { kind: 'note', state: 'skipped' })], 1)
  for (let at = 0; at < 10; at++) {
    const leased = journal.lease(1, part)
    if (leased && at < 8)
      journal.finish({ ...leased.row, transferred: 10 }, { ...end, state: at < 6 ? 'done' : 'failed' }, 1)
  }
  const [nine, ten] = journal.views.rows([9, 10]).map((found) => ({ ...found, transferred: 4, rate: 100 }))
  if (!nine || !ten) throw new Error('Two rows should be at work.')
  const begun = performance.now()
  for (let at = 0; at < 1000; at++) journal.views.counts(record.id)
  expect((performance.now() - begun) / 1000).toBeLessThan(1)
  expect(progressOf(journal.views.counts(record.id), [nine, ten])).toEqual({
    files: 100_000,
    unfinished: 99_992,
    bytes: 1_000_000,
    transferred: 88,
    rate: 200,
    ended: { done: 6, blocked: 0, failed: 2, skipped: 0, cancelled: 0 },
    active: [nine, ten],
  })
  expect(progressOf(journal.views.counts(other.id), [])).toMatchObject({
    files: 2,
    unfinished: 1,
    bytes: 1,
    ended: { skipped: 1 },
  })
  journal.clearFinished()
  expect(progressOf(journal.views.counts(record.id), [])).toMatchObject({
    files: 99_992,
    ended: { done: 0, failed: 0 },
  })
})

test('counts of requests that nobody knows any more do not stay', async () => {
  const file = join(await folder(), 'j.sqlite')
  const journal = open(file)
  journal.addRows(request(journal), [row('a')], 1)
  journal.addRows(request(journal), [row('b')], 1)
  const leased = journal.lease(1, part)
  if (leased) journal.finish(leased.row, { ...end, state: 'done' }, 1)
  journal.clearFinished()
  journal.close()
  open(file).close()
  const database = new DatabaseSync(file)
  onTestFinished(() => database.close())
  const counted = database.prepare('SELECT DISTINCT request FROM request_counts').all()
  expect(counted).toEqual([{ request: 2 }])
})

test('a journal of the second version learns how much of its files was there before', async () => {
  const file = join(await folder(), 'j.sqlite')
  const old = new DatabaseSync(file)
  old.exec(`
    ${MIGRATIONS[0]}; ${MIGRATIONS[1]}; PRAGMA user_version = 2;
    INSERT INTO endpoints VALUES (1, 'ftp', 'host', 21, 'user');
    INSERT INTO requests VALUES (7, 1, 'upload', '/remote', 'auto', 'ask', 'resume');
    INSERT INTO transfers (request, kind, local_path, remote_path, size, transferred, type, state, added_at, ended_at)
      VALUES (7, 'file', '/local/a', '/remote/a', 5, 5, 'binary', 'done', 1, 2);
  `)
  old.close()
  expect(open(file).views.rows([1])).toMatchObject([{ transferred: 5, resumedFrom: 0 }])
})
