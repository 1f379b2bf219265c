/** Runs the same tests over both databases. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest'
import { ACCOUNT_DEFAULTS, type NewAccount } from '../../../common/share.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { startMariadb, type Mariadb } from '../../../testing/mariadb.ts'
import type { ShareDatabase } from '../../audit/types.ts'
import { openShareDatabase, type ShareDatabaseOptions } from '../index.ts'

/** Tests that are not about hashes must not wait for slow ones. */
export const CHEAP = { N: 2, r: 1, p: 1 }

/** A folder that is removed at the end. */
export function testFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-share-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Opens a database that is closed at the end. */
export async function openTest(spec: string, options: ShareDatabaseOptions = {}): Promise<ShareDatabase> {
  const database = await openShareDatabase(spec, { cost: CHEAP, ...options })
  onTestFinished(() => database.close())
  return database
}

/** An account with a folder of its own. */
export function newAccount(name: string, more: Partial<NewAccount> = {}): NewAccount {
  const root = path.join(testFolder(), 'root')
  mkdirSync(root)
  return { ...ACCOUNT_DEFAULTS, name, password: 'correct horse', root, ...more }
}

/** @param body gets what gives the address of a new, empty database */
export function describeDatabases(title: string, body: (newSpec: () => string) => void): void {
  describe(`${title}, in SQLite`, () => {
    body(() => `sqlite:${path.join(testFolder(), 'share.db')}`)
  })
  describeWith(['mariadb'], `${title}, in MariaDB`, () => {
    let mariadb: Mariadb | undefined
    beforeAll(async () => {
      mariadb = await startMariadb()
    }, 90_000)
    afterAll(async () => await mariadb?.stop())
    body(() => {
      if (mariadb === undefined) throw new Error('MariaDB is not there')
      return mariadb.newDatabase()
    })
  })
}
