/** The schema, in numbered steps that are never changed once they are out: a new step is added instead. */
import { SluiceError } from '../../common/errors.ts'
import { numberOf, type Dialect, type SqlDatabase } from './sql.ts'

/** Longest texts in characters; what is longer is cut before it is written. */
export const WIDTHS = {
  account: 255,
  address: 64,
  path: 4096,
  signature: 255,
  detail: 1024,
  /** All of an entry that can be searched, folded; which can make it longer. */
  search: 12_000,
} as const

/**
 * MySQL cannot undo the making of a table, so a step that was cut short is run again: its statements must do nothing
 * where they were done before.
 */
type Migration = (dialect: Dialect) => string[]

const MIGRATIONS: readonly Migration[] = [
  ({ serial, integer, text, table }) => [
    ...table(
      'share_accounts',
      [
        `id ${serial}`,
        `name ${text(64)} NOT NULL`,
        // What names are compared by: see accounts/names.ts.
        `name_key ${text(WIDTHS.account)} NOT NULL UNIQUE`,
        `password ${text(255)} NOT NULL`,
        `role ${text(16)} NOT NULL`,
        `rights ${text(255)} NOT NULL`,
        `root ${text(32_768)} NOT NULL`,
        `home_shown ${integer} NOT NULL`,
        `quota_bytes ${integer}`,
        `quota_files ${integer}`,
        `upload_rate ${integer}`,
        `download_rate ${integer}`,
        `enabled ${integer} NOT NULL`,
        `created_at ${integer} NOT NULL`,
        `last_login_at ${integer}`,
      ],
      {},
    ),
    ...table(
      'share_audit',
      [
        `id ${serial}`,
        `time ${integer} NOT NULL`,
        `kind ${text(32)} NOT NULL`,
        `outcome ${text(16)} NOT NULL`,
        `account ${text(WIDTHS.account)}`,
        `account_key ${text(WIDTHS.account)}`,
        `address ${text(WIDTHS.address)}`,
        `path ${text(WIDTHS.path)}`,
        `target ${text(WIDTHS.path)}`,
        `bytes ${integer}`,
        `ms ${integer}`,
        `verdict ${text(16)}`,
        `signature ${text(WIDTHS.signature)}`,
        `detail ${text(WIDTHS.detail)}`,
        `search ${text(WIDTHS.search)} NOT NULL`,
      ],
      {
        share_audit_time: 'time, id',
        share_audit_account: 'account_key, id',
        share_audit_address: 'address, id',
        share_audit_kind: 'kind, id',
      },
    ),
  ],
]

/**
 * Brings the schema to the newest version. Safe when several servers do it at once.
 * @throws SluiceError unsupported when a newer program has changed the schema
 */
export async function migrate(database: SqlDatabase, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await database.exclusive(async (sql) => {
    for (const statement of database.dialect.table(
      'share_schema',
      [`version ${database.dialect.integer} NOT NULL`],
      {},
    ))
      await sql.run(statement)
    const [row] = await sql.all('SELECT MAX(version) AS version FROM share_schema')
    const version = row === undefined || row['version'] === null ? 0 : numberOf(row, 'version')
    if (version > migrations.length) {
      throw new SluiceError(
        'unsupported',
        `The database ${database.name} has schema version ${version}, and this program knows only ${migrations.length}. Update this program, or choose another database.`,
      )
    }
    for (const [at, migration] of migrations.entries()) {
      if (at < version) continue
      for (const statement of migration(database.dialect)) await sql.run(statement)
      await sql.run('INSERT INTO share_schema (version) VALUES (?)', [at + 1])
    }
  })
}
