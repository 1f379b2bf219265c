import { beforeEach, expect, test, vi } from 'vitest'
import { MENUS, type MenuAction } from '../../../common/menus.ts'
import type { Entry, SessionState, Side } from '../../../common/models.ts'
import { appendEntries, emptyListing, makeView } from '../lib/listing.ts'
import { actionState } from './action.ts'
import { ACTIONS, chooseAction, runAction, whyNot } from './actions.ts'
import { useConsole } from './console.ts'
import { useFocusedPane } from './focused-pane.ts'
import { usePanes } from './panes.ts'
import { useSession } from './session.ts'
import { useSettings } from './settings.ts'
import { closeDialog, useUi } from './ui.ts'
import { useView } from './view.ts'

const entry = (name: string, type: Entry['type'] = 'file'): Entry => ({
  name,
  type,
  size: 1,
  modified: null,
  permissions: 'rw-rw----',
  owner: null,
  group: null,
  target: null,
})

const connected: SessionState = {
  state: 'connected',
  endpoint: { protocol: 'ftp', host: 'h', port: 21, user: 'u' },
  home: '/',
  tls: null,
  system: null,
}

/** Shows a folder with these entries, the given ones selected. */
function show(side: Side, path: string, entries: Entry[], selected: readonly number[]): void {
  const listing = emptyListing()
  appendEntries(listing, entries)
  const options = { sort: { column: 'name', descending: false }, filter: '', showHidden: true } as const
  const cursor = selected[0] ?? null
  usePanes.setState((panes) => ({
    [side]: {
      ...panes[side],
      path,
      status: 'ready',
      listing,
      view: makeView(listing, options),
      selection: { selected: new Set(selected), cursor, anchor: cursor },
    },
  }))
}

const calls: unknown[][] = []
const why = (action: MenuAction): string | null => whyNot(action, actionState())

beforeEach(() => {
  calls.length = 0
  const invoke = (...args: unknown[]): Promise<unknown> => {
    calls.push(args)
    return Promise.resolve({ ok: true, value: useSettings.getState() })
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  closeDialog()
  useUi.setState({ toasts: [] })
  useConsole.setState({ line: '' })
  useFocusedPane.setState({ side: 'local' })
  useView.setState({ view: 'files' })
  useSession.setState({ session: connected })
  show('local', '/home/me', [entry('a.txt'), entry('docs', 'dir')], [])
  show('remote', '/pub', [entry('b c.txt'), entry('sub', 'dir'), entry('evil\nquit')], [])
})

test('every entry of the menus has its action; those that show a state have one', () => {
  for (const { action, menu } of MENUS.flatMap((one) => one.entries)) {
    const shows = menu.kind === 'check' || menu.kind === 'radio'
    expect(ACTIONS[action].checked !== undefined, action).toBe(shows)
  }
})

test('uploads are about the local selection, downloads about the remote one, wherever the focus is', () => {
  expect(why('put')).toBe('Select something on this computer first.')
  expect(why('get')).toBe('Select something on the server first.')
  show('local', '/home/me', [entry('a.txt')], [0])
  useFocusedPane.setState({ side: 'remote' })
  expect(why('put')).toBeNull()
  runAction('put')
  expect(calls).toContainEqual([
    'transfers.add',
    expect.objectContaining({
      direction: 'upload',
      targetFolder: '/pub',
      sources: [{ path: '/home/me/a.txt', type: 'file' }],
    }),
  ])
})

test('without a session what needs one says so, and a shortcut for it is no silent nothing', () => {
  useSession.setState({ session: { state: 'disconnected', error: null } })
  for (const action of ['put', 'get', 'mput', 'find', 'quote', 'chmod', 'cat'] as const) {
    expect(why(action), action).toBe('Connect to a server first.')
  }
  expect(why('open')).toBeNull()
  runAction('put')
  expect(useUi.getState().toasts.map((toast) => toast.text)).toEqual(['Connect to a server first.'])
  expect(calls).toEqual([])
})

test('commands are typed with the selected names quoted, and never with a line end in one', () => {
  show('remote', '/pub', [entry('b c.txt')], [0])
  runAction('chmod')
  expect(useConsole.getState().line).toBe('chmod 660 "b c.txt" ')
  expect(useUi.getState().tab).toBe('console')
  show('remote', '/pub', [entry('evil\nquit')], [0])
  for (const action of ['chmod', 'cat', 'reget'] as const) {
    expect(why(action), action).toBe('A name with a line end in it cannot be typed in the console.')
  }
  show('local', '/home/me', [entry('a.txt')], [0])
  show('remote', '/pub', [entry('b c.txt')], [0])
  runAction('append')
  expect(useConsole.getState().line).toBe('append a.txt "b c.txt"')
})

test('what takes one file refuses folders and several', () => {
  show('remote', '/pub', [entry('sub', 'dir')], [0])
  expect(why('reget')).toBe('Select one file on the server first.')
  expect(why('cat')).toBe('Select files only, no folders.')
  show('remote', '/pub', [entry('one'), entry('two')], [0, 1])
  expect(why('reget')).toBe('Select one file on the server first.')
  expect(why('cat')).toBeNull()
})

test('what is chosen in the bar of the system waits while a dialog is open', () => {
  chooseAction('about')
  expect(useUi.getState().dialog).toEqual({ kind: 'about' })
  chooseAction('help-shortcuts')
  expect(useUi.getState().dialog).toEqual({ kind: 'about' })
  closeDialog()
  chooseAction('passive')
  expect(calls).toEqual([['settings.update', { dataMode: 'active' }]])
})

test('while the page for sharing covers the panes, nothing is done to what nobody sees', () => {
  show('local', '/home/me', [entry('a.txt')], [0])
  expect(why('put')).toBeNull()
  useView.setState({ view: 'share' })
  for (const action of ['put', 'get', 'delete', 'rename', 'mkdir', 'select-all', 'filter'] as const) {
    expect(why(action), action).toBe('Go back to the files first.')
  }
  for (const action of ['settings', 'palette', 'status', 'binary', 'close'] as const) {
    expect(why(action), action).toBeNull()
  }
  runAction('put')
  expect(calls).toEqual([])
})

test('what shows itself below leads back to the files first', () => {
  const later: (() => void)[] = []
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => later.push(callback))
  useView.setState({ view: 'share' })
  runAction('show-log')
  expect(useView.getState().view).toBe('files')
  expect(later).toHaveLength(1)
})
