/** Entries of the audit log as rows. */
import { printableText } from '../../common/safe-name.ts'
import { auditKindSchema, auditOutcomeSchema, type AuditEntry } from '../../common/share.ts'
import { accountKey } from '../accounts/names.ts'
import { WIDTHS } from '../database/migrations.ts'
import { numberOf, numberOrNull, textOrNull, type SqlRow, type SqlValue } from '../database/sql.ts'
import type { NewAuditEntry } from './types.ts'

export const COLUMNS = [
  'time',
  'kind',
  'outcome',
  'account',
  'account_key',
  'address',
  'path',
  'target',
  'bytes',
  'ms',
  'verdict',
  'signature',
  'detail',
  'search',
] as const

/** What was noted, ready to be written: bounded, and without characters that do harm where it is shown. */
export type WaitingEntry = readonly SqlValue[]

/** Any case, and all forms of a letter, are one for the search. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function clean(text: string | null | undefined, width: number): string | null {
  if (text === null || text === undefined) return null
  // Twice: what is cut first is never looked at, and code points written out are longer than what they stand for.
  const printable = printableText(text, width - 3)
  return printable.length > width ? `${printable.slice(0, width - 3).toWellFormed()}...` : printable
}

function whole(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : Math.round(value)
}

/** An entry's row, its texts cut to their widths. @param time ms since the epoch */
export function rowOf(entry: NewAuditEntry, time: number): WaitingEntry {
  const account = clean(entry.account, WIDTHS.account)
  const address = clean(entry.address, WIDTHS.address)
  const path = clean(entry.path, WIDTHS.path)
  const target = clean(entry.target, WIDTHS.path)
  const signature = clean(entry.signature, WIDTHS.signature)
  const detail = clean(entry.detail, WIDTHS.detail)
  const search = [account, address, path, target, signature, detail].filter((text) => text !== null).join('\n')
  return [
    time,
    entry.kind,
    entry.outcome,
    account,
    account === null ? null : accountKey(account).slice(0, WIDTHS.account).toWellFormed(),
    address,
    path,
    target,
    whole(entry.bytes),
    whole(entry.ms),
    entry.verdict ?? null,
    signature,
    detail,
    folded(search).slice(0, WIDTHS.search).toWellFormed(),
  ]
}

/** Characters a waiting entry takes in memory, about. */
export function weightOf(row: WaitingEntry): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)
}

/** @throws Error when the row was changed by hand to something that is no entry */
export function entryOf(row: SqlRow): AuditEntry {
  const verdict = textOrNull(row, 'verdict')
  return {
    id: numberOf(row, 'id'),
    time: numberOf(row, 'time'),
    kind: auditKindSchema.parse(row['kind']),
    outcome: auditOutcomeSchema.parse(row['outcome']),
    account: textOrNull(row, 'account'),
    address: textOrNull(row, 'address'),
    path: textOrNull(row, 'path'),
    target: textOrNull(row, 'target'),
    bytes: numberOrNull(row, 'bytes'),
    ms: numberOrNull(row, 'ms'),
    verdict: verdict === 'OK' || verdict === 'INFECTED' || verdict === 'ERROR' ? verdict : null,
    signature: textOrNull(row, 'signature'),
    detail: textOrNull(row, 'detail'),
  }
}
