/** The contract's handlers: each hands its call to the service that owns the matter. */
import { toErrorData } from '../../common/errors.ts'
import type { AppInfo, Entry, Side } from '../../common/models.ts'
import { listLocal, makeFolder, removeLocal, renameLocal } from '../local/index.ts'
import type { ScanGate } from '../gate/index.ts'
import type { AgentSupervisor } from '../services/agent-supervisor.ts'
import type { ProtocolLog } from '../services/protocol-log.ts'
import type { Questions } from '../services/questions.ts'
import type { RecentConnections } from '../services/recent.ts'
import { listRemote, makeRemoteFolder, removeRemote, renameRemote } from '../services/remote-files.ts'
import type { Session } from '../services/session.ts'
import type { SettingsStore } from '../services/settings.ts'
import type { TransferService } from '../transfer/index.ts'
import type { EventHub } from './event-hub.ts'
import { Listings } from './listings.ts'
import type { IpcHandlers } from './router.ts'

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
  writeClipboard(text: string): void
}

export function createHandlers(deps: HandlerDeps): IpcHandlers {
  const { events, settings, recent, session, transfers, questions, gate } = deps
  const listings = new Listings()
  /** Tells the window to list a folder again after something in it was changed, also when only half of it worked. */
  const changing = async <T>(side: Side, path: string, change: () => Promise<T>): Promise<T> => {
    try {
      return await change()
    } finally {
      events.emit({ type: 'folder-changed', side, path })
    }
  }

  return {
    'app.info': () => deps.info,
    'clipboard.write': (text) => deps.writeClipboard(text),
    'settings.get': () => settings.get(),
    'settings.update': (changes) => settings.update(changes),
    'recent.list': () => recent.list(),
    'recent.remove': (endpoint) => recent.remove(endpoint),

    'session.get': () => session.state,
    'session.connect': async (request) => {
      const state = await session.connect(request)
      try {
        events.emit({ type: 'recent', connections: await recent.add(request, Date.now()) })
      } catch (error) {
        // The session stands; that it cannot be remembered is worth a line, not a failed connect.
        deps.log.add(0, 'error', toErrorData(error).message)
      }
      return state
    },
    'session.disconnect': () => session.disconnect(),

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

    'transfers.add': (request) => transfers.add(request, session.endpoint),
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
    'protocol.lines': () => deps.log.lines(),
  }
}
