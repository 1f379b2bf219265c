import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testAsUser, testOnLinux, testOnPosix } from '../../testing/test-unless.ts'
import { namesIn, shareFolder } from '../test/shared-folder.ts'
import { keptPartName, newPartName } from './part-names.ts'
import type { UserFiles } from './types.ts'

const REPLACE = { replace: true }

async function contentOf(files: UserFiles, path: string): Promise<string> {
  const file = await files.openRead(path)
  try {
    const buffer = Buffer.alloc(file.size + 10)
    return buffer.toString('utf8', 0, await file.read(buffer, 0))
  } finally {
    await file.close()
  }
}

describe('an account', () => {
  test('makes, lists, reads, renames and removes', async () => {
    const { root, files } = await shareFolder()
    await files.makeFolder('/d')
    await writeFile(join(root, 'd', 'x'), 'hello')
    expect(await files.facts('/d/x')).toMatchObject({ name: 'x', type: 'file', size: 5 })
    expect(await files.facts('/')).toMatchObject({ name: '/', type: 'dir' })
    expect(await namesIn(files, '/d')).toEqual(['x'])
    expect(await contentOf(files, '/d/x')).toBe('hello')
    expect(await files.rename('/d/x', '/y', REPLACE)).toBeNull()
    await files.removeFolder('/d')
    expect(await files.removeFile('/y')).toMatchObject({ size: 5 })
    expect(await readdir(root)).toEqual([])
  })

  test('may see its home in an empty top folder that nobody can change', async () => {
    const { root, files } = await shareFolder({ homeShown: true })
    expect(files.home).toBe('/ada')
    await mkdir(join(root, 'ada'))
    await writeFile(join(root, 'x'), '1')
    expect(await namesIn(files, '/')).toEqual(['ada'])
    expect(await namesIn(files, '/ada')).toEqual(['ada', 'x'])
    expect(await contentOf(files, '/ada/x')).toBe('1')
    await files.enter('/')
    for (const attempt of [
      () => files.makeFolder('/d'),
      () => files.removeFolder('/ada'),
      () => files.rename('/ada', '/eve', REPLACE),
      () => files.rename('/ada/x', '/x', REPLACE),
      () => files.rename('/ada/x', '/eve/x', REPLACE),
      () => files.target('/x'),
      () => files.target('/'),
      () => files.target('/ada'),
      () => files.facts('/x'),
      () => files.enter('/eve'),
      () => files.setMode('/', 0o777),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 550 })
    }
  })

  test('hears 550 for what is not there, not that kind of thing, or in the way', async () => {
    const { root, files } = await shareFolder()
    await mkdir(join(root, 'd', 'e'), { recursive: true })
    await writeFile(join(root, 'f'), 'f')
    for (const attempt of [
      () => files.facts('/gone'),
      () => files.facts('/f/x'),
      () => files.openRead('/d'),
      () => files.enter('/f'),
      () => files.makeFolder('/d'),
      () => files.makeFolder('/gone/x'),
      () => files.removeFolder('/d'),
      () => files.removeFolder('/f'),
      () => files.removeFolder('/'),
      () => files.removeFile('/d'),
      () => files.removeFile('/gone'),
      () => files.rename('/gone', '/x', REPLACE),
      () => files.rename('/f', '/d', REPLACE),
      () => files.rename('/d', '/f', REPLACE),
      () => files.rename('/d', '/d/e/x', REPLACE),
      () => files.rename('/', '/x', REPLACE),
      () => files.target('/d'),
      () => files.target('/gone/x'),
      () => files.target('/f/x'),
      () => namesIn(files, '/f'),
    ]) {
      const error: unknown = await attempt().then(
        () => 'passed',
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ code: 550, message: expect.not.stringContaining(root) })
    }
  })

  test('replaces a file by a rename only where that is allowed', async () => {
    const { root, files } = await shareFolder()
    await writeFile(join(root, 'old'), 'old')
    await writeFile(join(root, 'new'), 'newer')
    await expect(files.rename('/new', '/old', { replace: false })).rejects.toMatchObject({ code: 550 })
    expect(await readFile(join(root, 'old'), 'utf8')).toBe('old')
    expect(await files.rename('/new', '/old', REPLACE)).toMatchObject({ size: 3 })
    expect(await readFile(join(root, 'old'), 'utf8')).toBe('newer')
  })

  test('hears 553 for a name too long for the disk', async () => {
    const { files } = await shareFolder()
    await expect(files.makeFolder(`/${'x'.repeat(256)}`)).rejects.toMatchObject({ code: 553 })
  })

  testOnPosix('sets times and permissions, but no set-user-id bit', async () => {
    const { root, files } = await shareFolder()
    await writeFile(join(root, 'x'), '')
    await files.setModified('/x', 1_000_000_000_500)
    await files.setMode('/x', 0o4711)
    const facts = await files.facts('/x')
    expect(facts).toMatchObject({ modified: 1_000_000_000_500, mode: 0o711 })
  })

  testOnPosix('leaves the permissions of the home alone: others may share it', async () => {
    for (const homeShown of [false, true]) {
      const { files } = await shareFolder({ homeShown })
      await expect(files.setMode(files.home, 0)).rejects.toMatchObject({ code: 550 })
      expect((await files.facts(files.home)).mode & 0o700).toBe(0o700)
    }
  })

  testAsUser('hears 550 for what the system does not let the server read', async () => {
    const { root, files } = await shareFolder()
    await mkdir(join(root, 'closed'))
    await writeFile(join(root, 'closed', 'x'), '')
    await writeFile(join(root, 'unreadable'), '')
    await chmod(join(root, 'closed'), 0)
    await chmod(join(root, 'unreadable'), 0)
    onTestFinished(() => chmod(join(root, 'closed'), 0o700))
    for (const attempt of [
      () => namesIn(files, '/closed'),
      () => files.enter('/closed'),
      () => files.facts('/closed/x'),
      () => files.openRead('/unreadable'),
      () => files.makeFolder('/closed/y'),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 550 })
    }
    expect(await namesIn(files, '/')).toEqual(['closed', 'unreadable'])
  })
})

