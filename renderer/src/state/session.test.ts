import { expect, test, vi } from 'vitest'
import type { SessionState } from '../../../common/models.ts'
import { connect, setHost, useSession } from './session.ts'

test('the answer of a connect does not overtake the events: the state changes once', async () => {
  const connected: SessionState = {
    state: 'connected',
    endpoint: { protocol: 'ftpes', host: 'h', port: 21, user: 'anonymous' },
    home: '/',
    tls: 'TLSv1.3',
    system: null,
  }
  vi.stubGlobal('window', { sluice: { invoke: () => Promise.resolve({ ok: true, value: connected }) } })
  const seen: string[] = []
  useSession.subscribe(({ session }, before) => {
    if (session !== before.session) seen.push(session.state)
  })
  setHost('h')
  await connect()
  // Events of the steps before are still on their way when the answer is here.
  useSession.setState({ session: { state: 'connecting', endpoint: connected.endpoint, step: 'Logging in' } })
  useSession.setState({ session: connected })
  expect(seen).toEqual(['connecting', 'connected'])
})
