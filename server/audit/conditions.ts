/** A filter as the condition of a statement. */
import type { AuditFilter } from '../../common/share.ts'
import { accountKey } from '../accounts/names.ts'
import type { SqlValue } from '../database/sql.ts'
import { folded } from './rows.ts'

export interface Condition {
  /** Begins with " AND", or is empty. */
  sql: string
  values: readonly SqlValue[]
}

/** Filters come from outside; `undefined` stands for what is left out. */
type LooseFilter = { [K in keyof AuditFilter]?: AuditFilter[K] | undefined }

function among(column: string, values: readonly string[]): Condition {
  // Nothing is among nothing.
  if (values.length === 0) return { sql: ' AND 1 = 0', values: [] }
  return { sql: ` AND ${column} IN (${values.map(() => '?').join(', ')})`, values }
}

/** What passes the filter; texts are compared alike in all databases, since they were folded before they were written. */
export function conditionOf(filter: LooseFilter): Condition {
  const parts: Condition[] = []
  const add = (sql: string, value: SqlValue): void => void parts.push({ sql: ` AND ${sql}`, values: [value] })
  if (filter.kinds !== undefined) parts.push(among('kind', filter.kinds))
  if (filter.outcomes !== undefined) parts.push(among('outcome', filter.outcomes))
  if (filter.account !== undefined) add('account_key = ?', accountKey(filter.account).toWellFormed())
  if (filter.address !== undefined) add('address = ?', filter.address.toWellFormed())
  if (filter.from !== undefined) add('time >= ?', filter.from)
  if (filter.to !== undefined) add('time < ?', filter.to)
  if (filter.text !== undefined && filter.text !== '') add('INSTR(search, ?) > 0', folded(filter.text).toWellFormed())
  return { sql: parts.map(({ sql }) => sql).join(''), values: parts.flatMap(({ values }) => values) }
}

/** For people: what was asked for. */
export function filterInWords(filter: LooseFilter): string {
  const date = (ms: number): string => new Date(ms).toISOString()
  const words = [
    filter.text !== undefined && filter.text !== '' && `text "${filter.text}"`,
    filter.kinds !== undefined && `kinds ${filter.kinds.join(', ')}`,
    filter.outcomes !== undefined && `outcomes ${filter.outcomes.join(', ')}`,
    filter.account !== undefined && `account ${filter.account}`,
    filter.address !== undefined && `address ${filter.address}`,
    filter.from !== undefined && `from ${date(filter.from)}`,
    filter.to !== undefined && `before ${date(filter.to)}`,
  ].filter((part) => part !== false)
  return words.length === 0 ? 'everything' : words.join('; ')
}
