import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mountSmallDisk, whyNoSmallDisk } from '../../testing/small-disk.ts'
import { testOnLinux, testOnPosix, testUnless } from '../../testing/test-unless.ts'
import { isPartName, keptPartName } from '../files/part-names.ts'
import { shareFolder, type SharedFolder } from '../test/shared-folder.ts'
import { createDoor, type DoorOptions } from './door.ts'
import { sendingBy, type Sending } from './test/sending.ts'
import type { Door, Upload, UploadMode, UploadRequest } from './types.ts'

interface Place extends SharedFolder, Sending {
  door: Door
  open(path: string, mode?: UploadMode, changes?: Partial<UploadRequest>): Promise<Upload>
  text(name: string): Promise<string>
}

async function place(
  changes: Parameters<typeof shareFolder>[0] = {},
  options: Partial<DoorOptions> = {},
): Promise<Place> {
  const folder = await shareFolder(changes)
  const { account, files, root } = folder
  const door = createDoor({ gate: null, ...options })
  onTestFinished(() => door.dispose())
  const open: Place['open'] = (path, mode = { kind: 'replace' }, changed = {}) => {
    const signal = new AbortController().signal
    return door.open({ files, account, address: '192.0.2.7', path, mode, announced: null, signal, ...changed })
  }
  return {
    ...folder,
    door,
    open,
    ...sendingBy(open),
    text: (name) => readFile(join(root, name), 'utf8'),
  }
}

/** What accounts see of the folder. */
async function visible(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => !isPartName(name)).sort()
}