describe("the server's own files", () => {
  test('are neither shown nor taken', async () => {
    const { root, files } = await shareFolder()
    const names = [newPartName('ada', 'x'), keptPartName('ada', 'x')]
    for (const name of names) {
      await writeFile(join(root, name), 'half')
      expect(() => files.resolve('/', name)).toThrow(expect.objectContaining({ code: 553 }))
      await expect(files.facts(`/${name}`)).rejects.toMatchObject({ code: 550 })
    }
    expect(await namesIn(files, '/')).toEqual([])
  })

  testOnPosix('are not shown through a link either', async () => {
    const { root, files } = await shareFolder()
    const name = keptPartName('ada', 'x')
    await writeFile(join(root, name), 'half')
    await symlink(name, join(root, 'look'))
    expect(await namesIn(files, '/')).toEqual([])
    await expect(files.openRead('/look')).rejects.toMatchObject({ code: 550 })
  })

  test('go with a folder that is empty but for cut uploads; one under way keeps it', async () => {
    const { root, files } = await shareFolder()
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', keptPartName('ada', 'x')), 'half')
    await writeFile(join(root, 'd', newPartName('ada', 'y')), 'half')
    await expect(files.removeFolder('/d')).rejects.toMatchObject({ code: 550 })
    expect(await readdir(join(root, 'd'))).toHaveLength(2)
    for (const name of await readdir(join(root, 'd'))) if (name.includes('-in.')) await rm(join(root, 'd', name))
    await files.removeFolder('/d')
    expect(await readdir(root)).toEqual([])
  })
})

describe('names that no client could send back', () => {
  testOnLinux('are not shown: a line end in a name would be another line of the listing', async () => {
    const { root, files } = await shareFolder()
    for (const name of ['a\r\n-rw-r--r-- 1 root root 0 forged', 'b\nc', 'd\\e', 'f\u202eg', 'fine']) {
      await writeFile(join(root, name), '')
    }
    await writeFile(Buffer.concat([Buffer.from(`${root}/not-utf8-`), Buffer.from([0xff])]), '')
    expect(await namesIn(files, '/')).toEqual(['fine'])
  })
})

describe('special files', () => {
  testOnLinux('are not shown and never opened', async () => {
    const { root, files } = await shareFolder()
    expect(spawnSync('mkfifo', [join(root, 'pipe')]).status).toBe(0)
    const server = createServer().listen(join(root, 'socket'))
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    expect(await namesIn(files, '/')).toEqual([])
    for (const path of ['/pipe', '/socket']) {
      // Without O_PATH the open of a pipe would wait for its writer for ever.
      await expect(files.openRead(path)).rejects.toMatchObject({ code: 550 })
      await expect(files.facts(path)).rejects.toMatchObject({ code: 550 })
      await expect(files.removeFile(path)).rejects.toMatchObject({ code: 550 })
      await expect(files.target(path)).rejects.toMatchObject({ code: 550 })
      await expect(files.rename('/x', path, REPLACE)).rejects.toMatchObject({ code: 550 })
    }
  })
})

