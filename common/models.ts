/**
 * The vocabulary that every room speaks. Schemas exist for what crosses a trust border (renderer -> main, disk -> main);
 * plain interfaces for what main tells others.
 */
import { z } from 'zod'
import type { ErrorData } from './errors.ts'

// ---- connections -------------------------------------------------------------------------------------------------

/** `ftp`: plain. `ftpes`: explicit TLS by AUTH TLS (RFC 4217). `ftps`: implicit TLS from the first byte. */
export const protocolSchema = z.enum(['ftp', 'ftpes', 'ftps'])
export type Protocol = z.infer<typeof protocolSchema>

export const DEFAULT_PORTS: Record<Protocol, number> = { ftp: 21, ftpes: 21, ftps: 990 }

export const dataModeSchema = z.enum(['passive', 'active'])
export type DataMode = z.infer<typeof dataModeSchema>

/** The server and account a session or a transfer belongs to; never the password. */
export const endpointSchema = z.object({
  protocol: protocolSchema,
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65535),
  user: z.string().min(1).max(255),
})
export type Endpoint = z.infer<typeof endpointSchema>

export const connectRequestSchema = endpointSchema.extend({ password: z.string().max(1024) })
export type ConnectRequest = z.infer<typeof connectRequestSchema>

/** What anonymous logins give as their password: something like a mail address (RFC 1635). */
export const ANONYMOUS_PASSWORD = 'anonymous@'

export interface RecentConnection extends Endpoint {
  /** Time of the last successful login, ms since the epoch. */
  lastUsed: number
}

/** What is shown to a person who must decide about a certificate. */
export interface CertificateInfo {
  host: string
  port: number
  /** Why it does not verify, for people. */
  reason: string
  subject: string
  issuer: string
  /** Names the certificate is valid for (subject alternative names). */
  names: string[]
  /** ms since the epoch */
  validFrom: number
  /** ms since the epoch */
  validTo: number
  /** SHA-256 of the DER form, upper-case hex pairs joined by ":". */
  fingerprint: string
}

export type SessionState =
  /** `signUp`: the server refused the login, and offers to make accounts. */
  | { state: 'disconnected'; error: ErrorData | null; signUp?: true }
  | { state: 'connecting'; endpoint: Endpoint; step: string }
  | {
      state: 'connected'
      endpoint: Endpoint
      /** Working folder right after login. */
      home: string
      /** "TLSv1.3" and the like; null on a plain connection. */
      tls: string | null
      /** SYST or greeting, for the status line. */
      system: string | null
    }
  | {
      state: 'lost'
      endpoint: Endpoint
      error: ErrorData
      /** When it is tried again by itself, ms since the epoch; null when it is not. */
      retryAt: number | null
    }

// ---- listings ----------------------------------------------------------------------------------------------------

export const entryTypeSchema = z.enum(['file', 'dir', 'link', 'other'])
export type EntryType = z.infer<typeof entryTypeSchema>

/** One row of a listing, local or remote. */
export interface Entry {
  name: string
  type: EntryType
  /** Bytes; null where unknown or meaningless. */
  size: number | null
  /** ms since the epoch; null where unknown. */
  modified: number | null
  /** "rwxr-xr-x", or the server's own words; null where unknown. */
  permissions: string | null
  owner: string | null
  group: string | null
  /** Where a link points, as written. */
  target: string | null
  /** The server's own line, only where it was asked for. */
  raw?: string
}

export type Side = 'local' | 'remote'

export interface ListingSummary {
  /** The folder that was listed, absolute. */
  path: string
  /** Rows sent by `listing` events for this request. */
  count: number
  /** Lines of the server's listing that no parser could read, at most 20 of them. */
  unreadable: string[]
}

/** Outcome of a removal that goes on past single failures. */
export interface RemovalResult {
  removed: number
  failed: { path: string; error: ErrorData }[]
}

// ---- scanning ----------------------------------------------------------------------------------------------------

const verdictSchema = z.enum(['OK', 'INFECTED', 'ERROR'])

export const engineSchema = z.enum(['clamd', 'clamscan', 'yara'])
export type Engine = z.infer<typeof engineSchema>

/** What the agent found out about one file; also what it answers to `POST /v1/scans`. */
export const scanReportSchema = z.object({
  verdict: verdictSchema,
  /** Name of the signature that matched; null unless INFECTED. */
  signature: z.string().nullable(),
  /** Null only with verdict ERROR: no engine was reached. */
  engine: engineSchema.nullable(),
  engineVersion: z.string(),
  /** Names the state of the signatures; a verdict holds only for the same one. */
  signatureVersion: z.string(),
  /** Lower-case hex of the scanned bytes; null when not all bytes were read. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  bytes: z.int().min(0),
  ms: z.number().min(0),
  /** For people: why ERROR. Null otherwise. */
  message: z.string().nullable(),
})
export type ScanReport = z.infer<typeof scanReportSchema>

