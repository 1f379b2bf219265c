import { beforeEach, expect, test, vi } from 'vitest'
import type { ScannerStatus, SessionState } from '../../../common/models.ts'
import { stubMain, type MainOfPage } from '../../../testing/main-of-page.ts'
import { useScanner } from './scanner.ts'
import { clearPane, navigate, paneOf } from './panes.ts'
import { useSession } from './session.ts'
import { start } from './start.ts'

let main: MainOfPage
beforeEach(() => {
  main = stubMain()
})

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
  const { 'transfers.list': rows } = main.answers
  let answerRows: (rows: unknown) => void = () => undefined
  main.answers['transfers.list'] = new Promise((resolve) => (answerRows = resolve))

  const started = start()
  // The scanner was starting when it was asked, and is ready before the last answer has come.
  main.send([{ type: 'scanner', status: ready }])
  answerRows(rows)
  await started
  expect(useScanner.getState().status).toEqual(ready)
})

const endpoint = { protocol: 'ftpes', host: 'h', port: 21, user: 'mara' } as const
const connected: SessionState = { state: 'connected', endpoint, home: '/home', tls: null, system: null }
const tell = (...states: SessionState[]): void => {
  for (const session of states) main.send([{ type: 'session', session }])
}
const listed = (): string[] => main.asked.filter((call) => call.startsWith('remote.list'))
const settled = (): Promise<void> => vi.waitFor(() => expect(paneOf('remote').status).toBe('ready'))

test('a login opens the first folder once, and does not call the console back to it', async () => {
  await start()
  tell({ state: 'connecting', endpoint, step: 'Connecting' }, { state: 'connecting', endpoint, step: 'Logging in' })
  // Main goes there before it says that the login is complete.
  main.send([{ type: 'folder-opened', side: 'remote', path: '/home' }])
  tell(connected)
  await settled()
  expect(listed()).toEqual(['remote.list /home'])
  expect(main.asked).not.toContain('folders.set /home')
  expect(useSession.getState().form).toMatchObject({ host: 'h', user: 'mara' })
})

test('a server that was lost and comes back goes on in the same folder, with the rows there all the time', async () => {
  clearPane('remote')
  useSession.setState({ session: { state: 'disconnected', error: null } })
  await start()
  tell(connected)
  await navigate('remote', '/deep')
  main.asked = []
  tell({ state: 'lost', endpoint, error: { code: 'connection-lost', message: 'Gone.' }, retryAt: 1 })
  for (const step of ['Connecting', 'TLS handshake', 'Logging in']) {
    tell({ state: 'connecting', endpoint, step })
    expect(paneOf('remote').path).toBe('/deep')
  }
  tell(connected)
  await settled()
  expect(new Set(listed())).toEqual(new Set(['remote.list /deep']))
  // Another account's folders are not shown under this one.
  tell({ state: 'connecting', endpoint: { ...endpoint, user: 'other' }, step: 'Connecting' })
  expect(paneOf('remote').path).toBeNull()
})
