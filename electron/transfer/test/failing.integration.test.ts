import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { testUnless } from '../../../testing/test-unless.ts'
import { SluiceError } from '../../../common/errors.ts'
import type { TransferRequest } from '../../../common/models.ts'
import { createTransfers } from '../index.ts'
import { Journal } from '../journal.ts'
import { startWorld, waitFor } from './environment.ts'
import { mountSmallDisk, whyNoSmallDisk } from '../../../testing/small-disk.ts'

/** vsftpd slowed down, so that something can happen in the middle of a file. */
const SLOW = { config: { local_max_rate: '2000000' } }
const testWithSmallDisk = testUnless(whyNoSmallDisk())

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'failing', () => {
  test.each(['upload', 'download'] as const)(
    'a connection cut in the middle is made again (%s)',
    async (direction) => {
      const world = await startWorld({ vsftpd: SLOW, retryDelays: [500, 500] })
      const content = randomBytes(3_000_000)
      const [source, target] =
        direction === 'upload' ? [world.local, world.server.root] : [world.server.root, world.local]
      await writeFile(join(source, 'a.bin'), content)
      const sources = [{ path: direction === 'upload' ? join(world.local, 'a.bin') : '/a.bin' }]
      const running = world.run({ direction, sources, targetFolder: direction === 'upload' ? '/' : world.local })
      await world.until((rows) => rows.some((row) => row.state === 'transferring' && row.transferred > 500_000))
      world.server.cut()
      const waiting = await world.until((rows) => rows[0]?.error !== null)
      expect(waiting[0]?.error?.message).toMatch(/try 2 of 3/)
      expect(await running).toMatchObject([{ state: 'done', error: null }])
      expect(await readdir(target)).toEqual(['a.bin'])
      expect(content.equals(await readFile(join(target, 'a.bin')))).toBe(true)
    },
    30_000,
  )

  test.each(['upload', 'download'] as const)(
    'a server killed in the middle ends the row after bounded tries (%s)',
    async (direction) => {
      const world = await startWorld({ vsftpd: SLOW })
      const [source, target] =
        direction === 'upload' ? [world.local, world.server.root] : [world.server.root, world.local]
      await writeFile(join(source, 'a.bin'), randomBytes(4_000_000))
      await writeFile(join(source, 'b.bin'), randomBytes(4_000_000))
      const sources = ['a.bin', 'b.bin'].map((name) => ({
        path: direction === 'upload' ? join(world.local, name) : `/${name}`,
      }))
      const running = world.run({ direction, sources, targetFolder: direction === 'upload' ? '/' : world.local })
      await world.until((rows) => rows.some((row) => row.state === 'transferring' && row.transferred > 500_000))
      world.server.kill()
      const rows = await running
      expect(rows.map((row) => [row.state, row.error?.code])).toEqual([
        ['failed', 'connect-failed'],
        ['failed', 'connect-failed'],
      ])
      // What the dead server keeps under a temporary name nobody can delete; nothing bears a final name.
      expect((await readdir(target)).filter((name) => !name.endsWith('.sluice-part'))).toEqual([])
      if (direction === 'download') expect(await readdir(target)).toEqual([])
    },
    30_000,
  )

  test.each(['upload', 'download'] as const)(
    'a cancelled row stops and leaves nothing (%s)',
    async (direction) => {
      const world = await startWorld({ vsftpd: SLOW })
      const [source, target] =
        direction === 'upload' ? [world.local, world.server.root] : [world.server.root, world.local]
      await writeFile(join(source, 'a.bin'), randomBytes(3_000_000))
      const sources = [{ path: direction === 'upload' ? join(world.local, 'a.bin') : '/a.bin' }]
      const running = world.run({ direction, sources, targetFolder: direction === 'upload' ? '/' : world.local })
      const rows = await world.until((found) =>
        found.some((row) => row.state === 'transferring' && row.transferred > 500_000),
      )
      expect(world.transfers.list().totals).toMatchObject({ active: 1 })
      world.transfers.cancel(rows.map((row) => row.id))
      expect(await running).toMatchObject([{ state: 'cancelled', error: null }])
      expect(await readdir(target)).toEqual([])
      world.transfers.retry(rows.map((row) => row.id))
      expect(await world.settled()).toMatchObject([{ state: 'done' }])
      expect(await readdir(target)).toEqual(['a.bin'])
    },
    40_000,
  )

  test('a refusal is a clear row, and the rest goes on', async () => {
    const world = await startWorld({ vsftpd: { config: { deny_file: '{*secret*}' } } })
    for (const name of ['a', 'secret', 'z']) await writeFile(join(world.local, name), name)
    await writeFile(join(world.server.root, 'other-secret'), '')
    const up = await world.run({
      direction: 'upload',
      sources: ['a', 'secret', 'z'].map((name) => ({ path: join(world.local, name) })),
      targetFolder: '/',
    })
    expect(up.map((row) => row.state)).toEqual(['done', 'failed', 'done'])
    expect(up[1]?.error?.reply?.code).toBe(550)
    const down = await world.run({
      direction: 'download',
      sources: [{ path: '/other-secret', type: 'file' }, { path: '/missing', type: 'file' }, { path: '/gone' }],
      targetFolder: world.local,
    })
    expect(down.slice(3).map((row) => row.state)).toEqual(['failed', 'failed', 'failed'])
    expect((await readdir(world.server.root)).toSorted()).toEqual(['a', 'other-secret', 'z'])
  })

  testWithSmallDisk('a full disk fails the row and leaves no part file; after making room a retry works', async () => {
    // One after the other: while the big file fills the disk there is no room for the small one either.
    const world = await startWorld({ parallel: 1 })
    const { folder: disk, remove } = mountSmallDisk()
    onTestFinished(remove)
    await writeFile(join(world.server.root, 'big.bin'), randomBytes(900_000))
    await writeFile(join(world.server.root, 'small.bin'), 'small')
    await writeFile(join(disk, 'filler'), randomBytes(500_000))
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/big.bin' }, { path: '/small.bin' }],
      targetFolder: disk,
    })
    expect(rows.map((row) => [row.state, row.error?.code])).toEqual([
      ['failed', 'local-disk-full'],
      ['done', undefined],
    ])
    expect((await readdir(disk)).toSorted()).toEqual(['filler', 'small.bin'])
    await truncate(join(disk, 'filler'), 0)
    world.transfers.retry([rows[0]?.id ?? 0])
    expect((await world.settled()).map((row) => row.state)).toEqual(['done', 'done'])
  })

  test('without credentials nothing is added', async () => {
    const world = await startWorld()
    const transfers = createTransfers({
      journalFile: ':memory:',
      gate: world.gate,
      pool: () => {
        throw new SluiceError('not-connected', 'Not logged in.')
      },
      ask: () => Promise.reject(new Error('not asked')),
      parallel: 1,
    })
    onTestFinished(() => transfers.dispose())
    const request: TransferRequest = {
      direction: 'upload',
      sources: [{ path: world.local }],
      targetFolder: '/',
      transferType: 'auto',
      conflict: 'ask',
    }
    await expect(transfers.add(request, world.endpoint)).rejects.toMatchObject({ code: 'not-connected' })
    expect(transfers.list().rows).toEqual([])
  })

  test('what the end of the program interrupted is failed at the next start, and a retry moves it', async () => {
    const world = await startWorld({ vsftpd: SLOW, parallel: 1 })
    const content = randomBytes(4_000_000)
    await writeFile(join(world.server.root, 'a.bin'), content)
    await writeFile(join(world.server.root, 'b.bin'), 'b')
    await writeFile(join(world.server.root, 'c.bin'), 'c')
    const running = world.transfers.add(
      {
        direction: 'download',
        sources: ['/c.bin', '/a.bin', '/b.bin'].map((path) => ({ path })),
        targetFolder: world.local,
        transferType: 'binary',
        conflict: 'ask',
      },
      world.endpoint,
    )
    await world.until((rows) => rows.some((row) => row.transferred > 500_000))
    await running
    const pool = world.pool
    await world.transfers.dispose()
    expect((await readdir(world.local)).filter((name) => name.endsWith('.sluice-part'))).toEqual([])

    const again = createTransfers({
      journalFile: world.journalFile,
      gate: world.gate,
      pool: () => pool,
      ask: () => Promise.reject(new Error('not asked')),
      parallel: 2,
    })
    onTestFinished(() => again.dispose())
    const { rows } = again.list()
    expect(rows.map((row) => [row.state, row.error?.code])).toEqual([
      ['done', undefined],
      ['failed', 'interrupted'],
      ['failed', 'interrupted'],
    ])
    again.retry(rows.map((row) => row.id))
    const ended = await waitFor(again, (found) => found.every((row) => row.state === 'done'))
    expect(ended).toHaveLength(3)
    expect(content.equals(await readFile(join(world.local, 'a.bin')))).toBe(true)
  }, 30_000)

  test('a part file that a crash left is gone after the next start, and the file it was for is fetched', async () => {
    const world = await startWorld()
    await writeFile(join(world.server.root, 'a.bin'), 'content')
    const journalFile = join(world.local, '..', 'crashed.sqlite')
    const journal = Journal.open(journalFile, 1)
    const request = journal.addRequest({
      endpoint: world.endpoint,
      direction: 'download',
      targetFolder: world.local,
      transferType: 'binary',
      conflict: 'ask',
      mode: 'whole',
    })
    const paths = { localPath: join(world.local, 'a.bin'), remotePath: '/a.bin' }
    journal.addRows(request, [{ kind: 'file', ...paths, size: 7, modified: null, state: 'queued', error: null }], 1)
    const part = join(world.local, '.a.bin.0123abcd.sluice-part')
    journal.lease(2, () => part)
    await writeFile(part, 'con')
    // No finish(): the program is gone.
    journal.close()

    const again = createTransfers({
      journalFile,
      gate: world.gate,
      pool: () => world.pool,
      ask: () => Promise.reject(new Error('not asked')),
      parallel: 1,
    })
    onTestFinished(() => again.dispose())
    expect(await readdir(world.local)).toEqual([])
    const { rows } = again.list()
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'interrupted' } }])
    again.retry(rows.map((row) => row.id))
    await waitFor(again, (found) => found.every((row) => row.state === 'done'))
    expect(await readdir(world.local)).toEqual(['a.bin'])
  })

  test('waiting rows are cancelled without a word to the server, and cleared away', async () => {
    const world = await startWorld({ vsftpd: SLOW, parallel: 1 })
    for (const name of ['a', 'b', 'c']) await writeFile(join(world.server.root, name), randomBytes(1_500_000))
    const running = world.run({
      direction: 'download',
      sources: ['/a', '/b', '/c'].map((path) => ({ path, type: 'file' as const })),
      targetFolder: world.local,
    })
    const rows = await world.until((found) => found.length === 3 && found.some((row) => row.transferred > 0))
    world.transfers.cancel(rows.slice(1).map((row) => row.id))
    expect((await running).map((row) => row.state)).toEqual(['done', 'cancelled', 'cancelled'])
    expect(world.server.commands().filter((line) => line.startsWith('RETR'))).toEqual(['RETR /a'])
    world.transfers.clearFinished()
    expect(world.transfers.list()).toEqual({
      rows: [],
      totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 },
    })
  })

  test('a folder that cannot be read is a row, and can be planned again', async () => {
    const world = await startWorld()
    await writeFile(join(world.server.root, 'blocked'), 'a file where the folder should go')
    await mkdir(join(world.local, 'blocked', 'sub'), { recursive: true })
    await writeFile(join(world.local, 'blocked', 'sub', 'a'), 'a')
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'blocked') }],
      targetFolder: '/',
    })
    expect(rows).toMatchObject([{ state: 'failed', remotePath: '/blocked' }])
    await rm(join(world.server.root, 'blocked'))
    world.transfers.retry(rows.map((row) => row.id))
    await world.until((found) => found.length > 0 && found.every((row) => row.state === 'done'))
    expect(await readFile(join(world.server.root, 'blocked', 'sub', 'a'), 'utf8')).toBe('a')
  })
})
