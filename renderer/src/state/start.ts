import type { AppEvent } from '../../../common/ipc.ts'
import type { Endpoint, SessionState } from '../../../common/models.ts'
import { call, onEvents, shownError } from '../api.ts'
import { formFor } from '../lib/connection-form.ts'
import { clearPane, folderChanged, navigate, paneOf, showHiddenChanged, takeEntries } from './panes.ts'
import { addLines, useProtocol } from './protocol.ts'
import { useQuarantine } from './quarantine.ts'
import { addQuestion, dropQuestion } from './questions.ts'
import { useScanner } from './scanner.ts'
import { useSession } from './session.ts'
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
  }
}

/** Same content: the state comes both as an event and as the answer of a call. */
const isEqual = (a: SessionState | Endpoint, b: SessionState | Endpoint | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** The remote pane follows the session: a login opens a folder, an end empties it, a loss keeps it to look at. */
function followSession(): void {
  useSession.subscribe(({ session, form }, before) => {
    if (session === before.session || isEqual(session, before.session)) return
    const lost = before.session.state === 'lost' ? before.session.endpoint : null
    if (session.state === 'disconnected') clearPane('remote')
    // Another server's folders would be a lie while this one is being reached.
    if (session.state === 'connecting' && !isEqual(session.endpoint, lost)) clearPane('remote')
    if (session.state !== 'connected') return
    const start = form.startFolder === '' ? session.home : form.startFolder
    void navigate('remote', paneOf('remote').path ?? start)
  })
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
    const [info, settings, session, recent, questions, status, items, lines] = await Promise.all([
      call('app.info'),
      call('settings.get'),
      call('session.get'),
      call('recent.list'),
      call('questions.pending'),
      call('scanner.status'),
      call('quarantine.list'),
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
    followSession()
    useProtocol.setState({ lines: [], connections: [] })
    addLines(lines)
    if (!told.has('scanner')) useScanner.setState({ status })
    if (!told.has('quarantine')) useQuarantine.setState({ items })
    if (!told.has('recent')) useSession.setState({ recent })
    if (!told.has('session')) useSession.setState({ session })
    // The window was opened anew over a session that goes on.
    const { session: now } = useSession.getState()
    if (now.state !== 'disconnected') useSession.setState({ form: formFor(now.endpoint) })
    if (now.state === 'connected') void navigate('remote', now.home)
    questions.forEach(addQuestion)
    useUi.setState({ ready: true, info })
    void navigate('local', info.homeFolder)
  } catch (error) {
    useUi.setState({ startError: shownError(error).message })
  }
}
