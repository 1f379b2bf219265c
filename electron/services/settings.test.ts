import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SettingsStore } from './settings.ts'

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-settings-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'settings.json')
}

test('a new installation has the defaults', async () => {
  const store = await SettingsStore.open(await temporaryFile())
  expect(store.get()).toMatchObject({
    parallelTransfers: 3,
    transferType: 'auto',
    dataMode: 'passive',
    conflict: 'ask',
  })
})

test('a change keeps the other settings and survives a restart', async () => {
  const file = await temporaryFile()
  const store = await SettingsStore.open(file)
  await store.update({ theme: 'dark', parallelTransfers: 5 })
  await store.update({ dataMode: 'active' })
  const again = await SettingsStore.open(file)
  expect(again.get()).toMatchObject({ theme: 'dark', parallelTransfers: 5, dataMode: 'active' })
})

test('a damaged file is set aside, not overwritten', async () => {
  const file = await temporaryFile()
  await writeFile(file, '{"theme": "dar')
  const store = await SettingsStore.open(file)
  expect(store.get().theme).toBe('system')
  expect(await readFile(`${file}.damaged`, 'utf8')).toBe('{"theme": "dar')
})
