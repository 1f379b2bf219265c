/**
 * The IPC contract: one map from channel to argument schema and result type. The router in main checks every call
 * against it, the preload bridge and the renderer's `api.ts` derive their types from it; nothing else knows a channel.
 */
import { z } from 'zod'
import type { MenuAction } from './menus.ts'
import type { Completion, ConsoleLine, ConsoleState } from './console.ts'
import type { ErrorData } from './errors.ts'
import {
  connectRequestSchema,
  endpointSchema,
  entryTypeSchema,
  questionAnswerSchema,
  scanPolicySchema,
  settingsChangesSchema,
  transferRequestSchema,
  type AppInfo,
  type Entry,
  type ListingSummary,
  type ProtocolLine,
  type QuarantineItem,
  type Question,
  type RecentConnection,
  type RemovalResult,
  type ScannerStatus,
  type ScanPolicy,
  type SessionState,
  type Settings,
  type Side,
  type StatusReport,
  type TransferRow,
  type TransferTotals,
  type WorkingFolders,
} from './models.ts'
import {
  accountChangesSchema,
  auditFilterSchema,
  auditPageSchema,
  newAccountSchema,
  passwordSchema,
  shareConfigSchema,
  type Account,
  type AuditEntry,
  type FirstAccount,
  type LiveSession,
  type LiveTransfer,
  type PortTest,
  type ShareConfig,
  type ShareInterface,
  type ShareStatus,
} from './share.ts'

const path = z.string().min(1).max(32_768)
const name = z.string().min(1).max(1024)
/** The renderer numbers its listing requests, so that rows of an abandoned one can be told apart. */
const requestId = z.int().min(1)
const nothing = z.tuple([])
const accountId = z.int().min(1)
const ids = z.tuple([z.array(z.int().min(1)).min(1).max(1_000_000)])

/** Channel -> schema of its arguments (a tuple). */
export const ipcArguments = {
  'app.info': nothing,
  'clipboard.write': z.tuple([z.string().max(1_000_000)]),
  'settings.get': nothing,
  'settings.update': z.tuple([settingsChangesSchema]),
  'recent.list': nothing,
  'recent.remove': z.tuple([endpointSchema]),
  'session.get': nothing,
  'session.connect': z.tuple([connectRequestSchema]),
  'session.disconnect': nothing,
  'session.reconnect': nothing,
  'session.stopRetrying': nothing,
  'status.get': nothing,
  'folders.get': nothing,
  /** The pane shows this folder now: relative names in the console start there. */
  'folders.set': z.tuple([z.object({ side: z.enum(['local', 'remote']), path })]),
  'local.list': z.tuple([z.object({ requestId, path })]),
  'local.mkdir': z.tuple([z.object({ folder: path, name })]),
  'local.rename': z.tuple([z.object({ folder: path, from: name, to: name })]),
  'local.remove': z.tuple([z.object({ folder: path, names: z.array(name).min(1).max(100_000) })]),
  'remote.list': z.tuple([z.object({ requestId, path })]),
  'remote.mkdir': z.tuple([z.object({ folder: path, name })]),
  'remote.rename': z.tuple([z.object({ folder: path, from: name, to: name })]),
  'remote.remove': z.tuple([
    z.object({
      folder: path,
      entries: z
        .array(z.object({ name, type: entryTypeSchema }))
        .min(1)
        .max(100_000),
    }),
  ]),
  'transfers.add': z.tuple([transferRequestSchema]),
  'transfers.list': nothing,
  'transfers.cancel': ids,
  'transfers.retry': ids,
  'transfers.clearFinished': nothing,
  'questions.pending': nothing,
  'questions.answer': z.tuple([z.int().min(1), questionAnswerSchema]),
  'scanner.status': nothing,
  'scanner.restart': nothing,
  'quarantine.list': nothing,
  'quarantine.remove': z.tuple([z.array(z.uuid()).min(1).max(100_000)]),
  'scan.setPolicy': z.tuple([scanPolicySchema]),
  'scan.policy': nothing,
  'protocol.lines': nothing,
  'console.open': nothing,
  'console.run': z.tuple([z.string().max(100_000)]),
  'console.answer': z.tuple([z.string().max(10_000)]),
  'console.cancel': nothing,
  'console.complete': z.tuple([z.object({ line: z.string().max(10_000), cursor: z.int().min(0).max(10_000) })]),
  'session.signUp': z.tuple([connectRequestSchema]),
  'share.get': nothing,
  'share.setConfig': z.tuple([shareConfigSchema]),
  'share.start': nothing,
  'share.stop': nothing,
  'share.tryOut': nothing,
  'share.watch': z.tuple([z.boolean()]),
  'share.kick': z.tuple([z.int().min(1)]),
  'share.accounts': nothing,
  'share.addAccount': z.tuple([newAccountSchema]),
  'share.updateAccount': z.tuple([accountId, accountChangesSchema.partial()]),
  'share.setPassword': z.tuple([accountId, passwordSchema]),
  'share.removeAccount': z.tuple([accountId]),
  'share.audit': z.tuple([auditPageSchema]),
  'share.clearAudit': z.tuple([auditFilterSchema]),
  'share.exportAudit': z.tuple([z.enum(['csv', 'json']), auditFilterSchema]),
  'share.portTest': nothing,
  'share.interfaces': nothing,
  'share.chooseFolder': z.tuple([z.string().max(32_768)]),
} as const satisfies Record<string, z.ZodType>

export type IpcChannel = keyof typeof ipcArguments

