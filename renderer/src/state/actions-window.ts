import { focusHost, focusPaneField, focusRows, focusTab } from '../lib/focus.ts'
import { NOT_CONNECTED, paneBlocked, sessionBlocked, typeCommand, type Action } from './action.ts'
import { openConsole } from './console.ts'
import { disconnect, reconnect } from './session.ts'
import { updateSettings } from './settings.ts'
import { openDialog, report, showTab, type BottomTab } from './ui.ts'
import { showShare } from './view.ts'

const tabAction = (tab: BottomTab): Action => ({
  run() {
    showTab(tab)
    focusTab()
  },
})

/** What the menus Session, View and Help do. */
export const WINDOW_ACTIONS = {
  open: {
    run: focusHost,
    blocked: ({ session }) =>
      session.state === 'connected' || session.state === 'connecting' ? 'Disconnect from this server first.' : null,
  },
  close: {
    run: disconnect,
    blocked: ({ session }) => (session.state === 'disconnected' ? 'There is no connection.' : null),
  },
  status: { run: () => openDialog({ kind: 'status' }) },
  passive: {
    run: ({ settings }) => report(updateSettings({ dataMode: settings.dataMode === 'passive' ? 'active' : 'passive' })),
    checked: ({ settings }) => settings.dataMode === 'passive',
  },
  quote: {
    run: () => typeCommand('quote'),
    blocked: sessionBlocked,
  },
  quit: { run: () => window.close() },
  reconnect: {
    run: () => report(reconnect()),
    blocked: ({ session }) => (session.state === 'lost' ? null : 'No connection was lost.'),
  },
  share: { run: showShare },
  settings: { run: () => openDialog({ kind: 'settings' }) },
  palette: { run: () => openDialog({ kind: 'palette' }) },
  console: { run: () => openConsole() },
  'show-transfers': tabAction('transfers'),
  'show-quarantine': tabAction('quarantine'),
  'show-log': tabAction('log'),
  'focus-local': { run: () => focusRows('local') },
  'focus-remote': {
    run: () => focusRows('remote'),
    blocked: ({ panes }) => (panes.remote.path === null ? NOT_CONNECTED : null),
  },
  filter: {
    run: ({ side }) => focusPaneField(side, 'Filter'),
    blocked: paneBlocked,
  },
  hidden: {
    run: ({ settings }) => report(updateSettings({ showHidden: !settings.showHidden })),
    checked: ({ settings }) => settings.showHidden,
  },
  'help-shortcuts': { run: () => openDialog({ kind: 'help' }) },
  about: { run: () => openDialog({ kind: 'about' }) },
} as const satisfies Record<string, Action>
