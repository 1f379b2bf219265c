import { beforeEach, expect, test, vi } from 'vitest'
import type { ErrorCode } from '../../../common/errors.ts'
import type { IpcReply } from '../../../common/ipc.ts'
import type { Entry, ListingSummary, SessionState } from '../../../common/models.ts'
import { clickRow } from '../lib/selection.ts'
import {
  clearPane,
  followFolder,
  navigate,
  paneOf,
  refresh,
  setRenaming,
  setSelection,
  sortBy,
  takeEntries,
} from './panes.ts'
import { useSession } from './session.ts'

const connected: Extract<SessionState, { state: 'connected' }> = {
  state: 'connected',
  endpoint: { protocol: 'ftpes', host: 'h', port: 21, user: 'u' },
  home: '/',
  tls: null,
  system: null,
}

type Answer = (reply: IpcReply<'remote.list'>) => void
/** Listings asked for and not yet answered, oldest first. */
let asked: { requestId: number; path: string; answer: Answer }[] = []
/** Folders that main was told of. */
let told: string[] = []

beforeEach(() => {
  asked = []
  told = []
  const invoke = (channel: string, { requestId, path }: { requestId: number; path: string }): Promise<unknown> => {
    if (channel === 'folders.set') {
      told.push(path)
      return Promise.resolve({ ok: true })
    }
    return new Promise((answer) => asked.push({ requestId, path, answer }))
  }
  vi.stubGlobal('window', { sluice: { invoke } })
})

function entry(name: string): Entry {
  const nothing = { size: null, modified: null, permissions: null, owner: null, group: null, target: null }
  return { name, type: 'file', ...nothing }
}

/** Answers the oldest listing as main would: rows by an event, then the summary. */
async function answer(names: string[]): Promise<void> {
  const next = asked.shift()
  if (!next) throw new Error('no listing was asked for')
  takeEntries('remote', next.requestId, names.map(entry))
  const value: ListingSummary = { path: next.path, count: names.length, unreadable: [] }
  next.answer({ ok: true, value })
  await vi.waitFor(() => expect(paneOf('remote').status).not.toBe('loading'))
}

const shown = (): string[] => paneOf('remote').view.map((row) => paneOf('remote').listing.entries[row]?.name ?? '?')
const selected = (): string[] =>
  [...paneOf('remote').selection.selected].map((row) => paneOf('remote').listing.entries[row]?.name ?? '?')
function select(name: string): void {
  const { selection, view, listing } = paneOf('remote')
  const row = listing.entries.findIndex((e) => e.name === name)
  setSelection('remote', clickRow(selection, view, row, { toggle: false, extend: false }))
}

async function open(names: string[]): Promise<void> {
  void navigate('remote', '/pub')
  await answer(names)
}

test('rows show while the rest arrives, and the folder above has the cursor on where one came from', async () => {
  void navigate('remote', '/pub', 'b')
  takeEntries('remote', asked[0]?.requestId ?? 0, [entry('c')])
  expect(shown()).toEqual(['c'])
  expect(paneOf('remote').status).toBe('loading')
  asked[0]?.answer({ ok: true, value: { path: '/pub', count: 3, unreadable: [] } })
  takeEntries('remote', asked[0]?.requestId ?? 0, [entry('b'), entry('a')])
  await vi.waitFor(() => expect(paneOf('remote').status).toBe('ready'))
  expect(shown()).toEqual(['a', 'b', 'c'])
  expect(selected()).toEqual(['b'])
})

test('rows of an abandoned listing are dropped', async () => {
  void navigate('remote', '/slow')
  void navigate('remote', '/fast')
  takeEntries('remote', asked[0]?.requestId ?? 0, [entry('stale')])
  asked.shift()
  await answer(['fresh'])
  expect(shown()).toEqual(['fresh'])
})

test('what is selected while a refresh runs stays selected, so that no other file is deleted', async () => {
  await open(['old', 'z'])
  void refresh('remote', 'drafts')
  select('old')
  await answer(['drafts', 'old', 'z'])
  expect(selected()).toEqual(['old'])
})