/** Channel -> what its promise resolves to. */
export interface IpcResults {
  'app.info': AppInfo
  'clipboard.write': void
  'settings.get': Settings
  'settings.update': Settings
  'recent.list': RecentConnection[]
  'recent.remove': RecentConnection[]
  'session.get': SessionState
  /** Resolves when logged in; a failure rejects and also shows in the session state. */
  'session.connect': SessionState
  'session.disconnect': void
  /** Tries a lost session again now. */
  'session.reconnect': SessionState
  /** Stops trying a lost session again. */
  'session.stopRetrying': void
  'status.get': StatusReport
  /** Where panes and console are: what a window that opens over a running session begins with. */
  'folders.get': WorkingFolders
  'folders.set': void
  /** Rows come by `listing` events with the same requestId, first ones at once; resolves when all were sent. */
  'local.list': ListingSummary
  /** Absolute path of the new folder. */
  'local.mkdir': string
  'local.rename': string
  'local.remove': RemovalResult
  'remote.list': ListingSummary
  'remote.mkdir': string
  'remote.rename': string
  'remote.remove': RemovalResult
  /** Resolves when the planner has journalled every file; rows show by events long before. */
  'transfers.add': { added: number }
  'transfers.list': { rows: TransferRow[]; totals: TransferTotals }
  'transfers.cancel': void
  'transfers.retry': void
  'transfers.clearFinished': void
  'questions.pending': Question[]
  'questions.answer': void
  'scanner.status': ScannerStatus
  'scanner.restart': void
  'quarantine.list': QuarantineItem[]
  'quarantine.remove': QuarantineItem[]
  'scan.setPolicy': void
  'scan.policy': ScanPolicy
  'protocol.lines': ProtocolLine[]
  /** The lines so far and the state; from then on events tell. */
  'console.open': { lines: ConsoleLine[]; state: ConsoleState }
  /** Resolves when the command has ended, however it ended: its output says how. Rejects while another one runs. */
  'console.run': void
  /** What was typed to the open question. */
  'console.answer': void
  /** Ends the running command. */
  'console.cancel': void
  'console.complete': Completion
  /** Makes an account on a server that offers it (SITE SIGNUP), then logs in with it. */
  'session.signUp': SessionState
  'share.get': ShareState
  /** Saved; a server that runs goes on with what it was started with. */
  'share.setConfig': ShareState
  /** `firstAccount` when there was none and one was made: its password is shown this once. */
  'share.start': { firstAccount: FirstAccount | null }
  /** Lets transfers finish for a while. */
  'share.stop': void
  /** Starts the server on this computer with a folder of examples, if need be, and connects to it. */
  'share.tryOut': SessionState
  /** Whether `share-live` events are wanted. */
  'share.watch': void
  'share.kick': void
  'share.accounts': Account[]
  'share.addAccount': Account
  'share.updateAccount': Account
  'share.setPassword': void
  'share.removeAccount': void
  'share.audit': AuditEntry[]
  'share.clearAudit': { removed: number }
  /** Asks where to; null when the person did not say. */
  'share.exportAudit': { entries: number; file: string } | null
  'share.portTest': PortTest
  /** Where it can be reached beside loopback; without link-local addresses, which nobody can type. */
  'share.interfaces': ShareInterface[]
  /** The system's dialog, beginning at the given folder; null when nothing was chosen. */
  'share.chooseFolder': string | null
}

export interface ShareState {
  status: ShareStatus
  config: ShareConfig
  /** True when the server runs with another configuration. */
  restartNeeded: boolean
}

export type IpcArgs<C extends IpcChannel> = z.input<(typeof ipcArguments)[C]>
/** Arguments as a handler gets them: parsed, defaults filled in. */
export type IpcParsedArgs<C extends IpcChannel> = z.output<(typeof ipcArguments)[C]>

/** How a result crosses: errors are data, since Electron keeps only an error's message. */
export type IpcReply<C extends IpcChannel> = { ok: true; value: IpcResults[C] } | { ok: false; error: ErrorData }

/** Main -> renderer. They travel in batches, at most about 20 a second, in order, and carry changes. */
export type AppEvent =
  | { type: 'session'; session: SessionState }
  | { type: 'listing'; side: Side; requestId: number; entries: Entry[] }
  | { type: 'folder-changed'; side: Side; path: string }
  | { type: 'transfers'; changed: TransferRow[]; removed: number[]; totals: TransferTotals }
  | { type: 'protocol'; lines: ProtocolLine[] }
  | { type: 'question'; question: Question }
  | { type: 'question-closed'; id: number }
  | { type: 'scanner'; status: ScannerStatus }
  | { type: 'quarantine'; items: QuarantineItem[] }
  | { type: 'settings'; settings: Settings }
  | { type: 'recent'; connections: RecentConnection[] }
  | { type: 'scan-policy'; policy: ScanPolicy }
  /** The console went to this folder: its pane follows. */
  | { type: 'folder-opened'; side: Side; path: string }
  | { type: 'console-lines'; lines: ConsoleLine[] }
  | { type: 'console-state'; state: ConsoleState }
  | { type: 'share'; share: ShareState }
  | { type: 'share-live'; sessions: LiveSession[]; transfers: LiveTransfer[] }
  /** To be asked for anew. */
  | { type: 'share-accounts' | 'share-audit' }
  /** Chosen in the system's menu bar. */
  | { type: 'menu'; action: MenuAction }

/** The two names that exist on the wire. */
export const INVOKE_CHANNEL = 'sluice:invoke'
export const EVENT_CHANNEL = 'sluice:events'

/** What preload exposes as `window.sluice`. */
export interface Bridge {
  invoke<C extends IpcChannel>(channel: C, ...args: IpcArgs<C>): Promise<IpcReply<C>>
  /** Calls back with every batch, in order; returns what stops it. */
  onEvents(callback: (events: AppEvent[]) => void): () => void
  /** Real path of a file dropped from the operating system; '' when it has none. */
  pathForFile(file: File): string
}
