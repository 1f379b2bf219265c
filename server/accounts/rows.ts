/** Accounts as rows. */
import { rightSchema, roleSchema, type Account, type AccountChanges } from '../../common/share.ts'
import { numberOf, numberOrNull, textOf, type SqlRow, type SqlValue } from '../database/sql.ts'

/** Column of each thing that can be changed, and how it is written. */
const COLUMNS: { [K in keyof AccountChanges]: [column: string, write: (value: AccountChanges[K]) => SqlValue] } = {
  role: ['role', (value) => value],
  rights: ['rights', (value) => [...new Set(value)].join(',')],
  root: ['root', (value) => value],
  homeShown: ['home_shown', Number],
  quotaBytes: ['quota_bytes', (value) => value],
  quotaFiles: ['quota_files', (value) => value],
  uploadRate: ['upload_rate', (value) => value],
  downloadRate: ['download_rate', (value) => value],
  enabled: ['enabled', Number],
}

function cell<K extends keyof AccountChanges>(key: K, value: AccountChanges[K]): [string, SqlValue] {
  const [column, write] = COLUMNS[key]
  return [column, write(value)]
}

/** Columns and values of what is given. */
export function cellsOf(changes: { [K in keyof AccountChanges]?: AccountChanges[K] | undefined }): [
  string,
  SqlValue,
][] {
  return (Object.keys(COLUMNS) as (keyof AccountChanges)[]).flatMap((key) => {
    const value = changes[key]
    return value === undefined ? [] : [cell(key, value)]
  })
}

/** @throws Error when the row was changed by hand to something that is no account */
export function accountOf(row: SqlRow): Account {
  const rights = textOf(row, 'rights')
  return {
    id: numberOf(row, 'id'),
    name: textOf(row, 'name'),
    role: roleSchema.parse(row['role']),
    rights: rightSchema.array().parse(rights === '' ? [] : rights.split(',')),
    root: textOf(row, 'root'),
    homeShown: numberOf(row, 'home_shown') !== 0,
    quotaBytes: numberOrNull(row, 'quota_bytes'),
    quotaFiles: numberOrNull(row, 'quota_files'),
    uploadRate: numberOrNull(row, 'upload_rate'),
    downloadRate: numberOrNull(row, 'download_rate'),
    enabled: numberOf(row, 'enabled') !== 0,
    createdAt: numberOf(row, 'created_at'),
    lastLoginAt: numberOrNull(row, 'last_login_at'),
  }
}
