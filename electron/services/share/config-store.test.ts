import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shareConfigSchema } from '../../../common/share.ts'
import { ShareConfigStore } from './config-store.ts'

const SAFE = { host: '127.0.0.1', root: '', scan: true, tls: { mode: 'required' }, anonymous: { enabled: false } }

async function temporaryFile(text?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-share-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'share.json')
  if (text !== undefined) await writeFile(file, text)
  return file
}

test('without a file the safe values hold, and nothing is said', async () => {
  const store = await ShareConfigStore.open(await temporaryFile())
  expect(store.get()).toMatchObject(SAFE)
  expect(store.problem).toBe(null)
})

test('what is set is there in the next run, for this user only', async () => {
  const file = await temporaryFile()
  const config = shareConfigSchema.parse({ root: '/srv/shared', host: '0.0.0.0', tls: { mode: 'allowed' } })
  await (await ShareConfigStore.open(file)).set(config)
  const next = await ShareConfigStore.open(file)
  expect(next.get()).toEqual(config)
  expect(next.problem).toBe(null)
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
})

test('a file of an older version gets the safe values for what it does not know', async () => {
  const store = await ShareConfigStore.open(await temporaryFile(JSON.stringify({ root: '/srv/shared' })))
  expect(store.get()).toMatchObject({ ...SAFE, root: '/srv/shared' })
  expect(store.problem).toBe(null)
})

test.each([
  ['cut in the middle', '{ "host": "0.0.0.0", "tls": { "mo'],
  ['empty', ''],
  ['of a newer version', '{ "host": "0.0.0.0", "tls": { "mode": "off" }, "someday": true }'],
  ['newer inside', '{ "host": "0.0.0.0", "tls": { "mode": "off", "someday": 1 } }'],
  ['with an impossible value', '{ "host": "0.0.0.0", "scan": "no", "tls": { "mode": "off" } }'],
  ['no object', '[]'],
])('a file %s is set aside and said, and nothing of it opens anything', async (_, text) => {
  const file = await temporaryFile(text)
  const store = await ShareConfigStore.open(file)
  expect(store.get()).toMatchObject(SAFE)
  expect(store.problem?.message).toContain(`${file}.damaged`)
  expect(await readFile(`${file}.damaged`, 'utf8')).toBe(text)
  await store.set({ ...store.get(), root: '/srv/shared' })
  expect(store.problem).toBe(null)
})

test('a file that cannot be read is said, and does not keep the app from starting', async () => {
  const file = await temporaryFile()
  // A folder in its place: no permission would stop the superuser.
  await mkdir(file)
  const store = await ShareConfigStore.open(file)
  expect(store.get()).toMatchObject(SAFE)
  expect(store.problem?.message).toContain(file)
  await expect(store.set(store.get())).rejects.toMatchObject({ code: 'local-io' })
  expect(await readdir(file)).toEqual([])
})

test('a damaged file that cannot be set aside is said in words', async () => {
  const file = await temporaryFile('{"root":')
  // A folder in its place: no permission would stop the superuser.
  await mkdir(`${file}.damaged`)
  const store = await ShareConfigStore.open(file)
  expect(store.get()).toMatchObject(SAFE)
  expect(store.problem).toEqual({
    code: 'local-io',
    message: `${file} is damaged, and cannot be set aside as ${file}.damaged: check the permissions of the folder.`,
  })
})
