/**
 * How the app speaks to its server process: requests with a number, answered once, and events. Each end checks what it
 * gets: the server the arguments, the app only that an answer is one, since the server is its own.
 */
import { z } from 'zod'
import type { ErrorData } from './errors.ts'
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
  type ShareStatus,
} from './share.ts'

const accountId = z.int().min(1)
const agentAddressSchema = z.object({ url: z.string(), token: z.string(), ca: z.string().optional() })

/** Method -> schema of its argument. */
export const shareArguments = {
  /**
   * Opens the database without serving; every other method needs it. `database` is what `openShareDatabase` takes
   * ("sqlite:/absolute/file", "sqlite::memory:", "mysql://..."), the folders are absolute.
   */
  open: z.object({ database: z.string(), dataFolder: z.string(), quarantineFolder: z.string() }),
  start: shareConfigSchema,
  /** Lets transfers finish for at most so many ms, then ends them. */
  stop: z.object({ graceMs: z.int().min(0) }),
  /** The scanning agent, or null while there is none. */
  useAgent: agentAddressSchema.nullable(),
  /** Whether `live` events are wanted. */
  watch: z.boolean(),
  kick: z.object({ session: z.int().min(1) }),
  'accounts.list': z.null(),
  'accounts.add': newAccountSchema,
  'accounts.update': z.object({ id: accountId, changes: accountChangesSchema.partial() }),
  'accounts.setPassword': z.object({ id: accountId, password: passwordSchema }),
  'accounts.remove': z.object({ id: accountId }),
  'audit.page': auditPageSchema,
  'audit.clear': auditFilterSchema,
  /** Writes all entries that the filter lets through to a file that must not exist. */
  'audit.export': z.object({ file: z.string(), format: z.enum(['csv', 'json']), filter: auditFilterSchema }),
  portTest: z.null(),
} as const satisfies Record<string, z.ZodType>

export type ShareMethod = keyof typeof shareArguments
export type ShareArgument<M extends ShareMethod> = z.input<(typeof shareArguments)[M]>
export type ShareParsedArgument<M extends ShareMethod> = z.output<(typeof shareArguments)[M]>

export interface ShareResults {
  open: null
  /** `firstAccount` when there was no account and one was made. */
  start: { firstAccount: FirstAccount | null }
  stop: null
  useAgent: null
  watch: null
  kick: null
  'accounts.list': Account[]
  'accounts.add': Account
  'accounts.update': Account
  'accounts.setPassword': null
  'accounts.remove': null
  'audit.page': AuditEntry[]
  'audit.clear': { removed: number }
  'audit.export': { entries: number }
  portTest: PortTest
}

/** App -> server. */
export const shareRequestSchema = z.object({
  id: z.int().min(1),
  method: z.enum(Object.keys(shareArguments) as [ShareMethod, ...ShareMethod[]]),
  argument: z.unknown(),
})
export type ShareRequest = z.infer<typeof shareRequestSchema>

/** Server -> app. */
export type ShareMessage =
  | { type: 'answer'; id: number; ok: true; value: unknown }
  | { type: 'answer'; id: number; ok: false; error: ErrorData }
  | { type: 'event'; event: ShareEvent }

export type ShareEvent =
  | { name: 'status'; status: ShareStatus }
  /** At most two a second, and only while somebody watches; at most 1,000 of each, the newest. */
  | { name: 'live'; sessions: LiveSession[]; transfers: LiveTransfer[] }
  | { name: 'accounts-changed' }
  | { name: 'audit-changed' }
  /** Something was put into the quarantine folder. */
  | { name: 'quarantined' }
