/** The database of a share: accounts and audit log, in SQLite or MySQL/MariaDB. */
import { SluiceError } from '../../common/errors.ts'
import { DatabaseAccounts } from '../accounts/store.ts'
import type { ScryptCost } from '../accounts/password-hash.ts'
import type { ShareDatabase } from '../audit/types.ts'
import { DatabaseAudit } from '../audit/log.ts'
import { migrate } from './migrations.ts'
import { openSqlite } from './sqlite.ts'
import type { SqlDatabase } from './sql.ts'

export interface ShareDatabaseOptions {
  /** Of new password hashes; default: the safe one. Tests that log in a thousand times set a smaller one. */
  cost?: ScryptCost
  /** ms since the epoch; tests set their own. */
  now?: () => number
}

async function connect(spec: string): Promise<SqlDatabase> {
  if (spec.startsWith('sqlite:') && spec.length > 'sqlite:'.length) return openSqlite(spec.slice('sqlite:'.length))
  if (/^(?:mysql|mariadb):\/\//.test(spec)) {
    // Its driver takes megabytes of memory that few servers need.
    const { openMysql } = await import('./mysql.ts')
    return openMysql(spec)
  }
  throw new SluiceError(
    'bad-argument',
    'The database must be given as sqlite:FILE, sqlite::memory: or mysql://user:password@host/database.',
  )
}

/**
 * Opens a database and brings its schema to the newest version. A SQLite file and its folder are made where they are
 * not there; a MySQL database must exist.
 * @param spec `sqlite:FILE`, `sqlite::memory:`, or `mysql://user:password@host[:port]/database`
 * @throws SluiceError bad-argument: not such a spec; unsupported: a newer program's schema; local-io, connect-failed,
 * login-refused, tls-refused: it cannot be opened
 */
export async function openShareDatabase(spec: string, options: ShareDatabaseOptions = {}): Promise<ShareDatabase> {
  const database = await connect(spec)
  try {
    await migrate(database)
  } catch (error) {
    await database.close()
    throw error
  }
  const { now = Date.now } = options
  const audit = new DatabaseAudit(database, { now })
  const accounts = new DatabaseAccounts(database, {
    now,
    onProblem: (message) => audit.tell(message),
    ...(options.cost === undefined ? {} : { cost: options.cost }),
  })
  return {
    accounts,
    audit,
    close: async () => {
      await audit.close()
      await database.close()
    },
  }
}
