import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { AuditEntry } from '../../common/share.ts'
import type { TestFtpServer, TestFtpServerOptions } from '../../testing/ftp-server.ts'
import { testOnPosix } from '../../testing/test-unless.ts'
import { testFolder } from '../database/test/databases.ts'
import { greeted, loggedIn, start } from './data-client.ts'

async function noted(server: TestFtpServer, kind: AuditEntry['kind']): Promise<AuditEntry[]> {
  await server.database.audit.flush()
  return await server.database.audit.page({ kinds: [kind], limit: 100 })
}

/** A server that makes accounts, and the folder it makes theirs in. */
async function serveSignUp(
  signUp: { perDay?: number; role?: 'reader' | 'writer' } = {},
  config: TestFtpServerOptions['config'] = {},
): Promise<{ server: TestFtpServer; folder: string }> {
  const folder = testFolder()
  const server = await start({ config: { ...config, signUp: { enabled: true, folder, perDay: 100, ...signUp } } })
  return { server, folder }
}

test('SITE HELP lists what there is, sign-up only where it is allowed', async () => {
  const closed = await greeted(await start())
  expect(await closed.command('SITE HELP')).toMatchObject({ code: 214 })
  const reply = await closed.command('site help')
  expect(reply.lines.join('\n')).toContain('SITE AUDIT')
  expect(reply.lines.join('\n')).not.toContain('SIGNUP')
  const open = await greeted((await serveSignUp()).server)
  expect((await open.command('SITE HELP')).lines.join('\n')).toContain('SITE SIGNUP name password')
})

test('what is not known is 504, what needs a login 530, what needs a right 550', async () => {
  const server = await start({ accounts: [{ name: 'anna', role: 'reader' }] })
  const stranger = await greeted(server)
  expect(await stranger.command('SITE EXEC rm -rf /')).toMatchObject({ code: 504 })
  for (const command of ['CHMOD 600 a', 'UTIME 20200101000000 a', 'AUDIT', 'AUDIT CLEAR'])
    expect(await stranger.command(`SITE ${command}`)).toMatchObject({ code: 530 })
  const reader = await loggedIn(server)
  for (const command of ['CHMOD 600 a', 'UTIME 20200101000000 a', 'AUDIT', 'AUDIT CLEAR'])
    expect(await reader.command(`SITE ${command}`)).toMatchObject({ code: 550 })
  expect((await noted(server, 'refused')).length).toBeGreaterThanOrEqual(4)
})

test('who tries what the account has no right to is noted', async () => {
  const server = await start({ accounts: [{ name: 'anna', role: 'reader' }] })
  const reader = await loggedIn(server)
  for (const command of ['DELE a\u202eb', 'STOR a', 'RNFR a', 'MKD a', 'NOOP'])
    expect(await reader.command(command)).toMatchObject({ code: command === 'NOOP' ? 200 : 550 })
  const entries = await noted(server, 'refused')
  expect(
    entries
      .map(({ account, detail }) => [account, detail])
      .toSorted((a, b) => String(a[1]).localeCompare(String(b[1]))),
  ).toEqual([
    ['anna', expect.stringMatching(/^DELE a[^\u202e]+b: needs the right "delete"$/)],
    ['anna', 'MKD a: needs the right "mkdir"'],
    ['anna', 'RNFR a: needs the right "rename"'],
    ['anna', 'STOR a: needs the right "write"'],
  ])
})

test('a session that is refused all the time does not push out what others did', async () => {
  const server = await start({ accounts: [{ name: 'anna', role: 'reader' }] })
  const reader = await loggedIn(server)
  for (let at = 0; at < 150; at++) expect((await reader.command(`DELE ${at}`)).code).toBe(550)
  const details = (await noted(server, 'refused')).map(({ detail }) => detail)
  expect(details).toHaveLength(100)
  expect(details).toContain('DELE 98: needs the right "delete"')
  expect(details).toContain('What else is refused in this session is not noted.')
})

test('SITE AUDIT shows superusers the newest entries, so many or such with a text, and clears them', async () => {
  const server = await start({ accounts: [{ name: 'boss', role: 'superuser' }] })
  for (let at = 0; at < 250; at++)
    server.database.audit.add({
      kind: 'upload',
      outcome: 'ok',
      account: 'anna',
      path: `/file ${at}\r\n550 x`,
      bytes: at,
    })
  const client = await loggedIn(server)
  const lines = async (command: string): Promise<string[]> => {
    const reply = await client.command(command)
    expect(reply.code).toBe(211)
    return reply.lines.slice(1, -1)
  }
  expect(await lines('SITE AUDIT')).toHaveLength(20)
  const [line, ...rest] = await lines('SITE AUDIT 3 FILE 249')
  expect(rest).toEqual([])
  expect(line).toMatch(/^ \d{4}-\S+Z upload ok anna - \/file 249<U\+000D><U\+000A>550 x 249 bytes$/)
  expect(await lines('SITE AUDIT 999999999')).toHaveLength(200)
  expect(await lines('SITE AUDIT 0')).toHaveLength(1)
  expect(await lines('SITE AUDIT 1 anna')).toHaveLength(1)
  expect(await lines("SITE AUDIT ' OR 1=1 --")).toEqual([])
  expect((await client.command('SITE AUDIT CLEAR file 1')).lines).toEqual(['200 Removed 111 entries.'])
  expect((await client.command('SITE AUDIT clear')).code).toBe(200)
  const left = await server.database.audit.page({ limit: 100 })
  expect(left).toMatchObject([{ kind: 'audit-cleared', account: 'boss', address: '127.0.0.1' }])
})

