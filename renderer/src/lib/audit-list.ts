/** The audit log as the window holds it: pages of a long list, newest first, and what is asked of the server for them. */
import {
  auditKindSchema,
  type AuditEntry,
  type AuditFilter,
  type AuditKind,
  type AuditOutcome,
} from '../../../common/share.ts'

export const AUDIT_PAGE = 200
/** Rows that are held at most, some MB; who wants to see older ones filters, or exports. */
export const AUDIT_MOST = 10_000

export interface AuditList {
  /** Newest first, without gaps. */
  entries: readonly AuditEntry[]
  /** True when the oldest one is among them. */
  complete: boolean
}

export const EMPTY_AUDIT: AuditList = { entries: [], complete: false }

/** The list with the page that follows its last entry. */
export function appendPage({ entries }: AuditList, page: readonly AuditEntry[], limit = AUDIT_PAGE): AuditList {
  const last = entries.at(-1)?.id ?? Infinity
  return bounded({ entries: [...entries, ...page.filter(({ id }) => id < last)], complete: page.length < limit })
}

/**
 * The list with what is new. What was fetched before stays, so that nobody loses their place, unless there is a gap
 * between (much happened) or some of it is gone (the log was cleared).
 * @param page the newest entries
 */
export function mergeNewest(list: AuditList, page: readonly AuditEntry[], limit = AUDIT_PAGE): AuditList {
  const full = page.length >= limit
  const replaced = { entries: page, complete: !full }
  const oldest = full ? (page.at(-1)?.id ?? 0) : 0
  const top = list.entries[0]?.id ?? 0
  if (full && oldest > top) return replaced
  const ids = new Set(page.map(({ id }) => id))
  const overlap = list.entries.filter(({ id }) => id >= oldest)
  if (overlap.some(({ id }) => !ids.has(id))) return replaced
  const added = page.filter(({ id }) => id > top)
  return added.length === 0
    ? { entries: list.entries, complete: list.complete || !full }
    : bounded({ entries: [...added, ...list.entries], complete: list.complete || !full })
}

const bounded = (list: AuditList): AuditList =>
  list.entries.length <= AUDIT_MOST ? list : { entries: list.entries.slice(0, AUDIT_MOST), complete: false }

export const KIND_NAMES: Record<AuditKind, string> = {
  'server-started': 'Server started',
  'server-stopped': 'Server stopped',
  login: 'Login',
  'login-failed': 'Login refused',
  logout: 'Logout',
  banned: 'Shut out',
  upload: 'Upload',
  download: 'Download',
  delete: 'Delete',
  rename: 'Rename',
  mkdir: 'New folder',
  rmdir: 'Folder removed',
  attributes: 'Time or rights set',
  refused: 'Not allowed',
  kicked: 'Disconnected',
  'sign-up': 'Sign-up',
  'account-added': 'Account added',
  'account-changed': 'Account changed',
  'account-removed': 'Account removed',
  'password-changed': 'Password changed',
  'audit-cleared': 'Log cleared',
  'audit-lost': 'Entries lost',
}

export const OUTCOME_NAMES: Record<AuditOutcome, string> = {
  ok: 'Done',
  refused: 'Refused',
  failed: 'Failed',
  blocked: 'Blocked',
}

/** Kinds under one heading; the filter offers a heading as a whole, and each kind. */
export const KIND_GROUPS: readonly { name: string; kinds: readonly AuditKind[] }[] = [
  { name: 'Logins', kinds: ['login', 'login-failed', 'logout', 'banned', 'kicked'] },
  { name: 'Transfers', kinds: ['upload', 'download'] },
  { name: 'Changes', kinds: ['delete', 'rename', 'mkdir', 'rmdir', 'attributes', 'refused'] },
  {
    name: 'Accounts',
    kinds: ['sign-up', 'account-added', 'account-changed', 'account-removed', 'password-changed'],
  },
  { name: 'Server', kinds: ['server-started', 'server-stopped', 'audit-cleared', 'audit-lost'] },
]

/** What the person chose. `kind`: '' for all, a heading's name or one kind. */
export interface AuditChoice {
  text: string
  kind: string
  outcome: AuditOutcome | ''
}

export const ALL_AUDIT: AuditChoice = { text: '', kind: '', outcome: '' }

export function filterOf({ text, kind, outcome }: AuditChoice): AuditFilter {
  const group = KIND_GROUPS.find(({ name }) => name === kind)
  const one = auditKindSchema.safeParse(kind)
  const kinds = group ? [...group.kinds] : one.success ? [one.data] : []
  return {
    ...(text.trim() === '' ? {} : { text: text.trim().slice(0, 1024) }),
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(outcome === '' ? {} : { outcomes: [outcome] }),
  }
}

export const isFiltered = (choice: AuditChoice): boolean => Object.keys(filterOf(choice)).length > 0