export type ScannerStatus =
  | { state: 'starting' }
  | {
      state: 'ready'
      engine: Engine
      engineVersion: string
      signatureVersion: string
      /** True when only the small built-in rule set speaks: the window must say so. */
      builtInRulesOnly: boolean
      /** Largest file the engine takes, in bytes; null without a limit. */
      maxBytes: number | null
      /** Where the agent listens: "this computer" or its host. */
      location: string
    }
  | { state: 'unavailable'; error: ErrorData }

export interface QuarantineItem {
  id: string
  /** Name the file would have had. */
  name: string
  /** Where it came from, as a URL. */
  source: string
  /** Where it would have gone. */
  intendedPath: string
  bytes: number
  sha256: string | null
  signature: string
  /** Null when the item's record is damaged. */
  engine: Engine | null
  engineVersion: string
  /** ms since the epoch */
  quarantinedAt: number
}

/** Which ways are scanned. Both, unless the person switched one off for this run. */
export const scanPolicySchema = z.object({ upload: z.boolean(), download: z.boolean() })
export type ScanPolicy = z.infer<typeof scanPolicySchema>

// ---- transfers ---------------------------------------------------------------------------------------------------

export const transferTypeSchema = z.enum(['auto', 'binary', 'ascii'])
export type TransferType = z.infer<typeof transferTypeSchema>

const directionSchema = z.enum(['upload', 'download'])
export type Direction = z.infer<typeof directionSchema>

const conflictActionSchema = z.enum(['overwrite', 'skip', 'rename'])
export type ConflictAction = z.infer<typeof conflictActionSchema>

export const conflictPolicySchema = z.enum(['ask', 'overwrite', 'skip', 'rename'])
export type ConflictPolicy = z.infer<typeof conflictPolicySchema>

const absolutePath = z.string().min(1).max(32_768)

/**
 * `whole`: the file replaces or becomes the target. `resume`: the target is the beginning of the source and gets the
 * rest. `append`: the source is added to the end of the target (uploads only).
 */
const transferModeSchema = z.enum(['whole', 'resume', 'append'])
export type TransferMode = z.infer<typeof transferModeSchema>

/** The one request that a drop, a menu entry and a console `put` all make. */
export const transferRequestSchema = z.object({
  direction: directionSchema,
  /** Absolute paths of files and folders on the source side. `type` is what the listing said, where one did. */
  sources: z
    .array(z.object({ path: absolutePath, type: entryTypeSchema.optional() }))
    .min(1)
    .max(100_000),
  /** Absolute folder on the target side. */
  targetFolder: absolutePath,
  /** Name the only source gets in the target folder; left out: its own. */
  targetName: z.string().min(1).max(1024).optional(),
  transferType: transferTypeSchema,
  conflict: conflictPolicySchema,
  /** Left out: `whole`. The others need one file as their only source. */
  mode: transferModeSchema.optional(),
})
export type TransferRequest = z.infer<typeof transferRequestSchema>

/**
 * queued -> preparing (a worker looks at source and target) -> scanning (upload) -> transferring -> verifying -> done; `asking` while a person decides about a conflict.
 * Ends: done, blocked (INFECTED), failed, skipped, cancelled.
 */
export type TransferState =
  | 'queued'
  | 'asking'
  | 'preparing'
  | 'scanning'
  | 'transferring'
  | 'verifying'
  | 'done'
  | 'blocked'
  | 'failed'
  | 'skipped'
  | 'cancelled'

export const FINAL_STATES: ReadonlySet<TransferState> = new Set(['done', 'blocked', 'failed', 'skipped', 'cancelled'])

/** One file in the queue, as the journal keeps it and the window shows it. */
export interface TransferRow {
  id: number
  /** Which request it came with. */
  request: number
  direction: Direction
  endpoint: Endpoint
  /** Absolute path on this computer. */
  localPath: string
  /** Absolute path on the server. */
  remotePath: string
  /** Bytes; null until known. */
  size: number | null
  /** Bytes of the file that the target side has, `resumedFrom` included. */
  transferred: number
  /** How many of them were there before: they did not go over the wire. 0 but for `resume`. */
  resumedFrom: number
  /** Bytes scanned so far. */
  scanned: number
  /** Bytes a second over the last seconds; null when not moving. */
  rate: number | null
  /** How the bytes went over the wire; `auto` until decided. */
  transferType: TransferType
  state: TransferState
  /** The scan's outcome: null until there is one, and for good when `unscanned`. */
  scan: ScanReport | null
  /** Moved while scanning was switched off: nobody looked at it. */
  unscanned: boolean
  error: ErrorData | null
  /** ms since the epoch */
  addedAt: number
  /** When a worker took it last, ms since the epoch; null before. */
  startedAt: number | null
  /** ms since the epoch */
  endedAt: number | null
}

export interface TransferTotals {
  queued: number
  active: number
  done: number
  blocked: number
  failed: number
}

