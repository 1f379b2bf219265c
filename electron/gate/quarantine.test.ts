import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testAsUser, testOnLinux, testOnPosix } from '../../testing/test-unless.ts'
import type { QuarantineItem, ScanReport } from '../../common/models.ts'
import { FolderQuarantine } from './quarantine.ts'

const report: ScanReport = {
  verdict: 'INFECTED',
  signature: 'Win.Test',
  engine: 'clamd',
  engineVersion: 'ClamAV 1',
  signatureVersion: 's',
  sha256: 'a'.repeat(64),
  bytes: 4,
  ms: 1,
  message: null,
}
const info = { name: 'evil.exe', source: 'ftp://host/evil.exe', intendedPath: '/home/me/evil.exe', report }

async function setUp(): Promise<{ folder: string; part: string; quarantine: FolderQuarantine; base: string }> {
  const base = await mkdtemp(join(tmpdir(), 'sluice-quarantine-'))
  onTestFinished(() => rm(base, { recursive: true, force: true }))
  const part = join(base, '.evil.exe.sluice-part')
  await writeFile(part, 'evil', { mode: 0o755 })
  const folder = join(base, 'data', 'quarantine')
  return { base, folder, part, quarantine: new FolderQuarantine(folder) }
}

test('moves the file away, keeps its story, and knows it after a restart', async () => {
  const { folder, part, quarantine } = await setUp()
  const seen: QuarantineItem[][] = []
  quarantine.onChange((items) => seen.push(items))
  const item = await quarantine.add(part, info)
  expect(item).toMatchObject({ name: 'evil.exe', bytes: 4, signature: 'Win.Test', engine: 'clamd' })
  await expect(stat(part)).rejects.toThrow(/ENOENT/)
  expect((await readdir(folder)).sort()).toEqual([`${item.id}.json`, `${item.id}.quarantined`])
  expect(await readFile(join(folder, `${item.id}.quarantined`), 'utf8')).toBe('evil')
  expect(await new FolderQuarantine(folder).list()).toEqual([item])
  expect(seen).toEqual([[item]])
})

testOnPosix('nobody else may read or run what is in there', async () => {
  const { folder, part, quarantine } = await setUp()
  const { id } = await quarantine.add(part, info)
  const modes = [folder, join(folder, `${id}.quarantined`), join(folder, `${id}.json`)].map(
    async (path) => (await stat(path)).mode & 0o777,
  )
  expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600])
})

test('removes items, and only items', async () => {
  const { base, folder, part, quarantine } = await setUp()
  const item = await quarantine.add(part, info)
  await writeFile(join(base, 'victim.quarantined'), 'keep me')
  expect(await quarantine.remove(['../../victim', '', 'nonsense'])).toEqual([item])
  expect(await readFile(join(base, 'victim.quarantined'), 'utf8')).toBe('keep me')
  expect(await quarantine.remove([item.id])).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

test.each([['not JSON'], ['{}'], ['null'], [''], [JSON.stringify({ id: 'x', name: 5 })]])(
  'an item whose record is %j is still listed and can be removed',
  async (text) => {
    const { folder, part, quarantine } = await setUp()
    const { id } = await quarantine.add(part, info)
    await writeFile(join(folder, `${id}.json`), text)
    const [item] = await quarantine.list()
    expect(item).toMatchObject({ id, bytes: 4, engine: null, sha256: null })
    expect(item?.signature).toMatch(/damaged/)
    expect(await quarantine.remove([id])).toEqual([])
  },
)

test("a record that claims another item's id counts as damaged", async () => {
  const { folder, part, quarantine, base } = await setUp()
  const first = await quarantine.add(part, info)
  await writeFile(join(base, 'second'), 'evil too')
  const second = await quarantine.add(join(base, 'second'), info)
  await writeFile(join(folder, `${second.id}.json`), await readFile(join(folder, `${first.id}.json`)))
  const items = await quarantine.list()
  expect(items.map((item) => item.id).sort()).toEqual([first.id, second.id].sort())
})

test('no folder, no items; other files there are not ours', async () => {
  const { folder, part, quarantine } = await setUp()
  expect(await quarantine.list()).toEqual([])
  const item = await quarantine.add(part, info)
  await writeFile(join(folder, 'notes.quarantined'), 'x')
  await writeFile(join(folder, 'orphan.json'), 'x')
  expect(await quarantine.list()).toEqual([item])
})

test('refuses what was not found infected, what is missing, and links', async () => {
  const { base, folder, part, quarantine } = await setUp()
  const clean: ScanReport = { ...report, verdict: 'OK', signature: null }
  await expect(quarantine.add(part, { ...info, report: clean })).rejects.toMatchObject({ code: 'bad-argument' })
  await expect(quarantine.add(join(base, 'missing'), info)).rejects.toMatchObject({ code: 'local-not-found' })
  await symlink(part, join(base, 'link'))
  await expect(quarantine.add(join(base, 'link'), info)).rejects.toMatchObject({ code: 'local-io' })
  expect(await readFile(part, 'utf8')).toBe('evil')
  expect(await readdir(folder).catch(() => [])).toEqual([])
})

testAsUser('a folder that refuses is an error', async () => {
  const { base, part, quarantine } = await setUp()
  await chmod(base, 0o500)
  onTestFinished(() => chmod(base, 0o700))
  await expect(quarantine.add(part, info)).rejects.toMatchObject({ code: 'local-permission' })
})

// /dev/shm is another device on every usual Linux.
testOnLinux('moves across devices', async () => {
  const { part } = await setUp()
  const other = await mkdtemp('/dev/shm/sluice-quarantine-')
  onTestFinished(() => rm(other, { recursive: true, force: true }))
  expect((await stat(other)).dev).not.toBe((await stat(part)).dev)
  const quarantine = new FolderQuarantine(join(other, 'q'))
  const { id } = await quarantine.add(part, info)
  expect(await readFile(join(other, 'q', `${id}.quarantined`), 'utf8')).toBe('evil')
  await expect(stat(part)).rejects.toThrow(/ENOENT/)
})
