/** The contract's handlers: each hands its call to the service that owns the matter. */
import type { AppInfo, ConnectRequest, Entry, SessionState, Side, StatusReport } from '../../common/models.ts'
import { listLocal, makeFolder, removeLocal, renameLocal } from '../local/index.ts'
import type { AgentSupervisor, ScanGate } from '../gate/index.ts'
import type { ConsolePanel } from '../services/console-panel.ts'
import type { ProtocolLog } from '../services/protocol-log.ts'
import type { Questions } from '../services/questions.ts'
import type { RecentConnections } from '../services/recent.ts'
import { listRemote, makeRemoteFolder, removeRemote, renameRemote } from '../services/remote-files.ts'
import type { Session } from '../services/session.ts'
import type { SettingsStore } from '../services/settings.ts'
import type { ShareService } from '../services/share/share-service.ts'
import type { Folders } from '../services/working-folders.ts'
import type { TransferService } from '../transfer/index.ts'
import type { EventHub } from './event-hub.ts'
import { createFolderMoves } from './folder-moves.ts'
import { Listings } from './listings.ts'
import type { IpcHandlers } from './router.ts'
import { createShareHandlers } from './share-handlers.ts'

export interface HandlerDeps {
  info: AppInfo
  events: EventHub
  settings: SettingsStore
  recent: RecentConnections
  session: Session
  transfers: TransferService
  questions: Questions
  gate: ScanGate
  supervisor: AgentSupervisor
  log: ProtocolLog
  folders: Folders
  panel: ConsolePanel
  share: ShareService
  /** Logs in and remembers the connection. */
  connect(request: ConnectRequest): Promise<SessionState>
  /** Makes an account on the server, logs in with it and remembers the connection. */
  signUp(request: ConnectRequest): Promise<SessionState>
  status(): Promise<StatusReport>
  writeClipboard(text: string): void
}

export function createHandlers(deps: HandlerDeps): IpcHandlers {
  const { events, settings, recent, session, transfers, questions, gate, folders, panel } = deps
  const listings = new Listings()
  /** Tells the window to list a folder again after something in it was changed, also when only half of it worked. */
  const changing = async <T>(side: Side, path: string, change: () => Promise<T>): Promise<T> => {
    try {
      return await change()
    } finally {
      events.emit({ type: 'folder-changed', side, path })
    }
  }

  const windowMoved = createFolderMoves({
    folders,
    session,
    follow: (side, path) => events.emit({ type: 'folder-opened', side, path }),
  })
  folders.onChange(() => panel.refresh())

  return {
    'app.info': () => deps.info,
    'clipboard.write': (text) => deps.writeClipboard(text),
    'settings.get': () => settings.get(),
    'settings.update': (changes) => settings.update(changes),
    'recent.list': () => recent.list(),
    'recent.remove': (endpoint) => recent.remove(endpoint),

    'session.get': () => session.state,
    'session.connect': (request) => deps.connect(request),
    'session.signUp': (request) => deps.signUp(request),
    'session.disconnect': () => session.disconnect(),
    'session.reconnect': () => session.reconnect(),
    'session.stopRetrying': () => session.stopRetrying(),
    'status.get': () => deps.status(),
    'folders.get': () => folders.get(),
    'folders.set': ({ side, path }) => windowMoved(side, path),

    'local.list': ({ requestId, path }) =>
      listings.run('local', async (signal) => {
        let count = 0
        for await (const entries of listLocal(path, { signal })) {
          count += entries.length
          events.emit({ type: 'listing', side: 'local', requestId, entries })
        }
        return { path, count, unreadable: [] }
      }),
    'local.mkdir': ({ folder, name }) => changing('local', folder, () => makeFolder(folder, name)),
    'local.rename': ({ folder, from, to }) => changing('local', folder, () => renameLocal(folder, from, to)),
    'local.remove': ({ folder, names }) => changing('local', folder, () => removeLocal(folder, names)),

    'remote.list': ({ requestId, path }) =>
      listings.run('remote', (signal) => {
        let handed = false
        const onEntries = (entries: Entry[]): void => {
          handed = true
          events.emit({ type: 'listing', side: 'remote', requestId, entries })
        }
        return session.run((client) => listRemote(client, path, onEntries, signal), {
          // Rows that the window has would come twice.
          again: () => !handed && !signal.aborted,
        })
      }),
    'remote.mkdir': ({ folder, name }) =>
      changing('remote', folder, () => session.run((client) => makeRemoteFolder(client, folder, name))),
    'remote.rename': ({ folder, from, to }) =>
      changing('remote', folder, () => session.run((client) => renameRemote(client, folder, from, to))),
    'remote.remove': ({ folder, entries }) =>
      changing('remote', folder, () => session.run((client) => removeRemote(client, folder, entries))),

    'transfers.add': async (request) => {
      const { added } = await transfers.add(request, session.endpoint)
      return { added }
    },
    'transfers.list': () => transfers.list(),
    'transfers.cancel': (ids) => transfers.cancel(ids),
    'transfers.retry': (ids) => transfers.retry(ids),
    'transfers.clearFinished': () => transfers.clearFinished(),

    'questions.pending': () => questions.pending(),
    'questions.answer': (id, answer) => questions.answer(id, answer),

    'scanner.status': () => gate.status(),
    'scanner.restart': () => deps.supervisor.restart(),
    'quarantine.list': () => gate.quarantine.list(),
    'quarantine.remove': async (ids) => {
      await gate.quarantine.remove(ids)
      return gate.quarantine.list()
    },
    'scan.policy': () => gate.policy(),
    'scan.setPolicy': (policy) => gate.setPolicy(policy),
    'protocol.lines': () => deps.log.lines(),
    'console.open': () => {
      events.flush()
      return panel.open()
    },
    'console.run': (line) => panel.run(line),
    'console.answer': (text) => panel.answer(text),
    'console.cancel': () => panel.cancel(),
    'console.complete': ({ line, cursor }) => panel.complete(line, cursor),

    ...createShareHandlers(deps.share),
  }
}
