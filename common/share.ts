/**
 * The vocabulary of sharing a folder: the server's configuration, accounts, audit log and what is going on. The
 * app's Share page, the server and its command line speak it. Schemas are for what crosses a trust border.
 */
import { z } from 'zod'
import type { ErrorData } from './errors.ts'
import type { ScannerStatus } from './models.ts'

// ---- accounts ----------------------------------------------------------------------------------------------------

/**
 * `write` makes and replaces files, `append` only adds to files that exist. `superuser` implies all others and lets
 * read, filter and clear the audit log.
 */
export const rightSchema = z.enum(['list', 'read', 'write', 'append', 'delete', 'rename', 'mkdir', 'superuser'])
export type Right = z.infer<typeof rightSchema>

/** A role is a name for a set of rights; with `custom` the account's own set counts. */
export const roleSchema = z.enum(['reader', 'writer', 'superuser', 'custom'])
export type Role = z.infer<typeof roleSchema>

const WRITER = ['list', 'read', 'write', 'append', 'delete', 'rename', 'mkdir'] as const
export const RIGHTS_OF_ROLE: Record<Exclude<Role, 'custom'>, readonly Right[]> = {
  reader: ['list', 'read'],
  writer: WRITER,
  superuser: [...WRITER, 'superuser'],
}

/** Letters, digits, and inside also ". _ - @ +": what is safe in a folder's name, in logs and in a command. */
export const accountNameSchema = z
  .string()
  .max(64, 'A name has at most 64 characters.')
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}._@+-]*[\p{L}\p{N}_@+-])?$/u, 'Use letters, digits, and . _ - @ + between them.')

/** Names that RFC 1635 clients use for a login without an account; no account may have one. */
export const ANONYMOUS_NAMES: readonly string[] = ['anonymous', 'ftp']

const MIN_PASSWORD = 8
export const passwordSchema = z
  .string()
  .min(MIN_PASSWORD, `Use at least ${MIN_PASSWORD} characters.`)
  .max(1024)
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'Control characters cannot be sent by FTP clients.')

const limit = z.int().min(1).nullable()

export const accountChangesSchema = z.object({
  role: roleSchema,
  /** Counts with role `custom` only. */
  rights: z.array(rightSchema),
  /** Absolute folder. */
  root: z.string().min(1).max(32_768),
  /** True: the home shows as "/name" inside an empty top folder; false: it is "/" itself. */
  homeShown: z.boolean(),
  /** Bytes; null without a limit. */
  quotaBytes: limit,
  quotaFiles: limit,
  /** Bytes a second; null without a limit. */
  uploadRate: limit,
  downloadRate: limit,
  enabled: z.boolean(),
})
export type AccountChanges = z.infer<typeof accountChangesSchema>

export const newAccountSchema = accountChangesSchema.extend({ name: accountNameSchema, password: passwordSchema })
export type NewAccount = z.infer<typeof newAccountSchema>

/** What a new account gets where nothing else is said. */
export const ACCOUNT_DEFAULTS: Omit<AccountChanges, 'root'> = {
  role: 'reader',
  rights: [],
  homeShown: false,
  quotaBytes: null,
  quotaFiles: null,
  uploadRate: null,
  downloadRate: null,
  enabled: true,
}

/** An account as everybody but the login sees it: there is no way from here to the password. */
export interface Account extends AccountChanges {
  id: number
  name: string
  /** ms since the epoch */
  createdAt: number
  /** ms since the epoch; null before the first login */
  lastLoginAt: number | null
}

/** The rights that count. */
export function rightsOf(account: Pick<Account, 'role' | 'rights'>): ReadonlySet<Right> {
  const rights = account.role === 'custom' ? account.rights : RIGHTS_OF_ROLE[account.role]
  return new Set(rights.includes('superuser') ? RIGHTS_OF_ROLE.superuser : rights)
}

// ---- configuration -----------------------------------------------------------------------------------------------

const port = z.int().min(0).max(65_535)
const seconds = z.int().min(1).max(86_400)

/**
 * Everything that can be set, of the app's Share page and of `sluice-server --config FILE` alike. What is left out has
 * the safe value; what is not known is an error, so that a typing mistake cannot open the server.
 */
