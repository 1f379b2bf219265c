import { expect, test, vi } from 'vitest'
import type { AuditEntry, AuditFilter } from '../../../common/share.ts'
import { describeDatabases, openTest } from '../../database/test/databases.ts'
import type { AuditLog, NewAuditEntry } from '../types.ts'

const DAY = 86_400_000
const NOBODY = { account: null, address: null }

async function read(log: AuditLog, filter: AuditFilter = {}): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const batch of log.all(filter)) entries.push(...batch)
  return entries
}

const upload = (path: string, more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  kind: 'upload',
  outcome: 'ok',
  account: 'anna',
  address: '192.0.2.7',
  path,
  ...more,
})

describeDatabases('the audit log', (newSpec) => {
  test('an entry comes back as it was noted', async () => {
    const { audit } = await openTest(newSpec(), { now: () => 1_700_000_000_123 })
    const entry = {
      kind: 'rename',
      outcome: 'failed',
      account: 'anna',
      address: '2001:db8::1',
      path: '/größe/😀',
      target: '/it\'s "quoted"; DROP TABLE share_audit; --',
      bytes: 2 ** 50,
      ms: 17,
      verdict: 'INFECTED',
      signature: 'Eicar-Test-Signature',
      detail: 'Nothing.',
    } as const
    audit.add(entry)
    audit.add({ kind: 'server-started', outcome: 'ok' })
    await audit.flush()
    const [started, renamed] = await audit.page({ limit: 10 })
    expect(renamed).toEqual({ ...entry, id: renamed?.id, time: 1_700_000_000_123 })
    expect(started).toMatchObject({ kind: 'server-started', account: null, bytes: null, verdict: null, detail: null })
  })

  test('what clients send is printable and bounded when it is read', async () => {
    const { audit } = await openTest(newSpec())
    audit.add(upload('/a\r\nDELE x\0\u202egpj.exe\ud800', { account: '\0'.repeat(100_000), ms: Number.NaN }))
    audit.add(upload('ﷺ'.repeat(100_000), { target: '😀'.repeat(100_000), detail: '\u001b[2J'.repeat(100_000) }))
    await audit.flush()
    const [long, hostile] = await audit.page({ limit: 2 })
    expect(hostile?.path).toBe('/a<U+000D><U+000A>DELE x<U+0000><U+202E>gpj.exe<U+D800>')
    expect(hostile?.account).toHaveLength(255)
    expect(hostile?.ms).toBeNull()
    expect(long?.path).toHaveLength(4096)
    expect(long?.target?.length).toBeLessThanOrEqual(4096)
    expect(long?.target?.isWellFormed()).toBe(true)
    expect(long?.detail).toHaveLength(1024)
    expect(long?.detail).not.toContain('\u001b')
  })

  test('filters are of every kind, and text is found in any case, as it is written', async () => {
    let now = 1000
    const { audit } = await openTest(newSpec(), { now: () => now })
    audit.add(upload('/Größe/50%_of'))
    now = 2000
    audit.add(upload('/b', { account: 'Bob', address: '198.51.100.1', kind: 'download' }))
    now = 3000
    audit.add({ kind: 'login-failed', outcome: 'refused', account: 'BOB ', detail: "it's \\ odd" })
    audit.add(upload('/c', { outcome: 'blocked', signature: 'Eicar' }))
    await audit.flush()
    const found = async (filter: AuditFilter): Promise<number[]> => (await read(audit, filter)).map(({ id }) => id)
    const [a, b, c, d] = await found({})
    const cases: [AuditFilter, (number | undefined)[]][] = [
      [{ text: 'GRÖSSE' }, []],
      [{ text: 'GRÖßE' }, [a]],
      [{ text: '%_OF' }, [a]],
      [{ text: '%' }, [a]],
      [{ text: '_' }, [a]],
      [{ text: 'eicar' }, [d]],
      [{ text: '192.0.2' }, [a, d]],
      [{ text: "IT'S \\" }, [c]],
      [{ text: '' }, [a, b, c, d]],
      [{ text: "' OR 1=1 --" }, []],
      [{ kinds: ['download', 'login-failed'] }, [b, c]],
      [{ kinds: [] }, []],
      [{ outcomes: ['blocked'] }, [d]],
      [{ account: 'bob' }, [b, c]],
      [{ account: 'bob', kinds: ['download'] }, [b]],
      [{ address: '198.51.100.1' }, [b]],
      [{ from: 2000 }, [b, c, d]],
      [{ to: 2000 }, [a]],
      [{ from: 1000, to: 1001.5 }, [a]],
    ]
    for (const [filter, ids] of cases) {
      expect(await found(filter), JSON.stringify(filter)).toEqual(ids)
      const newestFirst = await audit.page({ ...filter, limit: 100 })
      expect(
        newestFirst.map(({ id }) => id),
        JSON.stringify(filter),
      ).toEqual(ids.toReversed())
    }
  })

  test(
    '100,000 entries are paged, searched, exported in batches, and rotated by count',
    { timeout: 120_000 },
    async () => {
      const { audit } = await openTest(newSpec())
      const total = 100_000
      for (let at = 0; at < total; at++) {
        audit.add(upload(`/folder/file ${at}`))
        if (at % 10_000 === 9_999) await audit.flush()
      }
      expect((await audit.page({ limit: 10, text: 'FILE 7777' })).map(({ path }) => path)).toEqual(
        [77_779, 77_778, 77_777, 77_776, 77_775, 77_774, 77_773, 77_772, 77_771, 77_770].map(
          (at) => `/folder/file ${at}`,
        ),
      )
      let before: number | undefined
      let seen = 0
      for (;;) {
        const page = await audit.page({ limit: 10_000, ...(before === undefined ? {} : { before }) })
        for (const { path } of page) expect(path).toBe(`/folder/file ${total - 1 - seen++}`)
        before = page.at(-1)?.id
        if (page.length === 0) break
      }
      expect(seen).toBe(total)
      let largest = 0
      let read = 0
      for await (const batch of audit.all({})) {
        largest = Math.max(largest, batch.length)
        for (const { path } of batch) expect(path).toBe(`/folder/file ${read++}`)
      }
      expect(read).toBe(total)
      expect(largest).toBeLessThanOrEqual(1000)
      await audit.configure({ keepDays: 90, maxEntries: 1234 })
      const left = await audit.page({ limit: 10_000 })
      expect(left.map(({ path }) => path)).toEqual(
        Array.from({ length: 1234 }, (_, at) => `/folder/file ${total - 1 - at}`),
      )
    },
  )

  test('rotation removes what is too old, at once and by the hour', async () => {
    let now = 100 * DAY
    const { audit } = await openTest(newSpec(), { now: () => now })
    audit.add(upload('/old'))
    await audit.flush()
    now += 5 * DAY
    audit.add(upload('/new'))
    await audit.flush()
    vi.useFakeTimers({ toFake: ['setInterval'] })
    try {
      await audit.configure({ keepDays: 6, maxEntries: 100 })
      expect(await read(audit)).toHaveLength(2)
      await audit.configure({ keepDays: 5, maxEntries: 100 })
      expect(await read(audit)).toHaveLength(2)
      now += 1
      vi.advanceTimersByTime(3_600_000)
      await expect.poll(async () => (await read(audit)).map(({ path }) => path)).toEqual(['/new'])
      now += 6 * DAY
      await audit.configure({ keepDays: 5, maxEntries: 100 })
      expect(await read(audit)).toEqual([])
    } finally {
      vi.useRealTimers()
    }
  })

  test('clearing removes what passes the filter, and is noted with who, where from and how many', async () => {
    const { audit } = await openTest(newSpec())
    for (let at = 0; at < 30; at++) audit.add(upload(`/${at}`, { account: at < 10 ? 'anna' : 'bob' }))
    expect(await audit.clear({ account: 'anna' }, { account: 'root', address: '192.0.2.9' })).toBe(10)
    const [note, ...rest] = await audit.page({ limit: 100 })
    expect(note).toMatchObject({
      kind: 'audit-cleared',
      account: 'root',
      address: '192.0.2.9',
      detail: '10 entries removed: account anna',
    })
    expect(rest).toHaveLength(20)
    expect(await audit.clear({}, NOBODY)).toBe(21)
    expect(await read(audit)).toMatchObject([{ kind: 'audit-cleared', detail: '21 entries removed: everything' }])
    expect((await audit.page({ limit: 1, text: '21 ENTRIES' })).length).toBe(1)
  })

  test('a clearing counts in its own note, though other servers note at the same time', async () => {
    const spec = newSpec()
    const [one, two] = await Promise.all([openTest(spec), openTest(spec)])
    for (let at = 0; at < 50; at++) one.audit.add(upload(`/${at}`))
    await one.audit.flush()
    for (let at = 0; at < 500; at++) two.audit.add(upload(`/other ${at}`, { account: 'bob' }))
    const [removed] = await Promise.all([
      one.audit.clear({ account: 'anna' }, { account: 'root', address: null }),
      two.audit.flush(),
    ])
    expect(removed).toBe(50)
    expect(await read(one.audit, { kinds: ['audit-cleared'] })).toMatchObject([
      { account: 'root', detail: '50 entries removed: account anna' },
    ])
    const others = await read(one.audit, { account: 'bob' })
    expect(others.map(({ detail }) => detail).every((detail) => detail === null)).toBe(true)
    expect(others).toHaveLength(500)
  })

  test('ids are never used again: a page asked for with an old one shows nothing newer', async () => {
    const { audit } = await openTest(newSpec())
    audit.add(upload('/a'))
    await audit.flush()
    const [first] = await read(audit)
    await audit.clear({}, NOBODY)
    audit.add(upload('/b'))
    await audit.flush()
    expect(await audit.page({ limit: 10, before: first?.id ?? 0 })).toEqual([])
  })

  test('listeners are told, not for every entry', async () => {
    const { audit } = await openTest(newSpec())
    const changed = vi.fn<() => void>()
    const first = Promise.withResolvers<undefined>()
    audit.onChange(() => {
      changed()
      first.resolve(undefined)
    })
    for (let at = 0; at < 2000; at++) audit.add(upload(`/${at}`))
    await audit.flush()
    await first.promise
    expect(changed).toHaveBeenCalledTimes(1)
  })

  test('entries are written without anybody asking, and closing writes the rest', async () => {
    const spec = newSpec()
    const one = await openTest(spec)
    const two = await openTest(spec)
    one.audit.add(upload('/soon'))
    await expect.poll(async () => (await two.audit.page({ limit: 1 }))[0]?.path).toBe('/soon')
    one.audit.add(upload('/last'))
    await one.close()
    expect((await two.audit.page({ limit: 1 }))[0]?.path).toBe('/last')
  })

  test('two servers note at once, and nothing is lost', async () => {
    const spec = newSpec()
    const logs = await Promise.all([openTest(spec), openTest(spec)])
    for (let at = 0; at < 3000; at++) for (const { audit } of logs) audit.add(upload(`/${at}`))
    await Promise.all(logs.map(async ({ audit }) => await audit.flush()))
    const [log] = logs
    expect((await read(log?.audit ?? logs[0].audit)).length).toBe(6000)
  })
})
