import { expect, onTestFinished, test, vi } from 'vitest'
import { shareConfigSchema } from '../common/share.ts'
import { createGate } from '../electron/gate/index.ts'
import { openTest, testFolder } from './database/test/databases.ts'
import { startShare } from './running-share.ts'

test('a share that does not come up leaves nobody to listen to its database', async () => {
  const [root, dataFolder, quarantineFolder] = [testFolder(), testFolder(), testFolder()]
  const database = await openTest('sqlite::memory:')
  const gate = createGate({ quarantineFolder })
  onTestFinished(() => gate.dispose())
  const stops: ReturnType<typeof vi.fn>[] = []
  const watched = <T extends unknown[]>(subscribe: (...values: T) => () => void) =>
    vi.fn((...values: T) => {
      const stop = vi.fn(subscribe(...values))
      stops.push(stop)
      return stop
    })
  const { accounts, audit } = database
  accounts.onChange = watched(accounts.onChange.bind(accounts))
  audit.onProblem = watched(audit.onProblem.bind(audit))
  accounts.add = () => Promise.reject(new Error('The database is full.'))

  const config = shareConfigSchema.parse({ port: 0, root, scan: false, tls: { mode: 'off' } })
  const starting = startShare({ config, database, gate, dataFolder, onProblem: () => undefined })
  await expect(starting).rejects.toThrow('The database is full.')
  expect(accounts.onChange).toHaveBeenCalled()
  expect(audit.onProblem).toHaveBeenCalled()
  for (const stop of stops) expect(stop).toHaveBeenCalledOnce()
})