describe('links', () => {
  testOnPosix('inside lead where they lead, and show so', async () => {
    const { root, files } = await shareFolder()
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'd', 'x'), 'hello')
    await symlink('d', join(root, 'to-d'))
    await symlink('to-d/x', join(root, 'to-x'))
    expect(await contentOf(files, '/to-d/x')).toBe('hello')
    expect(await contentOf(files, '/to-x')).toBe('hello')
    expect(await files.facts('/to-d')).toMatchObject({ name: 'to-d', type: 'dir' })
    const shown: [string, string | null][] = []
    for await (const batch of files.list('/', new AbortController().signal)) {
      shown.push(
        ...batch
          .filter(({ type }) => type === 'link')
          .map(({ name, target }): [string, string | null] => [name, target]),
      )
    }
    expect(new Map(shown)).toEqual(
      new Map([
        ['to-d', '/d'],
        ['to-x', '/d/x'],
      ]),
    )
    const target = await files.target('/to-x')
    expect(target).toMatchObject({ name: 'x', existing: { size: 5 }, folder: { real: join(root, 'd') } })
    await target.folder.close()
  })

  testOnPosix('are removed and renamed themselves', async () => {
    const { root, files } = await shareFolder()
    await writeFile(join(root, 'x'), 'hello')
    await symlink('x', join(root, 'a'))
    await files.rename('/a', '/b', REPLACE)
    await files.removeFile('/b')
    expect(await readdir(root)).toEqual(['x'])
  })

  testOnPosix('that lead out, dangle, loop or go through others are not there', async () => {
    const { root, outside, files } = await shareFolder()
    await mkdir(join(root, 'd'))
    await writeFile(join(root, 'mine'), 'mine')
    await symlink(outside, join(root, 'folder'))
    await symlink(join(outside, 'secret'), join(root, 'file'))
    await symlink('../outside/secret', join(root, 'relative'))
    await symlink('folder/secret', join(root, 'chain'))
    await symlink('/proc/self/cwd', join(root, 'magic'))
    await symlink(join(outside, 'gone'), join(root, 'dangling'))
    await symlink('loop', join(root, 'loop'))
    expect(await namesIn(files, '/')).toEqual(['d', 'mine'])
    for (const name of [
      'folder',
      'file',
      'relative',
      'chain',
      'magic',
      'dangling',
      'loop',
      'folder/secret',
      'folder/new',
    ]) {
      const path = `/${name}`
      for (const attempt of [
        () => files.facts(path),
        () => files.openRead(path),
        () => files.enter(path),
        () => files.makeFolder(path),
        () => files.removeFolder(path),
        () => files.removeFile(path),
        () => files.rename(path, '/d/x', REPLACE),
        () => files.rename('/mine', path, REPLACE),
        () => files.setModified(path, 0),
        () => files.setMode(path, 0o777),
        () => files.target(path),
        () => namesIn(files, path),
      ]) {
        const error: unknown = await attempt().then(
          () => `${path} passed`,
          (reason: unknown) => reason,
        )
        expect(error).toMatchObject({ code: 550, message: expect.not.stringContaining(outside) })
      }
    }
    expect(await readdir(outside)).toEqual(['secret'])
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('not yours')
    expect((await lstat(join(root, 'dangling'))).isSymbolicLink()).toBe(true)
  })

  testOnPosix('that lead to the root by another way than the account knows stay inside', async () => {
    const { root, files } = await shareFolder({ homeShown: true })
    await symlink(root, join(root, 'again'))
    await writeFile(join(root, 'x'), 'x')
    expect(await contentOf(files, '/ada/again/again/x')).toBe('x')
  })
})

describe('a folder swapped for a link while it is used', () => {
  testOnLinux('keeps uploads and their siblings where they began', async () => {
    const { root, outside, files } = await shareFolder()
    await mkdir(join(root, 'd'))
    const target = await files.target('/d/x')
    onTestFinished(() => target.folder.close())
    await rename(join(root, 'd'), join(root, 'was-d'))
    await symlink(outside, join(root, 'd'))
    await writeFile(target.folder.at('x'), 'hello')
    expect(await readFile(join(root, 'was-d', 'x'), 'utf8')).toBe('hello')
    expect(await readdir(outside)).toEqual(['secret'])
    await target.folder.check()
    // Taken out of the root, it is nobody's any more.
    await rename(join(root, 'was-d'), join(outside, 'taken'))
    await expect(target.folder.check()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  testOnPosix('leads no operation out, however often it is swapped', async () => {
    const { root, outside, files } = await shareFolder()
    await mkdir(join(root, 'real'))
    await writeFile(join(root, 'real', 'secret'), 'mine')
    await symlink(outside, join(root, 'evil'))
    let swapping = true
    const swap = (async () => {
      for (let turn = 0; swapping; turn++) {
        await rename(join(root, turn % 2 === 0 ? 'real' : 'evil'), join(root, 'd'))
        await rename(join(root, 'd'), join(root, turn % 2 === 0 ? 'real' : 'evil'))
      }
    })()
    try {
      for (let turn = 0; turn < 300; turn++) {
        const read = await contentOf(files, '/d/secret').catch((error: unknown) => error)
        if (typeof read === 'string') expect(read).toBe('mine')
        await files.makeFolder(`/d/n${turn}`).catch(() => undefined)
        await files.removeFile('/d/gone').catch(() => undefined)
        await files.setModified('/d/secret', 0).catch(() => undefined)
      }
    } finally {
      swapping = false
      await swap
    }
    expect(await readdir(outside)).toEqual(['secret'])
    expect((await stat(join(outside, 'secret'))).mtimeMs).toBeGreaterThan(0)
  })
})

test('a listing ends when its client goes', async () => {
  const { root, files } = await shareFolder()
  for (let at = 0; at < 1100; at++) await writeFile(join(root, `f${at}`), '')
  const gone = new AbortController()
  const batches: number[] = []
  await expect(
    (async () => {
      for await (const batch of files.list('/', gone.signal)) {
        batches.push(batch.length)
        gone.abort()
      }
    })(),
  ).rejects.toThrow('aborted')
  expect(batches).toHaveLength(1)
})