test('SITE SIGNUP makes an account with a folder of its own, which can log in', async () => {
  const { server, folder } = await serveSignUp({ role: 'writer' })
  const client = await greeted(server, { secure: true })
  expect(await client.command('SITE SIGNUP Zoë my long pass phrase')).toMatchObject({ code: 200 })
  expect(await server.database.accounts.find('zoë')).toMatchObject({
    name: 'Zoë',
    role: 'writer',
    root: path.join(folder, 'Zoë'),
    quotaBytes: 1024 ** 3,
  })
  if (process.platform !== 'win32') expect(statSync(path.join(folder, 'Zoë')).mode & 0o777).toBe(0o700)
  await client.command('USER zoë')
  expect(await client.command('PASS my long pass phrase')).toMatchObject({ code: 230 })
  expect(await client.command('SITE SIGNUP another one of mine')).toMatchObject({ code: 503 })
  expect(await noted(server, 'sign-up')).toMatchObject([{ outcome: 'ok', account: 'Zoë', address: '127.0.0.1' }])
  expect(server.lines().join('\n')).not.toContain('pass phrase')
})

test('SITE SIGNUP is refused where it is not allowed, without TLS, and for what is no name', async () => {
  const closed = await greeted(await start(), { secure: true })
  expect(await closed.command('SITE SIGNUP anna correct horse')).toMatchObject({ code: 550 })
  const { server, folder } = await serveSignUp()
  const plain = await greeted(server)
  expect(await plain.command('SITE SIGNUP anna correct horse')).toMatchObject({ code: 534 })
  const client = await greeted(server, { secure: true })
  const before = (await server.database.accounts.list()).length
  for (const bad of [
    '',
    'anna',
    'anna ',
    'anna short',
    '../anna correct horse',
    '/etc correct horse',
    '. correct horse',
  ])
    expect(await client.command(`SITE SIGNUP ${bad}`.trimEnd()), bad).toMatchObject({ code: 501 })
  for (const bad of ['CON correct horse', 'ftp correct horse', 'Anonymous correct horse', 'SLUICE correct horse'])
    expect(await client.command(`SITE SIGNUP ${bad}`), bad).toMatchObject({ code: 553 })
  expect(readdirSync(folder)).toEqual([])
  expect(await server.database.accounts.list()).toHaveLength(before)
})

test('SITE SIGNUP goes without TLS only where the server has none', async () => {
  const { server } = await serveSignUp({}, { tls: { mode: 'off' } })
  const client = await greeted(server)
  expect(await client.command('SITE SIGNUP anna correct horse')).toMatchObject({ code: 200 })
})

testOnPosix('a folder or link that is there already is not given away', async () => {
  const { server, folder } = await serveSignUp()
  const elsewhere = testFolder()
  mkdirSync(path.join(folder, 'kept'))
  symlinkSync(elsewhere, path.join(folder, 'link'))
  symlinkSync(path.join(elsewhere, 'nowhere'), path.join(folder, 'dangling'))
  const client = await greeted(server, { secure: true })
  for (const name of ['kept', 'link', 'dangling'])
    expect(await client.command(`SITE SIGNUP ${name} correct horse`)).toMatchObject({ code: 553 })
  expect(readdirSync(elsewhere)).toEqual([])
  expect(await server.database.accounts.list()).toHaveLength(1)
})

test('two who ask for one name at once: one gets it', async () => {
  const { server, folder } = await serveSignUp()
  const clients = await Promise.all([
    greeted(server, { secure: true }),
    greeted(server, { secure: true }),
    greeted(server, { secure: true }),
  ])
  const replies = await Promise.all(
    clients.map(async (client) => await client.command('SITE SIGNUP anna correct horse')),
  )
  expect(replies.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([200, 553, 553])
  expect(readdirSync(folder)).toEqual(['anna'])
})

test('an address may make so many accounts a day; one that was refused does not count', async () => {
  const { server } = await serveSignUp({ perDay: 2 })
  const client = await greeted(server, { secure: true })
  expect(await client.command('SITE SIGNUP one correct horse')).toMatchObject({ code: 200 })
  expect(await client.command('SITE SIGNUP one correct horse')).toMatchObject({ code: 553 })
  expect(await client.command('SITE SIGNUP two correct horse')).toMatchObject({ code: 200 })
  expect(await client.command('SITE SIGNUP three correct horse')).toMatchObject({ code: 550 })
  expect(await server.database.accounts.find('three')).toBeNull()
  const [last] = await noted(server, 'sign-up')
  expect(last).toMatchObject({ outcome: 'refused', account: 'three' })
})

test('who has an account cannot be asked for without end', async () => {
  const { server } = await serveSignUp({}, { limits: { failedLogins: 2 } })
  const client = await greeted(server, { secure: true })
  expect(await client.command('SITE SIGNUP sluice correct horse')).toMatchObject({ code: 553 })
  expect(await client.command('SITE SIGNUP Sluice correct horse')).toMatchObject({ code: 553 })
  expect(await client.command('SITE SIGNUP sluice correct horse')).toMatchObject({ code: 421 })
})

test('a folder for accounts that has gone is told to the log, not to the client', async () => {
  const folder = testFolder()
  const gone = path.join(folder, 'later')
  const server = await start({ config: { signUp: { enabled: true, folder: gone } } })
  const client = await greeted(server, { secure: true })
  const reply = await client.command('SITE SIGNUP anna correct horse')
  expect(reply.code).toBe(550)
  expect(reply.lines.join('')).not.toContain(folder)
  const [entry] = await noted(server, 'sign-up')
  expect(entry).toMatchObject({ outcome: 'failed' })
  expect(entry?.detail).toContain(gone)
  expect(existsSync(gone)).toBe(false)
})
