import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadedSignatures, readSignatureFolder, unseenSignatures } from './signature-folder.ts'

const MINUTE = 60_000

test('every change of the signature files changes the fingerprint, other files do not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-signatures-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'a.hdb')
  await writeFile(file, 'one')
  await utimes(file, 1, 1)
  const first = await readSignatureFolder(folder)
  expect(first.files).toBe(1)
  expect(await readSignatureFolder(folder)).toEqual(first)
  await writeFile(join(folder, 'freshclam.dat'), 'x')
  expect(await readSignatureFolder(folder)).toEqual(first)
  // Same size and modification time as before: only ctime tells.
  await writeFile(file, 'two')
  await utimes(file, 1, 1)
  const second = await readSignatureFolder(folder)
  expect(second.fingerprint).not.toBe(first.fingerprint)
  await writeFile(join(folder, 'b.ndb'), '')
  expect((await readSignatureFolder(folder)).fingerprint).not.toBe(second.fingerprint)
})

test('the name steps on after a change until the daemon must have noticed', () => {
  const state = { fingerprint: 'f', changedAt: 0, files: 1 }
  const at = (minutes: number): string => loadedSignatures(state, 30 * MINUTE, minutes * MINUTE)
  expect(at(1)).toBe(at(9))
  expect(at(11)).not.toBe(at(9))
  expect(at(29)).not.toBe(at(31))
  expect(at(41)).toBe(at(100_000))
  expect(unseenSignatures(0)).not.toBe(unseenSignatures(11 * MINUTE))
})
