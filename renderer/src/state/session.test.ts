import { beforeEach, expect, test, vi } from 'vitest'
import type { SessionState } from '../../../common/models.ts'
import { EMPTY_FORM } from '../lib/connection-form.ts'
import {
  connect,
  reconnect,
  setHost,
  setPassword,
  setProtocol,
  setUser,
  showInForm,
  signUp,
  takeStartFolder,
  useSession,
} from './session.ts'

const endpoint = { protocol: 'ftpes', host: 'h', port: 21, user: 'mara' } as const
const lost: SessionState = {
  state: 'lost',
  endpoint,
  error: { code: 'connection-lost', message: 'Gone.' },
  retryAt: null,
}

beforeEach(() =>
  useSession.setState({ session: { state: 'disconnected', error: null }, form: EMPTY_FORM, fieldError: null }),
)

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

/** Answers every call; tells which channels were asked. */
function answering(answers: Record<string, unknown>): string[] {
  const asked: string[] = []
  const invoke = (channel: string): Promise<unknown> => {
    asked.push(channel)
    return Promise.resolve(answers[channel] ?? { ok: true })
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  return asked
}

test('a lost session is opened again without a question while main knows how', async () => {
  const asked = answering({})
  useSession.setState({ session: lost })
  const { focusPassword } = useSession.getState()
  await reconnect()
  expect(asked).toEqual(['session.reconnect'])
  expect(useSession.getState().focusPassword).toBe(focusPassword)
})

test('without a password in main it is taken from the fields of the same server, else asked for', async () => {
  const asked = answering({
    'session.reconnect': { ok: false, error: { code: 'not-connected', message: 'No password.' } },
  })
  useSession.setState({ session: lost })
  const { focusPassword } = useSession.getState()
  await reconnect()
  expect(useSession.getState().form).toMatchObject({ host: 'h', user: 'mara', password: '' })
  expect(useSession.getState().focusPassword).toBe(focusPassword + 1)
  setPassword('typed')
  await reconnect()
  expect(asked.slice(1)).toEqual(['session.reconnect', 'session.connect'])
  // The password of another account is not for this one.
  setUser('somebody else')
  await reconnect()
  expect(asked.slice(3)).toEqual(['session.reconnect'])
})

test('a password that is refused is asked for anew, and not sent a second time', async () => {
  const asked = answering({
    'session.reconnect': { ok: false, error: { code: 'login-refused', message: 'Login incorrect.' } },
  })
  useSession.setState({ session: lost })
  showInForm(endpoint)
  setPassword('the old one')
  const { focusPassword } = useSession.getState()
  await reconnect()
  expect(asked).toEqual(['session.reconnect'])
  expect(useSession.getState().form).toMatchObject({ host: 'h', user: 'mara', password: '' })
  expect(useSession.getState().focusPassword).toBe(focusPassword + 1)
})

test('a server that is still away is no reason to ask for a password', async () => {
  answering({ 'session.reconnect': { ok: false, error: { code: 'connect-failed', message: 'Refused.' } } })
  useSession.setState({ session: lost })
  const { focusPassword } = useSession.getState()
  await reconnect()
  expect(useSession.getState().focusPassword).toBe(focusPassword)
})

test('the fields show whom the session is with, and keep what was typed for the same server', () => {
  showInForm(endpoint)
  expect(useSession.getState().form).toMatchObject({ host: 'h', port: '21', user: 'mara', password: '' })
  setPassword('typed')
  showInForm({ ...endpoint })
  expect(useSession.getState().form.password).toBe('typed')
  showInForm({ ...endpoint, port: 2121 })
  expect(useSession.getState().form).toMatchObject({ port: '2121', password: '' })
})

test('the folder of an address is for its own login only', async () => {
  answering({})
  setHost('ftp://h/pub')
  await connect()
  expect([takeStartFolder(), takeStartFolder()]).toEqual(['/pub', ''])
  answering({ 'session.connect': { ok: false, error: { code: 'timeout', message: 'No.' } } })
  await connect()
  expect(takeStartFolder()).toBe('')
})

test('a new account is asked for under the name in the fields, and never in plain text', async () => {
  const asked: unknown[] = []
  const invoke = (...call: unknown[]): Promise<unknown> => {
    asked.push(call)
    return Promise.resolve({ ok: true, value: { state: 'disconnected', error: null } })
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  setHost('h')
  setUser('mara')
  setProtocol('ftp')
  await expect(signUp('a new password')).rejects.toThrow(/plain text/)
  expect(asked).toEqual([])
  setProtocol('ftps')
  await signUp('a new password')
  expect(asked).toEqual([
    ['session.signUp', { protocol: 'ftps', host: 'h', port: 990, user: 'mara', password: 'a new password' }],
  ])
  // What the person sees is what let them in.
  expect(useSession.getState().form.password).toBe('a new password')
})
