import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testAsUser, testOnLinux, testOnPosix } from '../../testing/test-unless.ts'
import type { Entry } from '../../common/models.ts'
import { containedFolder, ignoresCase } from './containment.ts'
import { makeFolder, removeLocal, renameLocal } from './folders.ts'
import { listLocal, permissionString, statLocal } from './listing.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-local-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

async function list(path: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const batch of listLocal(path)) for (const entry of batch) entries.set(entry.name, entry)
  return entries
}

testOnPosix('a listing shows files, folders and links as what they are', async () => {
  const root = await folder()
  await writeFile(join(root, 'a.txt'), 'hello', { mode: 0o640 })
  await mkdir(join(root, 'sub'))
  await symlink('sub', join(root, 'link'))
  await symlink('nowhere', join(root, 'dead'))
  const entries = await list(root)
  expect([...entries.keys()].toSorted()).toEqual(['a.txt', 'dead', 'link', 'sub'])
  expect(entries.get('a.txt')).toMatchObject({
    type: 'file',
    size: 5,
    permissions: 'rw-r-----',
    owner: String(process.getuid?.()),
  })
  expect(entries.get('sub')).toMatchObject({ type: 'dir', size: null, target: null })
  expect(entries.get('link')).toMatchObject({ type: 'link', target: 'sub' })
  expect(entries.get('dead')).toMatchObject({ type: 'link', target: 'nowhere' })
  expect(Math.abs((entries.get('a.txt')?.modified ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('a large folder comes in batches', async () => {
  const root = await folder()
  await Promise.all(Array.from({ length: 600 }, (_, at) => writeFile(join(root, `f${at}`), '')))
  const sizes: number[] = []
  for await (const batch of listLocal(root)) sizes.push(batch.length)
  expect(sizes).toEqual([256, 256, 88])
})

test('listing what is not there, or is no folder, says so', async () => {
  const root = await folder()
  await expect(list(join(root, 'none'))).rejects.toMatchObject({ code: 'local-not-found' })
  await writeFile(join(root, 'f'), '')
  await expect(list(join(root, 'f'))).rejects.toMatchObject({ code: 'local-not-found' })
  expect(await statLocal(join(root, 'none'), 'none')).toBeNull()
})

test('a listing can be cancelled', async () => {
  const signal = AbortSignal.abort()
  const root = await folder()
  await writeFile(join(root, 'f'), '')
  await expect(listLocal(root, { signal }).next()).rejects.toMatchObject({ name: 'AbortError' })
})

testOnLinux('a name that is not UTF-8 is shown and can be deleted', async () => {
  const root = await folder()
  await writeFile(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), '')
  await mkdir(join(root, 'sub'))
  await writeFile(Buffer.concat([Buffer.from(`${root}/sub/bad`), Buffer.from([0xfe])]), '')
  expect((await list(root)).get('bad\ufffd')).toMatchObject({ type: 'file', size: null })
  expect(await removeLocal(root, ['sub'])).toEqual({ removed: 2, failed: [] })
})

test('permission bits are spelt as ls does', () => {
  expect(permissionString(0o100644)).toBe('rw-r--r--')
  expect(permissionString(0o104755)).toBe('rwsr-xr-x')
  expect(permissionString(0o042644)).toBe('rw-r-Sr--')
  expect(permissionString(0o041777)).toBe('rwxrwxrwt')
})

test('folders are made once, under one name, inside their folder', async () => {
  const root = await folder()
  expect(await makeFolder(root, 'new')).toBe(join(root, 'new'))
  await expect(makeFolder(root, 'new')).rejects.toMatchObject({ code: 'local-exists' })
  for (const name of ['', '.', '..', '../x', 'a/b', 'nul\0'])
    await expect(makeFolder(root, name)).rejects.toMatchObject({ code: 'unsafe-name' })
  await expect(makeFolder(join(root, 'none'), 'x')).rejects.toMatchObject({ code: 'local-not-found' })
})

test('renaming replaces nothing', async () => {
  const root = await folder()
  await writeFile(join(root, 'a'), 'a')
  await writeFile(join(root, 'b'), 'b')
  await mkdir(join(root, 'empty'))
  await expect(renameLocal(root, 'a', 'b')).rejects.toMatchObject({ code: 'local-exists' })
  await expect(renameLocal(root, 'a', 'empty')).rejects.toMatchObject({ code: 'local-exists' })
  await expect(renameLocal(root, 'a', '../c')).rejects.toMatchObject({ code: 'unsafe-name' })
  expect(await renameLocal(root, 'a', 'c')).toBe(join(root, 'c'))
  expect((await readdir(root)).toSorted()).toEqual(['b', 'c', 'empty'])
  expect(await readFile(join(root, 'b'), 'utf8')).toBe('b')
})

testOnPosix('removal takes links away and leaves what they point to', async () => {
  const root = await folder()
  await mkdir(join(root, 'outside'))
  await writeFile(join(root, 'outside', 'precious'), '')
  await mkdir(join(root, 'tree', 'deep'), { recursive: true })
  await symlink(join(root, 'outside'), join(root, 'tree', 'deep', 'link'))
  await symlink(join(root, 'outside'), join(root, 'direct'))
  expect(await removeLocal(root, ['tree', 'direct'])).toEqual({ removed: 4, failed: [] })
  expect(await readdir(root)).toEqual(['outside'])
  expect(await readdir(join(root, 'outside'))).toEqual(['precious'])
})

test('removal goes on past what fails', async () => {
  const root = await folder()
  await writeFile(join(root, 'a'), '')
  const result = await removeLocal(root, ['none', '..', 'a'])
  expect(result.removed).toBe(1)
  expect(result.failed.map(({ error }) => error.code)).toEqual(['local-not-found', 'unsafe-name'])
})

testAsUser('a folder that cannot be emptied is named', async () => {
  const root = await folder()
  await mkdir(join(root, 'tree', 'locked'), { recursive: true })
  await writeFile(join(root, 'tree', 'locked', 'f'), '')
  await writeFile(join(root, 'tree', 'g'), '')
  await chmod(join(root, 'tree', 'locked'), 0o500)
  const result = await removeLocal(root, ['tree'])
  await chmod(join(root, 'tree', 'locked'), 0o700)
  expect(result.removed).toBe(1)
  expect(result.failed.map(({ error }) => error.code)).toEqual(['local-permission', 'local-exists', 'local-exists'])
})

test('folders below the root are made step by step', async () => {
  const root = await folder()
  const real = await containedFolder(root, join(root, 'a', 'b'), { create: true })
  expect((await lstat(real)).isDirectory()).toBe(true)
  expect(await containedFolder(root, join(root, 'a', 'b'))).toBe(real)
  await expect(containedFolder(root, join(root, 'x'))).rejects.toMatchObject({ code: 'local-not-found' })
})

test.each(['..', '../sibling', '../../etc', '/etc'])('%s is outside', async (way) => {
  const root = await folder()
  const path = way.startsWith('/') ? way : join(root, way)
  await expect(containedFolder(root, path, { create: true })).rejects.toMatchObject({ code: 'unsafe-name' })
})

test('a file on the way is in the way', async () => {
  const root = await folder()
  await writeFile(join(root, 'a'), '')
  await expect(containedFolder(root, join(root, 'a', 'b'), { create: true })).rejects.toMatchObject({
    code: 'local-exists',
  })
})

testOnPosix('a link below the root is not gone through, wherever it points; the root itself may be one', async () => {
  const root = await folder()
  await mkdir(join(root, 'real', 'inner'), { recursive: true })
  await symlink('/tmp', join(root, 'real', 'out'))
  await symlink('inner', join(root, 'real', 'in'))
  await symlink('real', join(root, 'alias'))
  for (const name of ['out', 'in'])
    await expect(
      containedFolder(join(root, 'real'), join(root, 'real', name, 'x'), { create: true }),
    ).rejects.toMatchObject({
      code: 'unsafe-name',
    })
  const through = await containedFolder(join(root, 'alias'), join(root, 'alias', 'inner'))
  expect(through.endsWith(join('real', 'inner'))).toBe(true)
})

testOnLinux('the disk is asked whether it ignores case', async () => {
  expect(await ignoresCase(await folder())).toBe(false)
})
