import { beforeEach, expect, test, vi } from 'vitest'
import type { ErrorData } from '../../../common/errors.ts'
import type { ShareState } from '../../../common/ipc.ts'
import { shareConfigSchema } from '../../../common/share.ts'
import {
  discardEdits,
  editShare,
  loadShare,
  restartSharing,
  shownForm,
  startSharing,
  takeShare,
  tryOutShare,
  useShare,
} from './share.ts'
import { useUi } from './ui.ts'
import { useView } from './view.ts'

const STOPPED: ShareState = {
  status: { state: 'stopped' },
  config: shareConfigSchema.parse({ root: '/srv/share' }),
  restartNeeded: false,
}
const UP = {
  ...{ addresses: [], fingerprint: null, tlsRequired: true, scan: true, scanner: { state: 'starting' as const } },
  ...{ startedAt: 0, sessions: 0, transfers: 0, problems: [] },
}
const PROBLEM: ErrorData = { code: 'internal', message: 'Port 2121 is taken.' }
const initial = useShare.getState()

let calls: unknown[][]
let answers: Record<string, (...args: never[]) => unknown>

beforeEach(() => {
  calls = []
  answers = { 'share.setConfig': (config) => ({ ...STOPPED, config }), 'share.start': () => ({ firstAccount: null }) }
  const invoke = async (channel: string, ...args: never[]): Promise<unknown> => {
    calls.push([channel, ...args])
    const value = await answers[channel]?.(...args)
    return value instanceof Error ? { ok: false, error: PROBLEM } : { ok: true, value }
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  useShare.setState(initial, true)
  takeShare(STOPPED)
})

const asked = (): unknown[] => calls.map(([channel]) => channel)
const failing = (): Error => new Error('refused')

test('what is typed stays over what main says, and goes when it says the same', () => {
  editShare({ port: '2122' })
  takeShare({ ...STOPPED, status: { state: 'starting' } })
  expect(shownForm(useShare.getState())?.port).toBe('2122')
  editShare({ port: '2121' })
  expect(useShare.getState().draft).toBeNull()
  editShare({ port: '1' })
  discardEdits()
  expect(shownForm(useShare.getState())?.port).toBe('2121')
})

test('to start saves first; what is wrong is told instead, and cleared as it is mended', async () => {
  editShare({ port: 'ftp' })
  useView.setState({ tab: 'audit' })
  await startSharing()
  expect(calls).toEqual([])
  expect(useShare.getState()).toMatchObject({ errors: { port: 'Type a whole number.' }, focusError: true, busy: null })
  // From another part of the page nobody would see it.
  expect(useView.getState().tab).toBe('setup')
  editShare({ port: '2199' })
  expect(useShare.getState().errors).toEqual({})
  await startSharing()
  expect(asked()).toEqual(['share.setConfig', 'share.start'])
  expect(calls[0]?.[1]).toMatchObject({ port: 2199, root: '/srv/share' })
  expect(useShare.getState().draft).toBeNull()
})

test('without a folder nothing is started', async () => {
  takeShare({ ...STOPPED, config: shareConfigSchema.parse({}) })
  await startSharing()
  expect(calls).toEqual([])
  expect(useShare.getState().errors.root).toMatch(/Choose the folder/)
})

test('the first account is kept until somebody has noted it', async () => {
  const firstAccount = { name: 'sluice', password: 'once' }
  answers['share.start'] = () => ({ firstAccount })
  await startSharing()
  expect(useShare.getState().firstAccount).toEqual(firstAccount)
})

test('why a start failed is shown once: by the state, or else by itself', async () => {
  answers['share.start'] = failing
  await startSharing()
  expect(useShare.getState().problem).toEqual(PROBLEM)
  answers['share.start'] = () => {
    takeShare({ ...STOPPED, status: { state: 'failed', error: PROBLEM, retryAt: null } })
    return failing()
  }
  await startSharing()
  expect(useShare.getState().problem).toBeNull()
})

test('a restart saves, stops and starts; one that cannot be saved stops nothing', async () => {
  editShare({ reach: 'network' })
  await restartSharing()
  expect(asked()).toEqual(['share.setConfig', 'share.stop', 'share.start'])
  calls = []
  editShare({ connections: '0' })
  await restartSharing()
  expect(calls).toEqual([])
})

test('one thing at a time: a second press does nothing', async () => {
  await Promise.all([startSharing(), startSharing()])
  expect(asked()).toEqual(['share.start'])
})

test('an event that overtakes the answer wins', async () => {
  const running = { ...STOPPED, status: { state: 'starting' } } as const
  answers['share.get'] = () => {
    takeShare(running)
    return STOPPED
  }
  await loadShare()
  expect(useShare.getState().share).toEqual(running)
})

test('a server that dies while the files are shown is told of once; the page says it itself', () => {
  const failed: ShareState = { ...STOPPED, status: { state: 'failed', error: PROBLEM, retryAt: 1 } }
  const running: ShareState = { ...STOPPED, status: { ...UP, state: 'running' } }
  useUi.setState({ toasts: [] })
  useView.setState({ view: 'share' })
  for (const share of [running, failed]) takeShare(share)
  expect(useUi.getState().toasts).toEqual([])
  useView.setState({ view: 'files' })
  for (const share of [running, failed, { ...STOPPED, status: { state: 'starting' as const } }, failed])
    takeShare(share)
  expect(useUi.getState().toasts).toMatchObject([{ text: `Sharing: ${PROBLEM.message}`, tone: 'error' }])
})

test('a main that cannot tell leaves the page with the reason', async () => {
  answers['share.get'] = failing
  await loadShare()
  expect(useShare.getState().loadError).toEqual(PROBLEM)
})

test('the server to try tells why it did not start, and can be asked again', async () => {
  answers['share.tryOut'] = failing
  await tryOutShare()
  expect(useShare.getState().tryOut).toEqual({ state: 'failed', error: PROBLEM })
  answers['share.tryOut'] = () => ({ state: 'connected' })
  await tryOutShare()
  expect(useShare.getState().tryOut).toEqual({ state: 'idle' })
})
