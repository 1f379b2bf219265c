import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { settingsSchema } from '../../common/models.ts'
import type { AgentProcess } from '../gate/index.ts'
import { createCore, type CoreOptions } from './core.ts'
import { SettingsStore } from './settings.ts'

async function options(o: Partial<CoreOptions> = {}): Promise<CoreOptions & { ended: AgentProcess[] }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-core-'))
  onTestFinished(() => rm(dataFolder, { recursive: true }))
  const ended: AgentProcess[] = []
  return {
    dataFolder,
    journalFile: ':memory:',
    localFolder: dataFolder,
    settings: SettingsStore.inMemory(settingsSchema.parse({})),
    // An agent that never says where it listens.
    forkAgent: vi.fn(() => {
      const agent: AgentProcess = { on: () => agent, once: () => agent, kill: () => ended.push(agent) > 0 }
      return agent
    }),
    ask: () => Promise.reject(new Error('Nobody should have been asked.')),
    onSession: () => undefined,
    ended,
    ...o,
  }
}

test('starts the agent, passes settings on, and ends everything', async () => {
  const o = await options()
  const core = await createCore(o)
  expect(o.forkAgent).toHaveBeenCalledTimes(1)
  const setParallel = vi.spyOn(core.transfers, 'setParallel')
  await o.settings.update({ parallelTransfers: 7 })
  expect(setParallel).toHaveBeenCalledExactlyOnceWith(7)
  await o.settings.update({ showHidden: true })
  expect(setParallel).toHaveBeenCalledTimes(1)
  await o.settings.update({ agent: { mode: 'own', engine: 'yara', clamd: '' } })
  expect(o.forkAgent).toHaveBeenCalledTimes(2)
  await core.dispose()
  expect(o.ended).toHaveLength(2)
  await o.settings.update({ parallelTransfers: 3 })
  expect(setParallel).toHaveBeenCalledTimes(1)
})

test('a journal that cannot be opened leaves no agent behind', async () => {
  const o = await options()
  await expect(createCore({ ...o, journalFile: o.dataFolder })).rejects.toThrow()
  expect(o.forkAgent).not.toHaveBeenCalled()
})