export const shareConfigSchema = z.strictObject({
  /** Address to listen on; "0.0.0.0" and "::" mean all (the latter IPv4 too). */
  host: z.string().min(1).max(255).default('127.0.0.1'),
  /** Plain and explicit TLS; 0: any free port. */
  port: port.default(2121),
  /** Port with TLS from the first byte; null: none. */
  implicitPort: port.nullable().default(null),
  /** Absolute folder that accounts get by default; '' as long as none is chosen. */
  root: z.string().max(32_768).default(''),
  tls: z
    .strictObject({
      /** `required`: no login and no data connection without TLS. */
      mode: z.enum(['off', 'allowed', 'required']).default('required'),
      /** PEM files of an own certificate; '' for both: one is made at the first start. */
      certificateFile: z.string().max(32_768).default(''),
      keyFile: z.string().max(32_768).default(''),
      /** Data connections must resume the TLS session of their control connection; TLS 1.2 is spoken then, for all to be able to. */
      requireResumption: z.boolean().default(false),
    })
    .prefault({}),
  passive: z
    .strictObject({
      /** Ports of passive data connections; 0 and 0: any free one. */
      from: port.default(0),
      to: port.default(0),
      /** Address that PASV tells, for servers behind NAT; '': the one the client came to. */
      externalAddress: z.string().max(255).default(''),
    })
    .refine(({ from, to }) => from <= to && (from === 0) === (to === 0), 'The range of passive ports is upside down.')
    .prefault({}),
  /** PORT and EPRT. */
  active: z.boolean().default(true),
  /** Every upload is scanned before it gets its name. */
  scan: z.boolean().default(true),
  anonymous: z
    .strictObject({ enabled: z.boolean().default(false), root: z.string().max(32_768).default('') })
    .prefault({}),
  signUp: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** Absolute folder in which each new account gets a folder of its own. */
      folder: z.string().max(32_768).default(''),
      role: z.enum(['reader', 'writer']).default('writer'),
      quotaBytes: limit.default(1024 ** 3),
      /** Accounts one address may make in a day. */
      perDay: z.int().min(1).max(1000).default(3),
    })
    .prefault({}),
  limits: z
    .strictObject({
      connections: z.int().min(1).max(100_000).default(500),
      perAddress: z.int().min(1).max(100_000).default(30),
      perAccount: z.int().min(1).max(100_000).default(30),
      /** From the connection to the login. */
      loginSeconds: seconds.default(60),
      idleSeconds: seconds.default(600),
      /** Without a byte on a data connection, and until one is opened. */
      dataSeconds: seconds.default(60),
      /** Failed logins of an address before it is shut out for `banSeconds`, twice as long each time. */
      failedLogins: z.int().min(1).max(1000).default(10),
      banSeconds: seconds.default(60),
    })
    .prefault({}),
  audit: z
    .strictObject({
      keepDays: z.int().min(1).max(36_500).default(90),
      maxEntries: z.int().min(100).max(100_000_000).default(1_000_000),
    })
    .prefault({}),
  greeting: z
    .string()
    .max(200)
    .regex(/^[\x20-\x7e]*$/)
    .default('Sluice: every upload is scanned.'),
})
export type ShareConfig = z.infer<typeof shareConfigSchema>

/** True when there is no folder for accounts, and none that guests or new accounts get: nothing to serve. */
export const sharesNothing = ({ root, anonymous, signUp }: ShareConfig): boolean =>
  root === '' && !anonymous.enabled && !signUp.enabled

// ---- audit log ---------------------------------------------------------------------------------------------------

export const auditKindSchema = z.enum([
  'server-started',
  'server-stopped',
  'login',
  'login-failed',
  'logout',
  'banned',
  'upload',
  'download',
  'delete',
  'rename',
  'mkdir',
  'rmdir',
  'attributes',
  'refused',
  'kicked',
  'sign-up',
  'account-added',
  'account-changed',
  'account-removed',
  'password-changed',
  'audit-cleared',
  /** Entries that could not be written, by a database that was away for long; `detail` says how many. */
  'audit-lost',
])
export type AuditKind = z.infer<typeof auditKindSchema>

/** `blocked`: the scan found something. */
export const auditOutcomeSchema = z.enum(['ok', 'refused', 'failed', 'blocked'])
export type AuditOutcome = z.infer<typeof auditOutcomeSchema>

