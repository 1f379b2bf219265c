import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FINAL_STATES, type TransferRequest, type TransferRow } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar } from '../../../testing/eicar.ts'
import { createTransfers } from '../index.ts'
import { startWorld, type World } from './environment.ts'

const NOTHING = {
  files: 0,
  unfinished: 0,
  bytes: 0,
  transferred: 0,
  rate: null,
  ended: { done: 0, blocked: 0, failed: 0, skipped: 0, cancelled: 0 },
  active: [],
}

async function makeFiles(folder: string, count: number, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all(
    Array.from({ length: count }, (_, at) => writeFile(join(folder, `${at}.bin`), Buffer.alloc(bytes, at))),
  )
}

/** Every end that is told, in order. */
function endsOf(world: World): TransferRow[] {
  const ends: TransferRow[] = []
  world.transfers.onEnded((row) => ends.push(row))
  return ends
}

const upload = (path: string): TransferRequest => ({
  direction: 'upload',
  sources: [{ path }],
  targetFolder: '/',
  transferType: 'binary',
  conflict: 'overwrite',
})

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'requests', () => {
  test('the number is told before any row, and the progress adds up', async () => {
    const world = await startWorld()
    await makeFiles(join(world.local, 'many'), 40, 1000)
    await writeFile(join(world.local, 'many', 'bad'), eicar())
    await symlink('bad', join(world.local, 'many', 'link'))
    const ends = endsOf(world)
    let told = 0
    const done = await world.transfers.add(upload(join(world.local, 'many')), world.endpoint, {
      onRequest: (request) => {
        told = request
        expect(world.transfers.list().rows).toEqual([])
        expect(world.transfers.progress(request)).toEqual(NOTHING)
      },
    })
    expect(done).toEqual({ request: told, added: 42 })
    const rows = await world.settled()
    expect(world.transfers.progress(told)).toEqual({
      ...NOTHING,
      files: 42,
      bytes: 40_068,
      transferred: 40_000,
      ended: { done: 40, blocked: 1, failed: 0, skipped: 1, cancelled: 0 },
    })
    for (const row of rows) {
      expect(row.request).toBe(told)
      if (row.state === 'skipped') expect(row.startedAt).toBeNull()
      else expect(row.startedAt).toBeGreaterThanOrEqual(row.addedAt)
    }
    expect(ends.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id))
    expect(ends.every(({ state, endedAt }) => FINAL_STATES.has(state) && endedAt !== null)).toBe(true)
    expect(world.transfers.progress(told + 1)).toEqual(NOTHING)
    world.transfers.clearFinished()
    expect(world.transfers.progress(told)).toEqual(NOTHING)
  })

  test('what moves counts while it moves, in its own request alone', async () => {
    const world = await startWorld({ vsftpd: { config: { local_max_rate: '3000000' } } })
    await writeFile(join(world.server.root, 'a'), randomBytes(6_000_000))
    await writeFile(join(world.server.root, 'b'), 'b')
    const { request } = await world.transfers.add(
      { ...upload('/a'), direction: 'download', targetFolder: world.local },
      world.endpoint,
    )
    const other = await world.transfers.add(
      { ...upload('/b'), direction: 'download', targetFolder: world.local },
      world.endpoint,
    )
    await world.until((rows) => rows.some(({ transferred, rate }) => transferred > 3_000_000 && rate !== null))
    const progress = world.transfers.progress(request)
    expect(progress).toMatchObject({
      files: 1,
      unfinished: 1,
      bytes: 6_000_000,
      active: [{ remotePath: '/a', request }],
    })
    expect(progress.transferred).toBeGreaterThan(3_000_000)
    expect(progress.rate).toBeGreaterThan(0)
    expect(world.transfers.progress(other.request)).toMatchObject({ files: 1, active: [], ended: { done: 1 } })
    await world.settled()
  }, 20_000)

  test('a request is cancelled whole: its planning, its waiting and its working rows', async () => {
    const world = await startWorld({ parallel: 2 })
    for (let at = 0; at < 30; at++) await makeFiles(join(world.local, 'tree', `folder ${at}`), 100, 10)
    await writeFile(join(world.local, 'other'), 'other')
    const ends = endsOf(world)
    const adding = world.transfers.add(upload(join(world.local, 'tree')), world.endpoint)
    await world.until((rows) => rows.length > 150)
    const other = await world.transfers.add(upload(join(world.local, 'other')), world.endpoint)
    world.transfers.cancelRequest(1)
    const { request, added } = await adding
    expect(request).toBe(1)
    expect(added).toBeLessThan(3000)
    const rows = await world.settled()
    const mine = rows.filter((row) => row.request === request)
    expect(mine).toHaveLength(added)
    // Planning stopped, and of what it had found only what was done already is done.
    expect(mine.filter(({ state }) => state !== 'cancelled' && state !== 'done')).toEqual([])
    expect(mine.some(({ state }) => state === 'cancelled')).toBe(true)
    expect(rows.find((row) => row.request === other.request)).toMatchObject({ state: 'done' })
    expect(world.transfers.progress(request)).toMatchObject({ files: added, unfinished: 0, active: [] })
    // Every row ended once, the cancelled ones that waited included.
    expect(ends).toHaveLength(rows.length)
    expect(new Set(ends.map(({ id }) => id)).size).toBe(rows.length)
    world.transfers.cancelRequest(request)
    world.transfers.cancelRequest(99)
    expect(ends).toHaveLength(rows.length)
  }, 20_000)

  test.each(['upload', 'download'] as const)(
    'a request cancelled when its number is told moves nothing (%s)',
    async (direction) => {
      const world = await startWorld()
      await writeFile(join(world.local, 'a'), 'a')
      await writeFile(join(world.server.root, 'b'), 'b')
      const path = direction === 'upload' ? join(world.local, 'a') : '/b'
      const targetFolder = direction === 'upload' ? '/new' : join(world.local, 'new')
      const request = { ...upload(path), direction, targetFolder }
      const onRequest = (number: number): void => world.transfers.cancelRequest(number)
      expect(await world.transfers.add(request, world.endpoint, { onRequest })).toMatchObject({ added: 0 })
      expect(world.transfers.list().rows).toEqual([])
      expect([await readdir(world.local), await readdir(world.server.root)]).toEqual([['a'], ['b']])
    },
  )

  test('a row cancelled while it finds out that it must ask is cancelled, and nobody is asked', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'a'), 'old')
    await writeFile(join(world.server.root, 'a'), 'new')
    const asked: unknown[] = []
    let calls = 0
    const transfers = createTransfers({
      journalFile: ':memory:',
      gate: world.gate,
      pool: () => {
        // Once for the request, once for its row: its job begins, and looks at the disk.
        if (++calls === 2) setImmediate(() => transfers.cancelRequest(1))
        return world.pool
      },
      ask: (question) => {
        asked.push(question)
        return new Promise(() => undefined)
      },
      parallel: 1,
    })
    onTestFinished(() => transfers.dispose())
    const sources = [{ path: '/a', type: 'file' as const }]
    const ended = new Promise<TransferRow>((resolve) => transfers.onEnded(resolve))
    await transfers.add(
      { direction: 'download', sources, targetFolder: world.local, transferType: 'binary', conflict: 'ask' },
      world.endpoint,
    )
    expect(await ended).toMatchObject({ state: 'cancelled', error: null })
    expect(asked).toEqual([])
  }, 5000)

  test('a row that ends twice is told twice', async () => {
    const world = await startWorld()
    const ends = endsOf(world)
    const [row] = await world.run({
      direction: 'download',
      sources: [{ path: '/a', type: 'file' }],
      targetFolder: world.local,
    })
    expect(row).toMatchObject({ state: 'failed' })
    await writeFile(join(world.server.root, 'a'), 'a')
    world.transfers.retry([row?.id ?? 0])
    await world.settled()
    expect(ends.map(({ id, state }) => [id, state])).toEqual([
      [row?.id, 'failed'],
      [row?.id, 'done'],
    ])
  })

  test.each(['upload', 'download'] as const)('the only source gets the name it is given (%s)', async (direction) => {
    const world = await startWorld()
    const [from, to] = direction === 'upload' ? [world.local, world.server.root] : [world.server.root, world.local]
    await writeFile(join(from, 'a'), 'a')
    await makeFiles(join(from, 'folder', 'sub'), 1, 3)
    const path = (name: string): string => (direction === 'upload' ? join(world.local, name) : `/${name}`)
    const base = direction === 'upload' ? '' : world.local
    const send = (name: string, targetName: string): Promise<TransferRow[]> =>
      world.run({ direction, sources: [{ path: path(name) }], targetFolder: `${base}/new/deep`, targetName })
    expect(await send('a', 'b c.txt')).toMatchObject([{ state: 'done' }])
    expect((await send('folder', 'copy')).map(({ state }) => state)).toEqual(['done', 'done'])
    expect((await readdir(to, { recursive: true })).toSorted()).toEqual([
      'new',
      'new/deep',
      'new/deep/b c.txt',
      'new/deep/copy',
      'new/deep/copy/sub',
      'new/deep/copy/sub/0.bin',
    ])
    expect(await readFile(join(to, 'new/deep/b c.txt'), 'utf8')).toBe('a')
  })

  test('several files at once into a folder that is missing: it is made once, and all arrive', async () => {
    const world = await startWorld({ parallel: 4 })
    await makeFiles(join(world.local, 'x'), 8, 10)
    const folders: string[] = []
    world.transfers.onFolderChanged((side, path) => folders.push(`${side} ${path}`))
    const sources = Array.from({ length: 8 }, (_, at) => ({ path: join(world.local, 'x', `${at}.bin`) }))
    const rows = await world.run({ direction: 'upload', sources, targetFolder: '/new/deep', conflict: 'ask' })
    expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: 8 }, () => 'done'))
    expect(await readdir(join(world.server.root, 'new', 'deep'))).toHaveLength(8)
    expect(world.server.commands().filter((line) => line.startsWith('MKD'))).toEqual(['MKD /new', 'MKD /new/deep'])
    expect(folders).toContain('remote /')
  })

  test('an infected file leaves no folder behind', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'a'), eicar())
    await world.run({ direction: 'upload', sources: [{ path: join(world.local, 'a') }], targetFolder: '/new' })
    expect(await readdir(world.server.root)).toEqual([])
  })

  test('a target folder that cannot be made is why the file fails, and it can be tried again', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'a'), 'a')
    await writeFile(join(world.server.root, 'taken'), 'a file')
    const [row] = await world.run({ ...upload(join(world.local, 'a')), targetFolder: '/taken/deeper' })
    expect(row).toMatchObject({ state: 'failed', error: { reply: { code: 550 } }, remotePath: '/taken/deeper/a' })
    expect(row?.error?.message).toMatch(/Cannot make the folder \/taken/)
    expect(await readFile(join(world.server.root, 'taken'), 'utf8')).toBe('a file')
    await rm(join(world.server.root, 'taken'))
    world.transfers.retry([row?.id ?? 0])
    expect(await world.settled()).toMatchObject([{ state: 'done' }])
    expect(await readFile(join(world.server.root, 'taken', 'deeper', 'a'), 'utf8')).toBe('a')
  })

  test('a file refused for another reason is sent once', async () => {
    const world = await startWorld({ vsftpd: { config: { deny_file: '{*.part,*secret*}' } } })
    await mkdir(join(world.server.root, 'there'))
    await writeFile(join(world.local, 'secret'), 'a')
    const sources = [{ path: join(world.local, 'secret') }]
    expect(
      await world.run({ direction: 'upload', sources, targetFolder: '/there', conflict: 'overwrite' }),
    ).toMatchObject([{ state: 'failed', error: { reply: { code: 550 } } }])
    expect(world.server.commands().filter((line) => /^(STOR|MKD)/.test(line))).toHaveLength(1)
  })

  test('files are listed at once, also while every connection is busy', async () => {
    const world = await startWorld({ parallel: 1, vsftpd: { config: { local_max_rate: '2000000' } } })
    await mkdir(join(world.server.root, 'there'))
    await writeFile(join(world.local, 'big'), randomBytes(12_000_000))
    await writeFile(join(world.local, 'small'), 'small')
    const request = (name: string): TransferRequest => ({ ...upload(join(world.local, name)), targetFolder: '/there' })
    await world.transfers.add(request('big'), world.endpoint)
    await world.until((rows) => rows.some(({ state }) => state === 'transferring'))
    await world.transfers.add(request('small'), world.endpoint)
    const { rows } = world.transfers.list()
    expect(rows.map(({ state }) => state)).toEqual(['transferring', 'queued'])
    world.transfers.cancel(rows.map(({ id }) => id))
    await world.settled()
  }, 20_000)

  test.each(['upload', 'download'] as const)(
    'an infected file arrives when scanning is off, and is never called clean (%s)',
    async (direction) => {
      const world = await startWorld()
      world.gate.setPolicy({ upload: direction !== 'upload', download: direction !== 'download' })
      world.agent.kill('SIGKILL')
      const [from, to] = direction === 'upload' ? [world.local, world.server.root] : [world.server.root, world.local]
      await writeFile(join(from, 'a.exe'), eicar())
      const path = direction === 'upload' ? join(world.local, 'a.exe') : '/a.exe'
      const targetFolder = direction === 'upload' ? '/' : world.local
      const ends = endsOf(world)
      const arrived = { state: 'done', unscanned: true, scan: null, scanned: 0, error: null }
      expect(await world.run({ direction, sources: [{ path }], targetFolder })).toMatchObject([arrived])
      expect(ends).toMatchObject([arrived])
      expect((await readFile(join(to, 'a.exe'))).equals(eicar())).toBe(true)
      expect(await world.gate.quarantine.list()).toEqual([])
    },
  )

  test.each(['upload', 'download'] as const)(
    'what moves while scanning is off says so from its first byte on, not only at its end (%s)',
    async (direction) => {
      const world = await startWorld({ vsftpd: { config: { local_max_rate: '400000' } } })
      world.gate.setPolicy({ upload: false, download: false })
      const from = direction === 'upload' ? world.local : world.server.root
      await writeFile(join(from, 'a.bin'), randomBytes(4_000_000))
      const path = direction === 'upload' ? join(world.local, 'a.bin') : '/a.bin'
      const targetFolder = direction === 'upload' ? '/' : world.local
      const request: TransferRequest = {
        direction,
        sources: [{ path }],
        targetFolder,
        transferType: 'binary',
        conflict: 'overwrite',
      }
      await world.transfers.add(request, world.endpoint)
      const [row] = await world.until((rows) => rows.some(({ transferred }) => transferred > 0))
      expect(row).toMatchObject({ state: 'transferring', unscanned: true })
      world.transfers.cancel([row?.id ?? 0])
      await world.settled()
    },
    20_000,
  )
})
