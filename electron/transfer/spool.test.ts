import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createGate } from '../gate/index.ts'
import { removeStaleSpools, Spool } from './spool.ts'

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original()
  return { ...real, rm: vi.fn(real.rm) }
})

const { mkdir, mkdtemp, readdir, rm, writeFile } = files

async function filled(): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-spool-'))
  const path = join(folder, 'a')
  await writeFile(path, 'some bytes')
  const gate = createGate({ quarantineFolder: join(folder, 'q') })
  onTestFinished(() => gate.dispose())
  gate.setPolicy({ upload: false, download: false })
  const outcome = await gate.scanFile(path)
  if (!outcome.passes) throw new Error('It should pass.')
  return Spool.fill(path, outcome.clearance, new AbortController().signal)
}

// A folder for temporary files that nobody else uses meanwhile, gone with all that the test leaves in it.
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-temporary-'))
  for (const name of ['TMPDIR', 'TEMP']) vi.stubEnv(name, folder)
  return () => rm(folder, { recursive: true, force: true })
})

const spools = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('sluice-append-')).toSorted()

/** Id of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid ?? 0
}

test('a copy that cannot be deleted does not make a failure of what was sent', async () => {
  const spool = await filled()
  vi.mocked(rm).mockRejectedValueOnce(new Error('EBUSY'))
  await expect(spool.discard()).resolves.toBeUndefined()
  // Its name is no longer in use: the next start of this very process takes it away.
  await removeStaleSpools()
})

test('copies of programs that are gone are deleted, those in use and things of others stay', async () => {
  const before = await spools()
  const spool = await filled()
  const used = (await spools()).find((name) => !before.includes(name)) ?? ''
  expect(used).toMatch(new RegExp(`^sluice-append-${process.pid}-`))
  const dead = await endedProcess()
  const [stale, file, living, other] = [
    `sluice-append-${dead}-abcdef`,
    `sluice-append-${dead}-a-file`,
    `sluice-append-${process.ppid}-abcdef`,
    `sluice-append-x${dead}`,
  ]
  for (const name of [stale, living, other]) await mkdir(join(tmpdir(), name))
  await writeFile(join(tmpdir(), stale, 'spool'), 'private')
  await writeFile(join(tmpdir(), file), '')
  await removeStaleSpools()
  const left = (await spools()).filter((name) => !before.includes(name))
  expect(new Set(left)).toEqual(new Set([used, file, living, other]))
  await spool.discard()
  expect(await spools()).not.toContain(used)
})