test('a new folder is selected, also when a second refresh overtakes the first', async () => {
  await open(['z'])
  void refresh('remote', 'drafts')
  void refresh('remote')
  asked.shift()
  await answer(['drafts', 'z'])
  await vi.waitFor(() => expect(selected()).toEqual(['drafts']))
})

test('a selection is carried over by name, and what is gone leaves it', async () => {
  await open(['a', 'b'])
  select('b')
  void refresh('remote')
  await answer(['0', 'a', 'b'])
  expect(selected()).toEqual(['b'])
  void refresh('remote')
  await answer(['0', 'a'])
  await vi.waitFor(() => expect(shown()).toEqual(['0', 'a']))
  expect(selected()).toEqual([])
})

test('new rows wait until a rename has ended', async () => {
  await open(['a'])
  setRenaming('remote', 0)
  void refresh('remote')
  await answer(['0', 'a'])
  expect(shown()).toEqual(['a'])
  setRenaming('remote', null)
  expect(shown()).toEqual(['0', 'a'])
})

test('an error takes the rows away, a lost connection leaves them', async () => {
  await open(['a'])
  void refresh('remote')
  asked.shift()?.answer({ ok: false, error: { code: 'connection-lost', message: 'lost' } })
  await vi.waitFor(() => expect(paneOf('remote').status).toBe('ready'))
  expect(shown()).toEqual(['a'])
  void refresh('remote')
  asked.shift()?.answer({ ok: false, error: { code: 'permission-denied', message: 'No.' } })
  await vi.waitFor(() => expect(paneOf('remote').status).toBe('error'))
  expect(shown()).toEqual([])
})

test('a second click on a column turns the order round', async () => {
  await open(['a', 'b'])
  sortBy('remote', 'name')
  expect(shown()).toEqual(['b', 'a'])
  sortBy('remote', 'name')
  expect(shown()).toEqual(['a', 'b'])
})

test('what was read stays to look at when a refresh finds no server, but not when the folder is gone', async () => {
  await open(['a', 'b'])
  const refuse = async (code: ErrorCode): Promise<void> => {
    const done = refresh('remote')
    asked.shift()?.answer({ ok: false, error: { code, message: 'No.' } })
    await done
  }
  for (const code of ['connection-lost', 'connect-failed', 'host-not-found', 'timeout'] as const) {
    await refuse(code)
    expect([paneOf('remote').status, ...shown()]).toEqual(['ready', 'a', 'b'])
  }
  await refuse('not-found')
  expect([paneOf('remote').status, ...shown()]).toEqual(['error'])
})

test('main is told where somebody went, once, and not of refreshes or folders that could not be opened', async () => {
  await open(['a'])
  expect(told).toEqual(['/pub'])
  void refresh('remote')
  await answer(['a', 'b'])
  const failed = navigate('remote', '/gone')
  asked.shift()?.answer({ ok: false, error: { code: 'not-found', message: 'No.' } })
  await failed
  expect(told).toEqual(['/pub'])
})

test('where the console went, the pane follows: listed once, not told back, and not when it is there', async () => {
  useSession.setState({ session: connected })
  await open(['a'])
  told = []
  followFolder('remote', '/pub')
  expect(asked).toHaveLength(0)
  followFolder('remote', '/next')
  // The same folder by another event: it is on its way there.
  followFolder('remote', '/next')
  expect(asked).toHaveLength(1)
  await answer(['b'])
  expect([paneOf('remote').path, ...shown()]).toEqual(['/next', 'b'])
  // The console may have gone on meanwhile and must not be called back.
  expect(told).toEqual([])
})

test('before the login is complete, no folder is opened', () => {
  clearPane('remote')
  useSession.setState({ session: { state: 'connecting', endpoint: connected.endpoint, step: 'Logging in' } })
  followFolder('remote', '/home')
  expect(asked).toHaveLength(0)
  useSession.setState({ session: connected })
  followFolder('remote', '/home')
  expect(asked).toHaveLength(1)
})
