import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { testAsUser, testOnPosix } from '../../../testing/test-unless.ts'
import { openShareDatabase } from '../index.ts'
import { migrate } from '../migrations.ts'
import { NotUniqueError } from '../sql.ts'
import { openSqlite } from '../sqlite.ts'
import { newAccount, openTest, testFolder } from './databases.ts'

testOnPosix('the file is its owner’s alone, with all that lies beside it, also one that was there before', async () => {
  const folder = testFolder()
  const fresh = path.join(folder, 'new', 'share.db')
  const known = path.join(folder, 'known.db')
  writeFileSync(known, '')
  chmodSync(known, 0o644)
  for (const file of [fresh, known]) {
    const { audit } = await openTest(`sqlite:${file}`)
    audit.add({ kind: 'server-started', outcome: 'ok' })
    await audit.flush()
    for (const each of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(each).mode & 0o777, each).toBe(0o600)
  }
  expect(statSync(path.join(folder, 'new')).mode & 0o777).toBe(0o700)
})

test('what is no database, or cannot be one, is named', async () => {
  const folder = testFolder()
  const junk = path.join(folder, 'junk')
  writeFileSync(junk, 'This is no database.'.repeat(100))
  const loop = path.join(folder, 'loop')
  symlinkSync(loop, loop)
  for (const file of [junk, folder, loop, path.join(junk, 'share.db')])
    await expect(openShareDatabase(`sqlite:${file}`)).rejects.toMatchObject({
      code: 'local-io',
      message: expect.stringContaining(file) as string,
    })
  for (const spec of ['', 'sqlite:', 'sqlite', junk, 'mysql:', 'mongodb://x'])
    await expect(openShareDatabase(spec), spec).rejects.toMatchObject({ code: 'bad-argument' })
})

testAsUser('a folder that may not be written to is told', async () => {
  const folder = testFolder()
  chmodSync(folder, 0o555)
  await expect(openShareDatabase(`sqlite:${path.join(folder, 'share.db')}`)).rejects.toMatchObject({ code: 'local-io' })
})

test('databases in memory are each their own', async () => {
  const [one, two] = await Promise.all([openTest('sqlite::memory:'), openTest('sqlite::memory:')])
  await one.accounts.add(newAccount('anna'))
  expect(await two.accounts.list()).toEqual([])
})

test('a schema of a newer program is refused, and left as it is', async () => {
  const file = path.join(testFolder(), 'share.db')
  await (await openTest(`sqlite:${file}`)).close()
  const db = new DatabaseSync(file)
  db.exec('INSERT INTO share_schema (version) VALUES (99)')
  db.close()
  await expect(openShareDatabase(`sqlite:${file}`)).rejects.toMatchObject({
    code: 'unsupported',
    message: `The database ${file} has schema version 99, and this program knows only 1. Update this program, or choose another database.`,
  })
})

test('a migration that fails leaves nothing of itself', async () => {
  const database = openSqlite(':memory:')
  onTestFinished(() => database.close())
  const good = (): string[] => ['CREATE TABLE one (a INTEGER)']
  await migrate(database, [good])
  await expect(migrate(database, [good, () => ['CREATE TABLE two (a INTEGER)', 'NO SQL']])).rejects.toThrow(/NO/)
  expect(await database.all("SELECT name FROM sqlite_schema WHERE name IN ('one', 'two')")).toEqual([{ name: 'one' }])
  await migrate(database, [good, () => ['CREATE TABLE two (a INTEGER)']])
  expect(await database.all('SELECT MAX(version) AS version FROM share_schema')).toEqual([{ version: 2 }])
})

test('a transaction is all or nothing, and nobody sees half of it', async () => {
  const database = openSqlite(':memory:')
  onTestFinished(() => database.close())
  await database.run('CREATE TABLE t (a INTEGER UNIQUE)')
  const seen: number[] = []
  const failing = database.transaction(async (sql) => {
    await sql.run('INSERT INTO t VALUES (?)', [1])
    await new Promise((resolve) => setImmediate(resolve))
    await sql.run('INSERT INTO t VALUES (?)', [1])
  })
  const reading = database.all('SELECT * FROM t').then((rows) => seen.push(rows.length))
  await expect(failing).rejects.toThrow(NotUniqueError)
  await reading
  expect(seen).toEqual([0])
  expect(await database.run('INSERT INTO t VALUES (?)', [2])).toEqual({ changes: 1, id: 1 })
})

test('another process that has the file is waited for, without stopping this one', async () => {
  const file = path.join(testFolder(), 'share.db')
  const { accounts } = await openTest(`sqlite:${file}`)
  // Keeps the file until it hears something.
  const script = `
    const { DatabaseSync } = require('node:sqlite')
    const db = new DatabaseSync(process.argv[1])
    db.exec('BEGIN IMMEDIATE')
    console.log('has it')
    process.stdin.once('data', () => { db.exec('COMMIT'); process.exit() })`
  const holder = spawn(process.execPath, ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void holder.kill())
  await once(holder.stdout, 'data')
  let added = false
  const adding = accounts.add(newAccount('anna')).then(() => (added = true))
  for (let turns = 0; turns < 100; turns++) await new Promise((resolve) => setImmediate(resolve))
  expect(added).toBe(false)
  holder.stdin.write('x')
  await adding
  expect(await accounts.list()).toHaveLength(1)
})

test('eight that start at once on a new file make the schema once', async () => {
  const folder = testFolder()
  mkdirSync(folder, { recursive: true })
  const spec = `sqlite:${path.join(folder, 'share.db')}`
  const [first] = await Promise.all(Array.from({ length: 8 }, async () => await openTest(spec)))
  await first?.accounts.add(newAccount('anna'))
  const db = new DatabaseSync(path.join(folder, 'share.db'))
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT version FROM share_schema').all()).toHaveLength(1)
})

test('what is asked of a closed database is an error that says so', async () => {
  const database = await openTest('sqlite::memory:')
  await database.close()
  await database.close()
  await expect(database.accounts.list()).rejects.toMatchObject({ code: 'interrupted' })
})