/** How far one request is. */
export interface RequestProgress {
  /** Files planned so far. */
  files: number
  /** Files that have not ended. */
  unfinished: number
  /** Bytes of all files whose size is known. */
  bytes: number
  /** Bytes moved, ended files included. */
  transferred: number
  /** Bytes a second of all that moves now; null when nothing does. */
  rate: number | null
  /** How many ended, by how. */
  ended: Record<'done' | 'blocked' | 'failed' | 'skipped' | 'cancelled', number>
  /** The rows at work, at most 10. */
  active: TransferRow[]
}

// ---- questions to the person -------------------------------------------------------------------------------------

export type QuestionBody =
  | {
      kind: 'certificate'
      certificate: CertificateInfo
      /** The pinned one changed: far more alarming than an unknown one. */ changed: boolean
    }
  | {
      kind: 'conflict'
      direction: Direction
      /** Absolute path of the target that exists. */
      target: string
      source: { size: number | null; modified: number | null }
      existing: { size: number | null; modified: number | null }
    }

export type Question = QuestionBody & { id: number }

export const questionAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('certificate'), answer: z.enum(['once', 'always', 'no']) }),
  z.object({
    kind: z.literal('conflict'),
    answer: z.enum(['overwrite', 'skip', 'rename', 'cancel']),
    applyToAll: z.boolean(),
  }),
])
export type QuestionAnswer = z.infer<typeof questionAnswerSchema>

// ---- protocol log ------------------------------------------------------------------------------------------------

export interface ProtocolLine {
  /** ms since the epoch */
  time: number
  /** Which connection: 0 is the browsing session, 1... are transfer connections. */
  connection: number
  kind: 'command' | 'reply' | 'info' | 'error'
  /** Passwords are masked before a line gets here. */
  text: string
}

// ---- settings ----------------------------------------------------------------------------------------------------

const settingsFields = {
  theme: z.enum(['system', 'light', 'dark']),
  transferType: transferTypeSchema,
  dataMode: dataModeSchema,
  /** Ask before several files go at once (the `prompt` of classic clients). */
  confirmSeveral: z.boolean(),
  conflict: conflictPolicySchema,
  /** Files moved at the same time. */
  parallelTransfers: z.int().min(1).max(10),
  showHidden: z.boolean(),
  /** Where scans happen: an agent started with the app, or one on another machine. */
  agent: z.discriminatedUnion('mode', [
    z.object({
      mode: z.literal('own'),
      engine: z.enum(['auto', 'clamd', 'clamscan', 'yara']),
      /** "unix:/path" or "tcp:host:port"; empty: the usual places are tried. */
      clamd: z.string().max(1024),
    }),
    z.object({
      mode: z.literal('remote'),
      url: z.url({ protocol: /^https?$/ }),
      tokenFile: z.string().min(1).max(4096),
      /** PEM file with the one certificate to trust, for an agent with a self-made one; empty: the usual authorities. */
      certificateFile: z.string().max(4096).default(''),
    }),
  ]),
}

/** Changes of some settings. Without the defaults: with them, a change of one key would reset the others. */
export const settingsChangesSchema = z.object(settingsFields).partial()
export type SettingsChanges = z.infer<typeof settingsChangesSchema>

/** The settings as they rest on disk; what is missing there gets its default. */
export const settingsSchema = z.object({
  theme: settingsFields.theme.default('system'),
  transferType: settingsFields.transferType.default('auto'),
  dataMode: settingsFields.dataMode.default('passive'),
  confirmSeveral: settingsFields.confirmSeveral.default(true),
  conflict: settingsFields.conflict.default('ask'),
  parallelTransfers: settingsFields.parallelTransfers.default(3),
  showHidden: settingsFields.showHidden.default(false),
  agent: settingsFields.agent.default({ mode: 'own', engine: 'auto', clamd: '' }),
})
export type Settings = z.infer<typeof settingsSchema>

// ---- status -----------------------------------------------------------------------------------------------------

/** The protection of a control connection. */
export interface TlsStatus {
  /** "TLSv1.3" and the like. */
  version: string
  cipher: string
  /** SHA-256 of the server's certificate, upper-case hex pairs joined by ":". */
  fingerprint: string
  subject: string
  issuer: string
  /** ms since the epoch */
  validFrom: number
  /** ms since the epoch */
  validTo: number
}

/** What `status` prints and the status page shows. */
export interface StatusReport {
  session: SessionState
  /** Null without a session and on a plain connection. */
  tls: TlsStatus | null
  /** What FEAT offered; empty without a session. */
  features: string[]
  transferType: TransferType
  dataMode: DataMode
  /** Ask before several files go at once. */
  confirmSeveral: boolean
  conflict: ConflictPolicy
  folders: WorkingFolders
  scanner: ScannerStatus
  scanPolicy: ScanPolicy
  /** The server's reply to STAT; null without a session. */
  server: { text: string } | { error: ErrorData } | null
}

/** Where relative names start. */
export interface WorkingFolders {
  /** Absolute. */
  local: string
  /** Absolute; null without a session. */
  remote: string | null
}

export interface AppInfo {
  version: string
  platform: string
  /** "electron", or "browser" when the browser shell stands in for it. */
  shell: 'electron' | 'browser'
}