export interface AuditEntry {
  id: number
  /** ms since the epoch */
  time: number
  kind: AuditKind
  outcome: AuditOutcome
  /** As given by the client, where it never logged in. */
  account: string | null
  /** The client's address without its port; null for what was done in the app or on the command line. */
  address: string | null
  /** Path as the account sees it. */
  path: string | null
  /** New path of a rename. */
  target: string | null
  bytes: number | null
  ms: number | null
  /** The scan's verdict of an upload; null where there was none. */
  verdict: 'OK' | 'INFECTED' | 'ERROR' | null
  signature: string | null
  /** For people: why it failed, what was changed. */
  detail: string | null
}

export const auditFilterSchema = z.object({
  /** Found in account, address, path, target, signature or detail; any case. */
  text: z.string().max(1024).optional(),
  kinds: z.array(auditKindSchema).optional(),
  outcomes: z.array(auditOutcomeSchema).optional(),
  account: z.string().max(1024).optional(),
  address: z.string().max(255).optional(),
  /** ms since the epoch, inclusive */
  from: z.number().optional(),
  /** ms since the epoch, exclusive */
  to: z.number().optional(),
})
export type AuditFilter = z.infer<typeof auditFilterSchema>

/** Newest first; `before` is the last id of the page before. */
export const auditPageSchema = auditFilterSchema.extend({
  before: z.int().min(1).optional(),
  limit: z.int().min(1).max(10_000),
})
export type AuditPage = z.infer<typeof auditPageSchema>

// ---- what is going on --------------------------------------------------------------------------------------------

export interface ShareAddress {
  /** ftp://host:port for explicit TLS and plain, ftps://host:port for implicit TLS. */
  url: string
  host: string
  port: number
  implicit: boolean
  /** `loopback`: this computer only; `private`: this network (RFC 1918, 4193, link-local); `public`: the internet. */
  reach: 'loopback' | 'private' | 'public'
  /** Name of the network interface. */
  interface: string
}

/** An address of this computer that the server can listen on alone. */
export interface ShareInterface extends Pick<ShareAddress, 'host' | 'reach' | 'interface'> {
  family: 'IPv4' | 'IPv6'
}

/** ms that transfers get to finish when the app's share is stopped */
export const SHARE_STOP_GRACE = 15_000

/** Something that whoever runs the server should know: a certificate that has expired, a database that fails. */
export interface ShareProblem {
  /** ms since the epoch; of the last time */
  time: number
  message: string
}

export type ShareStatus =
  | { state: 'stopped' }
  | { state: 'starting' }
  | {
      state: 'running' | 'stopping'
      addresses: ShareAddress[]
      /** SHA-256 of the certificate, upper-case hex pairs joined by ":"; null without TLS. */
      fingerprint: string | null
      /** False: logins and data may go in clear. */
      tlsRequired: boolean
      /** False: nobody looks at uploads. */
      scan: boolean
      scanner: ScannerStatus
      /** ms since the epoch */
      startedAt: number
      sessions: number
      transfers: number
      /** Since the start, each once; a few, the newest first. */
      problems: ShareProblem[]
    }
  /** `retryAt`: when it is started again by itself, ms since the epoch; null when it is not. */
  | { state: 'failed'; error: ErrorData; retryAt: number | null }

export interface LiveSession {
  id: number
  address: string
  /** Null before the login. */
  account: string | null
  /** "TLSv1.3" and the like; null on a plain control connection. */
  tls: string | null
  /** ms since the epoch */
  connectedAt: number
  /** ms since the epoch */
  lastActivityAt: number
  /** The last command, secrets masked. */
  command: string
  folder: string | null
}

export interface LiveTransfer {
  id: number
  session: number
  account: string
  direction: 'upload' | 'download'
  path: string
  bytes: number
  /** Null for uploads: clients do not say. */
  size: number | null
  /** Bytes a second over the last seconds. */
  rate: number
  /** `scanning`: all bytes are here and the verdict is awaited. */
  phase: 'moving' | 'scanning'
  /** ms since the epoch */
  startedAt: number
}

/** What the first start made for a share without accounts. The password is shown once and kept nowhere. */
export interface FirstAccount {
  name: string
  password: string
}

export interface PortTest {
  results: { address: ShareAddress; reachable: boolean; message: string }[]
  /** What that means, and what to set in router and firewall; for people, one paragraph each. */
  advice: string[]
}
