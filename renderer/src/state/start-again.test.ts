import { beforeEach, expect, test, vi } from 'vitest'
import type { SessionState, Side } from '../../../common/models.ts'
import { stubMain, type MainOfPage } from '../../../testing/main-of-page.ts'

const endpoint = { protocol: 'ftpes', host: 'h', port: 21, user: 'mara' } as const
const connected: SessionState = { state: 'connected', endpoint, home: '/home', tls: null, system: null }
const lost: SessionState = {
  state: 'lost',
  endpoint,
  error: { code: 'connection-lost', message: 'Gone.' },
  retryAt: null,
}

let main: MainOfPage
const tell = (...states: SessionState[]): void => {
  for (const session of states) main.send([{ type: 'session', session }])
}

// A page that is loaded again has a state of its own.
beforeEach(() => void vi.resetModules())

/** The page loads while main's session is in this state. @returns what tells the folder of a pane once it is there */
async function load(session: SessionState): Promise<(side: Side) => Promise<string | null>> {
  main = stubMain({
    'session.get': session,
    'folders.get': { local: '/home/mara/letters', remote: '/pub/deep' },
  })
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
  expect(main.asked.filter((call) => call.startsWith('folders.set'))).toEqual([])
})

test('over a lost session it waits for the server, and goes on there', async () => {
  const folder = await load(lost)
  // To list now would try again what somebody may have stopped.
  expect(main.asked.filter((call) => call.startsWith('remote.list'))).toEqual([])
  tell({ state: 'connecting', endpoint, step: 'Connecting' }, connected)
  expect(await folder('remote')).toBe('/pub/deep')
  // That counts once: the next session begins at its own home.
  tell({ state: 'disconnected', error: null }, { state: 'connecting', endpoint, step: 'Connecting' }, connected)
  expect(await folder('remote')).toBe('/home')
})