describe('an upload', () => {
  testOnPosix('is hidden and private until all is here, then an ordinary file', async () => {
    const { root, open } = await place()
    const upload = await open('/a.txt')
    await upload.write(Buffer.from('hello '))
    const [part = ''] = await readdir(root)
    expect(isPartName(part)).toBe(true)
    expect((await stat(join(root, part))).mode & 0o777).toBe(0o600)
    await upload.write(Buffer.from('world'))
    expect(await upload.finish()).toEqual({ kind: 'landed', path: '/a.txt', size: 11, report: null })
    expect(await readdir(root)).toEqual(['a.txt'])
    expect(await readFile(join(root, 'a.txt'), 'utf8')).toBe('hello world')
    expect((await stat(join(root, 'a.txt'))).mode & 0o777).toBe(0o666 & ~process.umask())
  })

  test('of nothing makes an empty file', async () => {
    const { open, text } = await place()
    expect(await (await open('/a')).finish()).toMatchObject({ size: 0 })
    expect(await text('a')).toBe('')
  })

  testOnPosix('replaces a file and keeps its permissions', async () => {
    const { root, put, text } = await place()
    await writeFile(join(root, 'run'), 'old', { mode: 0o750 })
    await chmod(join(root, 'run'), 0o750)
    await put('/run', 'new')
    expect(await text('run')).toBe('new')
    expect((await stat(join(root, 'run'))).mode & 0o777).toBe(0o750)
  })

  testOnPosix('to a link goes to the file it leads to', async () => {
    const { root, put, text } = await place()
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'x'), 'old')
    await symlink('d/x', join(root, 'l'))
    expect(await put('/l', 'new')).toMatchObject({ path: '/l' })
    expect(await text('d/x')).toBe('new')
    expect(await readdir(root)).toEqual(['d', 'l'])
  })

  testOnPosix('does not follow a link that appeared meanwhile, nor replaces it', async () => {
    const { root, outside, open } = await place()
    const upload = await open('/x')
    await upload.write(Buffer.from('new'))
    await symlink(join(outside, 'secret'), join(root, 'x'))
    await expect(upload.finish()).rejects.toMatchObject({ code: 550 })
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('not yours')
    expect(await readdir(root)).toEqual(['x'])
  })

  testOnLinux('lands nowhere when its folder was taken out of the root', async () => {
    const { root, outside, open } = await place()
    await mkdir(join(root, 'd'))
    const upload = await open('/d/x')
    await upload.write(Buffer.from('new'))
    await rename(join(root, 'd'), join(outside, 'd'))
    await symlink(join(outside, 'd'), join(root, 'd'))
    await expect(upload.finish()).rejects.toMatchObject({ code: 550 })
    expect(await readdir(join(outside, 'd'))).toEqual([])
  })

  test('beside another to the same path: both may end, the last wins', async () => {
    const { root, open, text } = await place()
    const [first, second] = [await open('/x'), await open('/x')]
    await first.write(Buffer.from('first'))
    await second.write(Buffer.from('second'))
    await second.finish()
    expect(await text('x')).toBe('second')
    await first.finish()
    expect(await text('x')).toBe('first')
    expect(await readdir(root)).toEqual(['x'])
  })

  test('broken off at any stage leaves nothing under its name, and the old file as it was', async () => {
    const stages: ((upload: Upload) => Promise<unknown>)[] = [
      async () => undefined,
      async (upload) => await upload.write(Buffer.from('half')),
      (upload) => {
        // The disk is still writing.
        void upload.write(Buffer.alloc(1 << 20)).catch(() => undefined)
        return Promise.resolve()
      },
    ]
    for (const stage of stages) {
      const { root, open, text } = await place()
      await writeFile(join(root, 'x'), 'old')
      for (const path of ['/x', '/y']) {
        const upload = await open(path)
        await stage(upload)
        await upload.abort()
        await upload.abort()
        await expect(upload.write(Buffer.from('more'))).rejects.toMatchObject({ code: 426 })
        await expect(upload.finish()).rejects.toMatchObject({ code: 426 })
      }
      expect(await visible(root)).toEqual(['x'])
      expect(await text('x')).toBe('old')
    }
  })

  // A client that is killed ends its data connection in order; that its control connection ends is seen a moment later.
  testOnPosix('whose client is gone when it is to get its name gets none, and stays private', async () => {
    for (const mode of [{ kind: 'replace' }, { kind: 'append' }, { kind: 'unique' }] as const) {
      const { root, open, text } = await place()
      await writeFile(join(root, 'x'), 'old')
      const gone = new AbortController()
      const upload = await open('/x', mode, { signal: gone.signal })
      await upload.write(Buffer.from('half'))
      const end = upload.finish()
      gone.abort()
      await expect(end).rejects.toMatchObject({ code: 426 })
      expect(await visible(root)).toEqual(['x'])
      expect(await text('x')).toBe('old')
      for (const name of (await readdir(root)).filter(isPartName))
        expect((await stat(join(root, name))).mode & 0o777).toBe(0o600)
    }
  })

  test('cannot be broken off once it has its name', async () => {
    const { put, open, text } = await place()
    const upload = await open('/x')
    await upload.finish()
    await upload.abort()
    await put('/x', 'y')
    expect(await text('x')).toBe('y')
  })

  test('is refused where it cannot be', async () => {
    const { root, open } = await place()
    await mkdir(join(root, 'd'))
    for (const path of ['/', '/d', '/gone/x']) await expect(open(path)).rejects.toMatchObject({ code: 550 })
  })

  test('that announced more than the disk has is refused at once', async () => {
    const { root, open } = await place()
    const announced = Number.MAX_SAFE_INTEGER
    await expect(open('/x', { kind: 'replace' }, { announced })).rejects.toMatchObject({ code: 452 })
    expect(await readdir(root)).toEqual([])
  })
})

describe('a name of its own', () => {
  test('is the one asked for while that is free', async () => {
    const { put } = await place()
    expect(await put('/a.txt', '1', { kind: 'unique' })).toMatchObject({ path: '/a.txt' })
  })

  test('is not waited for after a cut: nobody could name it', async () => {
    const { root, cut } = await place()
    await cut('/a.txt', 'half', { kind: 'unique' })
    expect(await readdir(root)).toEqual([])
  })

  test('is another when it is taken, also at the last moment', async () => {
    const { root, open, text, put } = await place()
    await writeFile(join(root, 'a.txt'), 'theirs')
    expect(await put('/a.txt', 'mine', { kind: 'unique' })).toMatchObject({
      path: expect.stringMatching(/^\/a\.[0-9a-f]{8}\.txt$/),
    })
    const upload = await open('/b.txt', { kind: 'unique' })
    expect(upload.path).toBe('/b.txt')
    await writeFile(join(root, 'b.txt'), 'theirs')
    expect(await upload.finish()).toMatchObject({ path: expect.stringMatching(/^\/b\.[0-9a-f]{8}\.txt$/) })
    expect([await text('a.txt'), await text('b.txt')]).toEqual(['theirs', 'theirs'])
    expect(await visible(root)).toHaveLength(4)
  })
})

