import { beforeEach, expect, test, vi } from 'vitest'
import type { AppEvent } from '../../../common/ipc.ts'
import type { SessionState, Side } from '../../../common/models.ts'

const endpoint = { protocol: 'ftpes', host: 'h', port: 21, user: 'mara' } as const
const connected: SessionState = { state: 'connected', endpoint, home: '/home', tls: null, system: null }
const lost: SessionState = {
  state: 'lost',
  endpoint,
  error: { code: 'connection-lost', message: 'Gone.' },
  retryAt: null,
}

let send: (events: AppEvent[]) => void = () => undefined
/** Calls that main was asked for: channel, and the folder where there is one. */
let asked: string[] = []
const tell = (...states: SessionState[]): void => {
  for (const session of states) send([{ type: 'session', session }])
}

// A page that is loaded again has a state of its own.
beforeEach(() => {
  vi.resetModules()
  asked = []
})

/** The page loads while main's session is in this state. @returns what tells the folder of a pane once it is there */
async function load(session: SessionState): Promise<(side: Side) => Promise<string | null>> {
  const answers: Record<string, unknown> = {
    'scanner.status': { state: 'starting' },
    'session.get': session,
    'app.info': {},
    'scan.policy': { upload: true, download: true },
    'folders.get': { local: '/home/mara/letters', remote: '/pub/deep' },
    'transfers.list': { rows: [], totals: { queued: 0, active: 0, done: 0, blocked: 0, failed: 0 } },
  }
  const invoke = async (channel: string, argument?: { path?: string }): Promise<unknown> => {
    asked.push(`${channel} ${argument?.path ?? ''}`.trim())
    const listed = { path: argument?.path, count: 0, unreadable: [] }
    return { ok: true, value: await (answers[channel] ?? (channel.endsWith('.list') && argument ? listed : [])) }
  }
  vi.stubGlobal('window', { sluice: { invoke, onEvents: (callback: typeof send) => (send = callback) } })
  vi.stubGlobal('document', { documentElement: { dataset: {} } })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }))
  const [{ start }, { paneOf }] = await Promise.all([import('./start.ts'), import('./panes.ts')])
  await start()
  return async (side) => {
    await vi.waitFor(() => expect(paneOf(side).status).toBe('ready'))
    return paneOf(side).path
  }
}

test('a page that is loaded again begins where the console is, and does not call it back', async () => {
  const folder = await load(connected)
  expect(await folder('local')).toBe('/home/mara/letters')
  expect(await folder('remote')).toBe('/pub/deep')
  expect(asked.filter((call) => call.startsWith('folders.set'))).toEqual([])
})

test('over a lost session it waits for the server, and goes on there', async () => {
  const folder = await load(lost)
  // To list now would try again what somebody may have stopped.
  expect(asked.filter((call) => call.startsWith('remote.list'))).toEqual([])
  tell({ state: 'connecting', endpoint, step: 'Connecting' }, connected)
  expect(await folder('remote')).toBe('/pub/deep')
  // That counts once: the next session begins at its own home.
  tell({ state: 'disconnected', error: null }, { state: 'connecting', endpoint, step: 'Connecting' }, connected)
  expect(await folder('remote')).toBe('/home')
})
