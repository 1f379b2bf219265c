import { expect, test, vi } from 'vitest'
import type { AppEvent } from '../../../common/ipc.ts'
import type { ScannerStatus } from '../../../common/models.ts'
import { useScanner } from './scanner.ts'
import { start } from './start.ts'

test('what an event told while the state was being fetched is not put back by an older answer', async () => {
  const ready: ScannerStatus = {
    state: 'ready',
    engine: 'clamd',
    engineVersion: '1',
    signatureVersion: '1',
    builtInRulesOnly: false,
    maxBytes: null,
    location: 'local',
  }
  let send: (events: AppEvent[]) => void = () => undefined
  let answerRows: (reply: unknown) => void = () => undefined
  const answers: Record<string, unknown> = {
    'scanner.status': { state: 'starting' },
    'session.get': { state: 'disconnected', error: null },
  }
  const invoke = (channel: string): Promise<unknown> =>
    channel === 'transfers.list'
      ? new Promise((resolve) => (answerRows = resolve))
      : Promise.resolve({ ok: true, value: answers[channel] ?? [] })
  vi.stubGlobal('window', { sluice: { invoke, onEvents: (callback: typeof send) => (send = callback) } })
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))

  const started = start()
  // The scanner was starting when it was asked, and is ready before the last answer has come.
  send([{ type: 'scanner', status: ready }])
  answerRows({ ok: true, value: { rows: [], totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 } } })
  await started
  expect(useScanner.getState().status).toEqual(ready)
})