describe('a cut upload', () => {
  test('waits for its client: SIZE tells where to go on', async () => {
    const { door, files, account, root, cut, put, text } = await place()
    await cut('/x', 'hel')
    expect(await visible(root)).toEqual([])
    expect(await door.waiting(files, account, '/x')).toBe(3)
    expect(await put('/x', 'lo', { kind: 'resume', offset: 3 })).toMatchObject({ size: 5 })
    expect(await text('x')).toBe('hello')
    expect(await readdir(root)).toEqual(['x'])
    expect(await door.waiting(files, account, '/x')).toBeNull()
  })

  test('goes on with APPE, and may be cut again', async () => {
    const { cut, put, text } = await place()
    await cut('/x', 'a')
    await cut('/x', 'b', { kind: 'append' })
    await put('/x', 'c', { kind: 'append' })
    expect(await text('x')).toBe('abc')
  })

  test('may be gone on with further in front', async () => {
    const { cut, put, text, root } = await place()
    await cut('/x', 'hello')
    await put('/x', 'L', { kind: 'resume', offset: 2 })
    expect(await text('x')).toBe('heL')
    expect(await readdir(root)).toEqual(['x'])
  })

  test('is nobody else’s', async () => {
    const { door, files, account, cut, open } = await place()
    await cut('/x', 'hel')
    const eve = { ...account, name: 'eve' }
    expect(await door.waiting(files, eve, '/x')).toBeNull()
    await expect(open('/x', { kind: 'resume', offset: 3 }, { account: eve })).rejects.toMatchObject({ code: 550 })
  })

  test('over a file goes on where only its own length fits', async () => {
    const { root, cut, put, text } = await place()
    await writeFile(join(root, 'x'), 'old')
    await cut('/x', 'hello')
    expect(await text('x')).toBe('old')
    await put('/x', '!', { kind: 'resume', offset: 5 })
    expect(await text('x')).toBe('hello!')
    await put('/x', 'y', { kind: 'resume', offset: 5 })
    expect(await text('x')).toBe('helloy')
  })

  test('is refused where there is less than REST says', async () => {
    const { root, cut, open } = await place()
    await cut('/x', 'hel')
    for (const [path, offset] of [
      ['/x', 4],
      ['/y', 1],
    ] as const) {
      await expect(open(path, { kind: 'resume', offset })).rejects.toMatchObject({ code: 550 })
    }
    expect(await readdir(root)).toHaveLength(1)
  })

  test('can be taken up once only', async () => {
    const { cut, open } = await place()
    await cut('/x', 'hel')
    const results = await Promise.allSettled([
      open('/x', { kind: 'resume', offset: 3 }),
      open('/x', { kind: 'resume', offset: 3 }),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('is forgotten with DELE', async () => {
    const { door, files, account, root, cut } = await place()
    await cut('/x', 'hel')
    expect(await door.forget(files, account, '/x')).toBe(true)
    expect(await door.forget(files, account, '/x')).toBe(false)
    expect(await readdir(root)).toEqual([])
  })

  test('that the server cuts as it stops waits too', async () => {
    const { door, files, account, open } = await place()
    const upload = await open('/x')
    await upload.write(Buffer.from('hel'))
    await door.dispose()
    expect(await door.waiting(files, account, '/x')).toBe(3)
    await expect(open('/y')).rejects.toMatchObject({ code: 421 })
  })

  test('is swept after a day; uploads of a server that died after an hour, others never', async () => {
    let now = Date.now()
    const { door, root, cut, open, files, account } = await place({}, { now: () => now })
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'mine'), '')
    await cut('/d/x', 'hel')
    const dead = await open('/dead')
    await dead.write(Buffer.from('dead'))
    const alive = await open('/alive')
    await alive.write(Buffer.from('alive'))
    const other = createDoor({ gate: null, now: () => now })
    now += 30 * 60_000
    await other.sweep(root)
    expect((await readdir(root, { recursive: true })).filter((name) => name.includes('.sluice-'))).toHaveLength(3)
    now += 60 * 60_000
    await door.sweep(root)
    expect((await readdir(root, { recursive: true })).filter((name) => name.includes('.sluice-'))).toHaveLength(3)
    await other.sweep(root)
    expect((await readdir(root, { recursive: true })).filter((name) => name.includes('.sluice-'))).toHaveLength(1)
    now += 24 * 3_600_000
    expect(await door.waiting(files, account, '/d/x')).toBeNull()
    await door.sweep(root)
    expect((await readdir(root, { recursive: true })).sort()).toEqual(['d', join('d', 'mine')])
  })

  testOnPosix('that somebody swapped for a link is not gone on with', async () => {
    const { root, outside, cut, open } = await place()
    await cut('/x', 'hel')
    const kept = join(root, keptPartName('ada', 'x'))
    await rm(kept)
    await symlink(join(outside, 'secret'), kept)
    await expect(open('/x', { kind: 'resume', offset: 3 })).rejects.toMatchObject({ code: 550 })
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('not yours')
  })
})

describe('appending', () => {
  test('adds to the file in one step', async () => {
    const { root, open, text } = await place()
    await writeFile(join(root, 'log'), 'one\n')
    const upload = await open('/log', { kind: 'append' })
    await upload.write(Buffer.from('two\n'))
    expect(await text('log')).toBe('one\n')
    expect(await upload.finish()).toMatchObject({ size: 8 })
    expect(await text('log')).toBe('one\ntwo\n')
  })

  test('that is cut changes nothing, and leaves nothing: the file says where it ends', async () => {
    const { root, cut, text } = await place()
    await writeFile(join(root, 'log'), 'one\n')
    await cut('/log', 'tw', { kind: 'append' })
    expect(await text('log')).toBe('one\n')
    expect(await readdir(root)).toEqual(['log'])
  })

  test('that is cut while the file is still being copied leaves nothing', async () => {
    const { root, open } = await place()
    await writeFile(join(root, 'log'), Buffer.alloc(20 << 20))
    const upload = await open('/log', { kind: 'append' })
    await upload.abort()
    const other = await open('/log', { kind: 'resume', offset: 10 << 20 })
    await other.abort()
    expect((await stat(join(root, 'log'))).size).toBe(20 << 20)
    expect(await visible(root)).toEqual(['log'])
  })

  test('copies what is there exactly, in however many pieces', async () => {
    const { root, put } = await place()
    const old = Buffer.from(Array.from({ length: 3_333_333 }, (_, at) => at % 251))
    await writeFile(join(root, 'log'), old)
    expect(await put('/log', 'tail', { kind: 'append' })).toMatchObject({ size: old.length + 4 })
    expect((await readFile(join(root, 'log'))).equals(Buffer.concat([old, Buffer.from('tail')]))).toBe(true)
  })

  test('to nothing makes the file', async () => {
    const { put, text } = await place()
    await put('/log', 'one', { kind: 'append' })
    expect(await text('log')).toBe('one')
  })

  testOnPosix('to a file that has other names too leaves those as they are', async () => {
    const { root, put, text } = await place()
    await writeFile(join(root, 'a'), 'one')
    await link(join(root, 'a'), join(root, 'b'))
    await put('/a', 'two', { kind: 'append' })
    expect([await text('a'), await text('b')]).toEqual(['onetwo', 'one'])
  })
})

const testWithSmallDisk = testUnless(whyNoSmallDisk())

describe('a full disk', () => {
  testWithSmallDisk('ends an upload with 452, and nothing of it stays', async () => {
    const disk = mountSmallDisk()
    onTestFinished(() => disk.remove())
    const { put, open, root } = await place({ root: disk.folder })
    await put('/small', 'x')
    const upload = await open('/large')
    await expect(upload.write(Buffer.alloc(4 << 20))).rejects.toMatchObject({ code: 452 })
    await expect(upload.finish()).rejects.toMatchObject({ code: 452 })
    await upload.abort()
    expect(await readdir(disk.folder)).toEqual(['small'])
    expect(await readdir(root)).toEqual([])
    await put('/again', 'y')
  })

  testWithSmallDisk('leaves the file alone that was to be appended to', async () => {
    const disk = mountSmallDisk()
    onTestFinished(() => disk.remove())
    const { open } = await place({ root: disk.folder })
    await writeFile(join(disk.folder, 'log'), Buffer.alloc(600 << 10))
    const upload = await open('/log', { kind: 'append' })
    await expect(upload.finish()).rejects.toMatchObject({ code: 452 })
    await upload.abort()
    expect(await readdir(disk.folder)).toEqual(['log'])
  })
})

describe('a quota', () => {
  test('of bytes ends an upload that is too large, and gives its room back', async () => {
    const { root, put, open } = await place({ quotaBytes: 10 })
    await put('/a', '12345')
    const upload = await open('/b')
    await upload.write(Buffer.from('12345'))
    await expect(upload.write(Buffer.from('6'))).rejects.toMatchObject({ code: 552 })
    await upload.abort()
    expect(await readdir(root)).toEqual(['a'])
    await put('/b', '12345')
  })

  test('counts what lay there before, and what is under way', async () => {
    const { root, open } = await place({ quotaBytes: 10 })
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'x'), '12345')
    const [first, second] = [await open('/a'), await open('/b')]
    await first.write(Buffer.from('123'))
    await expect(second.write(Buffer.from('123'))).rejects.toMatchObject({ code: 552 })
    await second.abort()
    await first.finish()
  })

  test('counts a cut upload, until that is forgotten', async () => {
    const { door, files, account, cut, open, put } = await place({ quotaBytes: 10 })
    await cut('/a', '12345678')
    const upload = await open('/b')
    await expect(upload.write(Buffer.from('123'))).rejects.toMatchObject({ code: 552 })
    await upload.abort()
    await door.forget(files, account, '/a')
    await put('/b', '1234567890')
  })

  test('gives back what is replaced: a full account may still change its files', async () => {
    const { put, cut, open, text } = await place({ quotaBytes: 10, quotaFiles: 1 })
    await put('/a', '1234567890')
    await put('/a', '0987654321')
    await put('/a', '0987654321', { kind: 'resume', offset: 0 })
    await expect(put('/a', '!', { kind: 'append' })).rejects.toMatchObject({ code: 552 })
    expect(await text('a')).toBe('0987654321')
    await put('/a', '12345')
    await put('/a', '67890', { kind: 'append' })
    await expect(open('/b')).rejects.toMatchObject({ code: 552 })
    await cut('/a', '12345')
  })

  test('is not outwitted by deleting what was to be replaced', async () => {
    const { door, files, open, put, root } = await place({ quotaBytes: 10 })
    await put('/a', '1234567890')
    const upload = await open('/a')
    await upload.write(Buffer.from('1234567890'))
    door.freed(files, await files.removeFile('/a'))
    await expect(put('/a', '1')).rejects.toMatchObject({ code: 552 })
    await upload.finish()
    expect(await visible(root)).toEqual(['a'])
    await expect(put('/b', '1')).rejects.toMatchObject({ code: 552 })
  })

  test('nor by taking that away', async () => {
    const { files, open, put, root } = await place({ quotaBytes: 10 })
    await put('/a', '1234567890')
    const upload = await open('/a')
    await upload.write(Buffer.from('1234567890'))
    await files.rename('/a', '/b', { replace: false })
    await expect(upload.finish()).rejects.toMatchObject({ code: 552 })
    expect(await readdir(root)).toEqual(['b'])
  })

  test('of files counts folders too', async () => {
    const { door, files, account, put, open } = await place({ quotaFiles: 2 })
    await door.claimFolder(files, account)
    await files.makeFolder('/d')
    await put('/d/x', '')
    await expect(open('/y')).rejects.toMatchObject({ code: 552 })
    await expect(door.claimFolder(files, account)).rejects.toMatchObject({ code: 552 })
    await files.removeFile('/d/x')
    door.freed(files, { type: 'file', size: 0 })
    await put('/y', '')
  })

  test('is counted anew before anything is refused because of an old count', async () => {
    let now = Date.now()
    const { root, put, open } = await place({ quotaBytes: 10 }, { now: () => now })
    await put('/a', '1234567890')
    await truncate(join(root, 'a'), 0)
    const upload = await open('/b')
    await expect(upload.write(Buffer.from('1'))).rejects.toMatchObject({ code: 552 })
    await upload.abort()
    now += 60_000
    await put('/b', '1234567890')
  })

  test('is one for all sessions of an account', async () => {
    const { open } = await place({ quotaBytes: 100 })
    const uploads = await Promise.all(Array.from({ length: 20 }, (_, at) => open(`/f${at}`)))
    const results = await Promise.allSettled(uploads.map((upload) => upload.write(Buffer.alloc(10))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    await Promise.all(uploads.map((upload) => upload.abort()))
  })
})

test('a time long past on a kept upload counts from its last byte', async () => {
  const { door, files, account, root, cut } = await place()
  await cut('/x', 'hel')
  const old = Date.now() / 1000 - 25 * 3600
  await utimes(join(root, keptPartName('ada', 'x')), old, old)
  expect(await door.waiting(files, account, '/x')).toBeNull()
})
