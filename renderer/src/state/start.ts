import type { AppEvent } from '../../../common/ipc.ts'
import type { Endpoint, SessionState } from '../../../common/models.ts'
import { call, onEvents, shownError } from '../api.ts'
import { chooseAction } from './actions.ts'
import { takeConsoleLines, takeConsoleState } from './console.ts'
import {
  clearPane,
  folderChanged,
  followFolder,
  navigate,
  paneOf,
  refresh,
  showHiddenChanged,
  takeEntries,
} from './panes.ts'
import { addLines, useProtocol } from './protocol.ts'
import { useQuarantine } from './quarantine.ts'
import { addQuestion, dropQuestion } from './questions.ts'
import { useScanPolicy } from './scan-policy.ts'
import { useScanner } from './scanner.ts'
import { accountsChanged } from './share-accounts.ts'
import { auditChanged } from './share-audit.ts'
import { takeLive } from './share-live.ts'
import { loadShare, takeShare } from './share.ts'
import { showInForm, takeStartFolder, useSession } from './session.ts'
import { followTheme, useSettings } from './settings.ts'
import { loadTransfers, takeTransfers } from './transfers.ts'
import { useUi } from './ui.ts'

function takeEvent(event: AppEvent): void {
  switch (event.type) {
    case 'session':
      return useSession.setState({ session: event.session })
    case 'listing':
      return takeEntries(event.side, event.requestId, event.entries)
    case 'folder-changed':
      return folderChanged(event.side, event.path)
    case 'transfers':
      return takeTransfers(event)
    case 'protocol':
      return addLines(event.lines)
    case 'question':
      return addQuestion(event.question)
    case 'question-closed':
      return dropQuestion(event.id)
    case 'scanner':
      return useScanner.setState({ status: event.status })
    case 'quarantine':
      return useQuarantine.setState({ items: event.items })
    case 'settings':
      return useSettings.setState(event.settings, true)
    case 'recent':
      return useSession.setState({ recent: event.connections })
    case 'scan-policy':
      return useScanPolicy.setState({ policy: event.policy })
    case 'folder-opened':
      return followFolder(event.side, event.path)
    case 'console-lines':
      return takeConsoleLines(event.lines)
    case 'console-state':
      return takeConsoleState(event.state)
    case 'share':
      return takeShare(event.share)
    case 'share-live':
      return takeLive(event.sessions, event.transfers)
    case 'share-accounts':
      return accountsChanged()
    case 'share-audit':
      // Each login is an entry, and the last one stands with the accounts.
      accountsChanged()
      return auditChanged()
    case 'menu':
      return chooseAction(event.action)
  }
}

/** Same content: the state comes both as an event and as the answer of a call. */
const isEqual = (a: SessionState | Endpoint, b: SessionState | Endpoint | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/**
 * The remote pane follows the session: a login opens a folder, an end empties it, a loss keeps it to look at, and the same
 * server come back goes on where one was.
 * @param server the one whose folder the pane shows; null while it shows none
 * @param folder where that one's session goes on when it is back; null: at its home
 */
function followSession(server: Endpoint | null, folder: string | null): void {
  useSession.subscribe(({ session }, { session: before }) => {
    if (session === before || isEqual(session, before) || session.state === 'lost') return
    if (session.state === 'disconnected') {
      server = null
      folder = null
      return clearPane('remote')
    }
    const known = isEqual(session.endpoint, server)
    // Another server's folders would be a lie while this one is being reached.
    if (!known) {
      folder = null
      clearPane('remote')
    }
    // While a known one is tried again, the fields belong to whoever types in them.
    if (!known || session.state === 'connected') showInForm(session.endpoint)
    server = session.endpoint
    if (session.state === 'connected') openAfterLogin(folder ?? session.home)
  })
}

/** @param folder where main is */
function openAfterLogin(folder: string): void {
  const start = takeStartFolder()
  if (start !== '') void navigate('remote', start)
  else if (paneOf('remote').path !== null) void refresh('remote')
  // Main is there already, and may be further by the time the rows are here.
  else void navigate('remote', folder, null, { report: false })
}

/** Fills the state from main and keeps it up to date; the window shows itself when this is done. */
export async function start(): Promise<void> {
  try {
    // Events first: what changes while the state is being fetched must not be lost, nor be put back by an answer that
    // was true before it. These events carry the whole state of their matter.
    const told = new Set<AppEvent['type']>()
    onEvents((events) => {
      for (const event of events) {
        told.add(event.type)
        takeEvent(event)
      }
    })
    const [info, settings, session, recent, questions, status, items, policy, folders, lines] = await Promise.all([
      call('app.info'),
      call('settings.get'),
      call('session.get'),
      call('recent.list'),
      call('questions.pending'),
      call('scanner.status'),
      call('quarantine.list'),
      call('scan.policy'),
      call('folders.get'),
      call('protocol.lines'),
      loadTransfers(),
    ])
    if (!told.has('settings')) useSettings.setState(settings, true)
    followTheme()
    let { showHidden } = useSettings.getState()
    useSettings.subscribe((now) => {
      if (now.showHidden === showHidden) return
      showHidden = now.showHidden
      showHiddenChanged()
    })
    useProtocol.setState({ lines: [], connections: [] })
    addLines(lines)
    if (!told.has('scanner')) useScanner.setState({ status })
    if (!told.has('quarantine')) useQuarantine.setState({ items })
    if (!told.has('scan-policy')) useScanPolicy.setState({ policy })
    if (!told.has('recent')) useSession.setState({ recent })
    if (!told.has('session')) useSession.setState({ session })
    // The window was opened anew over a session that goes on.
    const { session: now } = useSession.getState()
    if (now.state !== 'disconnected') showInForm(now.endpoint)
    if (now.state === 'connected' && paneOf('remote').path === null) {
      void navigate('remote', folders.remote ?? now.home, null, { report: false })
    }
    followSession(now.state === 'disconnected' ? null : now.endpoint, folders.remote)
    questions.forEach(addQuestion)
    useUi.setState({ ready: true, info })
    // The files need nothing of it: a failure shows on its own page.
    void loadShare()
    if (paneOf('local').path === null) void navigate('local', folders.local, null, { report: false })
  } catch (error) {
    useUi.setState({ startError: shownError(error).message })
  }
}
