import { inspect } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { startMariadb, type Mariadb, type MariadbOptions } from '../../../testing/mariadb.ts'
import { openShareDatabase } from '../index.ts'
import { openMysql } from '../mysql.ts'
import { CHEAP, newAccount, openTest } from './databases.ts'

// Each starts a MariaDB of its own, which takes seconds where others keep the machine busy.
vi.setConfig({ testTimeout: 60_000 })

async function mariadb(options?: MariadbOptions): Promise<Mariadb> {
  const server = await startMariadb(options)
  onTestFinished(() => server.stop())
  return server
}

/** The error of opening, whole, as a log might show it. */
async function refusal(spec: string): Promise<{ code: string; text: string }> {
  const error: unknown = await openShareDatabase(spec).then(
    async (database) => {
      await database.close()
      return new Error('It was opened.')
    },
    (reason: unknown) => reason,
  )
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { code, text: inspect(error, { depth: 9, showHidden: true }) }
}

describeWith(['mariadb'], 'MariaDB as the database of a share', () => {
  test('a killed server ends in clear errors, and is used again when it is back', async () => {
    const server = await mariadb()
    const { accounts, audit } = await openTest(server.newDatabase())
    const problems: string[] = []
    audit.onProblem((message) => problems.push(message))
    await accounts.add(newAccount('anna'))
    await server.kill()
    await expect(accounts.list()).rejects.toMatchObject({ code: 'connect-failed', message: /cannot be used: connect/ })
    await expect(accounts.authenticate('anna', 'correct horse')).rejects.toMatchObject({ code: 'connect-failed' })
    audit.add({ kind: 'login', outcome: 'ok', account: 'anna', detail: 'kept' })
    await expect(audit.flush()).rejects.toMatchObject({ code: 'connect-failed' })
    await expect(audit.flush()).rejects.toThrow(server.socket)
    expect(problems).toHaveLength(1)
    expect(problems.join('')).not.toContain(server.password)
    await server.restart()
    expect(await accounts.authenticate('anna', 'correct horse')).toMatchObject({ name: 'anna' })
    await audit.flush()
    expect(await audit.page({ limit: 1 })).toMatchObject([{ detail: 'kept' }])
  })

  test('a server that restarts between two requests is not noticed', async () => {
    const server = await mariadb()
    const { accounts, audit } = await openTest(server.newDatabase())
    await accounts.add(newAccount('anna'))
    await Promise.all(Array.from({ length: 20 }, async () => await accounts.list()))
    await server.kill()
    await server.restart()
    await accounts.add(newAccount('bob'))
    expect(await accounts.list()).toHaveLength(2)
    // Ended by the server, as after wait_timeout: the pool may not have seen it yet.
    for (const id of server.sql("SELECT id FROM information_schema.processlist WHERE user = 'sluice'").split('\n'))
      if (id !== '') server.sql(`KILL ${id}`)
    audit.add({ kind: 'login', outcome: 'ok' })
    await audit.flush()
    expect(await accounts.list()).toHaveLength(2)
  })

  test('a server that is there but does not answer ends in an error, and is used again when it does', async () => {
    const server = await mariadb()
    const database = openMysql(server.newDatabase(), { connectMs: 300, statementMs: 300 })
    onTestFinished(() => database.close())
    expect(await database.all('SELECT 1 AS one')).toMatchObject([{ one: 1 }])
    server.pause()
    await expect(database.all('SELECT 1 AS one')).rejects.toMatchObject({ code: 'timeout' })
    await expect(database.run('DELETE FROM nothing')).rejects.toMatchObject({ code: 'timeout' })
    server.resume()
    expect(await database.all('SELECT 2 AS two')).toMatchObject([{ two: 2 }])
    server.pause()
    // Or the test would end with a connection left.
    await database.close()
    server.resume()
  })

  test('eight servers that start at once make the schema once', async () => {
    const server = await mariadb()
    const spec = server.newDatabase()
    await Promise.all(Array.from({ length: 8 }, async () => await openTest(spec)))
    const name = new URL(spec).pathname.slice(1)
    expect(server.sql('SELECT version FROM share_schema', name)).toBe('1')
    expect(server.sql("SELECT IS_FREE_LOCK(CONCAT('sluice-', LEFT(SHA2(DATABASE(), 256), 40)))", name)).toBe('1')
  })

  test('a migration that was cut short is finished by the next start', async () => {
    const server = await mariadb()
    const spec = server.newDatabase()
    const first = await openTest(spec)
    await first.accounts.add(newAccount('anna'))
    await first.close()
    server.sql('DELETE FROM share_schema; DROP TABLE share_audit', new URL(spec).pathname.slice(1))
    const { accounts, audit } = await openTest(spec)
    expect(await accounts.list()).toHaveLength(1)
    expect(await audit.page({ limit: 1 })).toEqual([])
  })

  test('a page is read by the index, not by looking at every entry', async () => {
    const server = await mariadb()
    const spec = server.newDatabase()
    const { audit } = await openTest(spec)
    for (let at = 0; at < 3000; at++) audit.add({ kind: 'login', outcome: 'ok', account: `user${at % 100}` })
    await audit.flush()
    const database = openMysql(spec)
    onTestFinished(() => database.close())
    await database.all('ANALYZE TABLE share_audit')
    const [plan] = await database.all(
      'EXPLAIN SELECT * FROM share_audit WHERE id <= ? AND id > ? ORDER BY id DESC LIMIT 5',
      [3000, 2990],
    )
    expect(plan).toMatchObject({ key: 'PRIMARY', type: 'range' })
  })

  test('errors name the database and never its password', async () => {
    const server = await mariadb({ port: true })
    const spec = server.newDatabase()
    const database = new URL(spec).pathname.slice(1)
    const cases = [
      [spec.replace(/:[^:@]+@/, ':wrong-secret@'), 'login-refused'],
      [spec.replace(database, 'sluice_missing'), 'not-found'],
      [spec.replace(database, 'mysql'), 'login-refused'],
      [spec.replace('s.sock', 'none.sock'), 'connect-failed'],
      [`${server.byPort(spec)}?ssl=on`, 'tls-refused'],
    ] as const
    for (const [bad, code] of cases) {
      const refused = await refusal(bad)
      expect(refused.code, refused.text).toBe(code)
      for (const secret of [server.password, encodeURIComponent(server.password), 'wrong-secret'])
        expect(refused.text).not.toContain(secret)
    }
  })

  test('TLS: the certificate must be signed by the authority that is named', async () => {
    const server = await mariadb({ port: true, certificate: 'valid' })
    const spec = server.byPort(server.newDatabase()).replace('127.0.0.1', 'localhost')
    expect(await refusal(`${spec}?ssl=on`)).toMatchObject({ code: 'tls-failed' })
    const database = openMysql(`${spec}?ssl-ca=${encodeURIComponent(server.caFile)}`)
    onTestFinished(() => database.close())
    const [cipher] = await database.all("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    expect(cipher?.['Value']).toMatch(/^TLS_/)
    const { accounts } = await openTest(`${spec}?ssl-ca=${encodeURIComponent(server.caFile)}`)
    expect(await accounts.list()).toEqual([])
  })

  test('TLS: a certificate for another name, or one that has expired, is refused', async () => {
    for (const certificate of ['wrong-name', 'expired'] as const) {
      const server = await mariadb({ port: true, certificate })
      const spec = server.byPort(server.newDatabase()).replace('127.0.0.1', 'localhost')
      const refused = await refusal(`${spec}?ssl-ca=${encodeURIComponent(server.caFile)}`)
      expect(refused.code, refused.text).toBe('tls-failed')
    }
  })

  test('a hundred logins at once share few connections', async () => {
    const server = await mariadb()
    const { accounts } = await openTest(server.newDatabase(), { cost: CHEAP })
    await accounts.add(newAccount('anna'))
    const logins = Array.from({ length: 100 }, async () => await accounts.authenticate('anna', 'correct horse'))
    expect((await Promise.all(logins)).every((account) => account?.name === 'anna')).toBe(true)
    const connections = server.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'sluice'")
    expect(Number(connections)).toBeLessThanOrEqual(8)
  })
})
