import fc from 'fast-check'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testOnPosix } from '../../testing/test-unless.ts'
import { freeName, isPartName, numberedName, PartFile, partName, partPathFor, removePart } from './part-file.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-part-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

const posix = process.platform !== 'win32'

test('a part file is private until it gets its name, then has ordinary permissions', async () => {
  const target = join(await folder(), 'a.txt')
  const part = await PartFile.create(partPathFor(target))
  await part.write(Buffer.from('hello '))
  await part.write(Buffer.from('world'))
  if (posix) expect((await stat(part.path)).mode & 0o777).toBe(0o600)
  await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' })
  await part.commit(target, { replace: false })
  expect(await readFile(target, 'utf8')).toBe('hello world')
  if (posix) expect((await stat(target)).mode & 0o777).toBe(0o666 & ~process.umask())
  expect(await readdir(join(target, '..'))).toEqual(['a.txt'])
})

test('writes that overlap in time land behind each other', async () => {
  const target = join(await folder(), 'a')
  const part = await PartFile.create(partPathFor(target))
  const chunks = Array.from({ length: 50 }, (_, at) => Buffer.alloc(1000 + at, at))
  await Promise.all(chunks.map((chunk) => part.write(chunk)))
  await part.commit(target, { replace: false })
  expect(Buffer.concat(chunks).equals(await readFile(target))).toBe(true)
})

test('what appeared under the name meanwhile is not clobbered, and the part file can still go elsewhere', async () => {
  const root = await folder()
  const target = join(root, 'a')
  const part = await PartFile.create(partPathFor(target))
  await part.write(Buffer.from('mine'))
  await writeFile(target, 'theirs')
  await expect(part.commit(target, { replace: false })).rejects.toMatchObject({ code: 'local-exists' })
  expect(await readFile(target, 'utf8')).toBe('theirs')
  await part.commit(join(root, 'b'), { replace: false })
  expect(await readFile(join(root, 'b'), 'utf8')).toBe('mine')
})

testOnPosix('a link that waits under the name is replaced itself; what it points to stays', async () => {
  const root = await folder()
  const outside = join(root, 'outside')
  await writeFile(outside, 'precious')
  await mkdir(join(root, 'in'))
  const target = join(root, 'in', 'a')
  await symlink(outside, target)
  const part = await PartFile.create(partPathFor(target))
  await part.write(Buffer.from('new'))
  await expect(part.commit(target, { replace: false })).rejects.toMatchObject({ code: 'local-exists' })
  await part.commit(target, { replace: true })
  expect(await readFile(outside, 'utf8')).toBe('precious')
  expect((await lstat(target)).isFile()).toBe(true)
})

testOnPosix('a link that waits under the temporary name is not followed', async () => {
  const root = await folder()
  const path = partPathFor(join(root, 'a'))
  await symlink(join(root, 'elsewhere'), path)
  await expect(PartFile.create(path)).rejects.toMatchObject({ code: 'local-exists' })
  await expect(stat(join(root, 'elsewhere'))).rejects.toMatchObject({ code: 'ENOENT' })
})

testOnPosix('replacing keeps the permission bits of the old file', async () => {
  const target = join(await folder(), 'run.sh')
  await writeFile(target, 'old', { mode: 0o750 })
  const part = await PartFile.create(partPathFor(target))
  await part.write(Buffer.from('new'))
  await part.commit(target, { replace: true })
  expect((await stat(target)).mode & 0o777).toBe(0o750)
  expect(await readFile(target, 'utf8')).toBe('new')
})

test('a folder is not replaced', async () => {
  const target = join(await folder(), 'a')
  await mkdir(target)
  const part = await PartFile.create(partPathFor(target))
  await expect(part.commit(target, { replace: true })).rejects.toMatchObject({ code: 'local-exists' })
  expect(await part.discard()).toBe(true)
})

test('discarding leaves nothing, and only part files are ever removed', async () => {
  const root = await folder()
  const part = await PartFile.create(partPathFor(join(root, 'a')))
  await part.write(Buffer.from('x'))
  expect(await part.discard()).toBe(true)
  expect(await readdir(root)).toEqual([])
  await writeFile(join(root, 'a'), '')
  expect(await removePart(join(root, 'a'))).toBe(false)
  expect(await readdir(root)).toEqual(['a'])
})

test('temporary names fit on the disk whatever the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (name) => {
      const temporary = partName(name)
      expect(Buffer.byteLength(temporary)).toBeLessThanOrEqual(255)
      expect(isPartName(temporary)).toBe(true)
      expect(temporary.isWellFormed()).toBe(name.isWellFormed())
    }),
  )
  expect(isPartName('notes.sluice-part')).toBe(false)
})

test.each([
  ['a.txt', 'a (1).txt'],
  ['a', 'a (1)'],
  ['.profile', '.profile (1)'],
  ['a.tar.gz', 'a (1).tar.gz'],
  ['a.b.c', 'a.b (1).c'],
])('the first other name for %s is %s', (name, other) => {
  expect(numberedName(name, 1)).toBe(other)
})

test('the first free number is taken', async () => {
  const taken = new Set(['a (1).txt', 'a (2).txt'])
  expect(await freeName('a.txt', async (name) => taken.has(name))).toBe('a (3).txt')
})
