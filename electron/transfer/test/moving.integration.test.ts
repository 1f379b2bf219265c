import { randomBytes } from 'node:crypto'
import { mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { tree } from '../../../testing/tree.ts'
import { startWorld } from './environment.ts'

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'moving files', () => {
  test('a file goes up byte for byte, under a temporary name first', async () => {
    const world = await startWorld()
    const content = randomBytes(3 * 1024 * 1024 + 17)
    await writeFile(join(world.local, 'a b.bin'), content)
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a b.bin') }],
      targetFolder: '/',
    })
    expect(rows).toMatchObject([
      {
        state: 'done',
        error: null,
        size: content.length,
        transferred: content.length,
        transferType: 'binary',
        scan: { verdict: 'OK', bytes: content.length },
      },
    ])
    expect(tree(world.server.root)).toEqual(['a b.bin'])
    expect(content.equals(await readFile(join(world.server.root, 'a b.bin')))).toBe(true)
    const commands = world.server.commands()
    expect(commands.filter((line) => /^STOR /.test(line))).toEqual([
      expect.stringMatching(/^STOR \/\.a b\.bin\.[0-9a-f]{8}\.sluice-part$/),
    ])
    expect(commands).toContainEqual('RNTO /a b.bin')
  })

  test('a file comes down byte for byte and leaves no part file', async () => {
    const world = await startWorld()
    const content = randomBytes(3 * 1024 * 1024 + 17)
    await writeFile(join(world.server.root, 'a.bin'), content)
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/a.bin', type: 'file' }],
      targetFolder: world.local,
    })
    expect(rows).toMatchObject([{ state: 'done', error: null, size: content.length, scan: { verdict: 'OK' } }])
    expect(tree(world.local)).toEqual(['a.bin'])
    expect(content.equals(await readFile(join(world.local, 'a.bin')))).toBe(true)
  })

  test('a file that comes down keeps its time, from the listing or asked for', async () => {
    const world = await startWorld()
    // Listings tell the minute of recent files, and of older ones the day.
    // Noon of yesterday or before: midnight would read like a day alone.
    const noon = Math.floor(Date.now() / 86_400_000 - 1) * 86_400_000 + 43_200_000
    const [recent, old] = [new Date(noon), new Date('2019-03-04T05:06:07Z')]
    await mkdir(join(world.server.root, 'folder'))
    const files = Object.entries({ 'pointed-at': old, 'folder/listed': recent, 'folder/old': old })
    for (const [name, time] of files) {
      await writeFile(join(world.server.root, name), name)
      await utimes(join(world.server.root, name), time, time)
    }
    const sources = [{ path: '/pointed-at', type: 'file' as const }, { path: '/folder' }]
    const rows = await world.run({ direction: 'download', sources, targetFolder: world.local })
    expect(rows.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    for (const [name, time] of files) expect((await stat(join(world.local, name))).mtime).toEqual(time)
    expect(world.server.commands().filter((line) => line.startsWith('MDTM'))).toHaveLength(2)
  })

  test('empty files move too', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'up'), '')
    await writeFile(join(world.server.root, 'down'), '')
    await world.run({ direction: 'upload', sources: [{ path: join(world.local, 'up') }], targetFolder: '/' })
    const rows = await world.run({ direction: 'download', sources: [{ path: '/down' }], targetFolder: world.local })
    expect(rows.map((row) => row.state)).toEqual(['done', 'done'])
    expect(tree(world.local)).toEqual(['down', 'up'])
    expect(tree(world.server.root)).toEqual(['down', 'up'])
  })

  test('a folder goes up and comes down whole, empty folders too; links in it are named and left out', async () => {
    const world = await startWorld({ vsftpd: { tls: 'explicit' } })
    const root = join(world.local, 'tree')
    await mkdir(join(root, 'sub', 'empty'), { recursive: true })
    const files = ['one.bin', 'sub/zwei ü.bin', 'sub/[3] #%.bin']
    for (const [at, name] of files.entries()) await writeFile(join(root, name), randomBytes(1000 * (at + 1)))
    await symlink('one.bin', join(root, 'link'))
    const up = await world.run({ direction: 'upload', sources: [{ path: root }], targetFolder: '/' })
    expect(up.map((row) => row.state).toSorted()).toEqual(['done', 'done', 'done', 'skipped'])
    expect(up.find((row) => row.state === 'skipped')?.error?.message).toContain('is a link')
    const expected = ['one.bin', 'sub/', 'sub/[3] #%.bin', 'sub/empty/', 'sub/zwei ü.bin']
    expect(tree(join(world.server.root, 'tree'))).toEqual(expected)

    world.transfers.clearFinished()
    await symlink('one.bin', join(world.server.root, 'tree', 'link'))
    await mkdir(join(world.local, 'back'))
    const down = await world.run({
      direction: 'download',
      sources: [{ path: '/tree', type: 'dir' }],
      targetFolder: join(world.local, 'back'),
    })
    expect(down.map((row) => row.state).toSorted()).toEqual(['done', 'done', 'done', 'skipped'])
    expect(tree(join(world.local, 'back', 'tree'))).toEqual(expected)
    for (const name of files)
      expect((await readFile(join(world.local, 'back', 'tree', name))).equals(await readFile(join(root, name)))).toBe(
        true,
      )
  })

  test('a thousand small files go up and come down', async () => {
    const world = await startWorld({ parallel: 4 })
    const root = join(world.local, 'many')
    for (let folder = 0; folder < 10; folder++) {
      await mkdir(join(root, `f${folder}`), { recursive: true })
      await Promise.all(
        Array.from({ length: 100 }, (_, at) => writeFile(join(root, `f${folder}`, `${at}.bin`), `${folder}/${at}`)),
      )
    }
    await world.run({ direction: 'upload', sources: [{ path: root }], targetFolder: '/' })
    expect(world.transfers.list().totals).toEqual({ queued: 0, active: 0, done: 1000, blocked: 0, failed: 0 })
    expect(tree(join(world.server.root, 'many'))).toHaveLength(1010)
    const listings = world.server.commands().filter((line) => /^(LIST|MLSD|STAT|MLST)/.test(line))
    expect(listings).toEqual([])
    await mkdir(join(world.local, 'back'))
    await world.run({ direction: 'download', sources: [{ path: '/many' }], targetFolder: join(world.local, 'back') })
    expect(world.transfers.list().totals).toMatchObject({ done: 2000, failed: 0 })
    expect(await readFile(join(world.local, 'back', 'many', 'f7', '42.bin'), 'utf8')).toBe('7/42')
    expect(tree(join(world.local, 'back', 'many'))).toEqual(tree(root))
  }, 60_000)

  test('a link that the person points at is followed', async () => {
    const world = await startWorld()
    await writeFile(join(world.local, 'real.bin'), 'content')
    await symlink('real.bin', join(world.local, 'alias.bin'))
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'alias.bin') }],
      targetFolder: '/',
    })
    expect(rows.map((row) => row.state)).toEqual(['done'])
    expect(await readFile(join(world.server.root, 'alias.bin'), 'utf8')).toBe('content')
  })
})
