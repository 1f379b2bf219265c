import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ContentHints } from './content-hints.ts'

test('knows a file until it is written or replaced, whatever its times say', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-hints-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'file')
  const look = () => stat(path, { bigint: true })
  await writeFile(path, 'one')
  await utimes(path, 1, 1)
  const hints = new ContentHints()
  expect(hints.get(path, await look())).toBe(null)
  hints.set(path, await look(), 'hash-one')
  expect(hints.get(path, await look())).toBe('hash-one')
  await writeFile(path, 'two')
  await utimes(path, 1, 1)
  expect(hints.get(path, await look())).toBe(null)
  hints.set(path, await look(), 'hash-two')
  await writeFile(join(folder, 'other'), 'six')
  await utimes(join(folder, 'other'), 1, 1)
  await rename(join(folder, 'other'), path)
  expect(hints.get(path, await look())).toBe(null)
})
