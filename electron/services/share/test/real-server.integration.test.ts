/** The app's part of sharing with the real server process, real clients and a real scanner. */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ACCOUNT_DEFAULTS, type FirstAccount } from '../../../../common/share.ts'
import type { Entry } from '../../../../common/models.ts'
import { startClamd } from '../../../../testing/clamd.ts'
import { describeWith } from '../../../../testing/describe-with.ts'
import { eicar } from '../../../../testing/eicar.ts'
import { peer } from '../../../../testing/peers.ts'
import { testOnPosix } from '../../../../testing/test-unless.ts'
import type { FtpClient } from '../../../ftp/index.ts'
import { configFor, portOf, startShareWorld } from './share-environment.ts'

const LIMIT = 60_000

async function namesIn(client: FtpClient, path: string): Promise<string[]> {
  const entries: Entry[] = []
  for await (const batch of client.list(path)) entries.push(...batch)
  return entries.map(({ name }) => name).sort()
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes
}

/** Lists the share's top folder. */
async function curl(port: number, { name, password }: FirstAccount): Promise<string> {
  const args = ['--silent', '--show-error', '--ssl-reqd', '--insecure', '--list-only', '--max-time', '20']
  const { stdout } = await promisify(execFile)(peer('curl'), [
    ...args,
    '--user',
    `${name}:${password}`,
    `ftp://127.0.0.1:${port}/`,
  ])
  return stdout
}

test(
  '"try it": connected without a question, and the person’s own share is not there yet',
  { timeout: LIMIT },
  async () => {
    const { share, core, questions, dataFolder, processes } = await startShareWorld()
    expect(await share.tryOut()).toMatchObject({ state: 'connected', tls: expect.stringMatching(/^TLS/) })
    expect(questions).toEqual([])
    expect(await core.session.run((client) => namesIn(client, '/'))).toContain('Welcome.txt')
    expect(share.state().status).toEqual({ state: 'stopped' })
    expect(readdirSync(dataFolder)).not.toContain('share.json')
    expect(readdirSync(join(dataFolder, 'share'))).toEqual(['try-it'])

    // A crash: the session finds it again at the same place, with the same account and certificate.
    const [first] = processes
    const { port } = core.session.endpoint
    first?.kill()
    await vi.waitFor(() => expect(core.session.state.state).toBe('lost'))
    await vi.waitFor(() => expect(processes).toHaveLength(2), 10_000)
    await vi.waitFor(() => core.session.reconnect(), { timeout: 20_000, interval: 200 })
    expect(core.session.endpoint.port).toBe(port)
    expect(questions).toEqual([])
  },
)

describeWith(['clamd'], 'with a scanner', () => {
  test('an infected upload is refused at the door and shows in the quarantine', { timeout: LIMIT }, async () => {
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const agent = { mode: 'own', engine: 'clamd', clamd: clamd.socket } as const
    const { share, core, dataFolder, quarantined } = await startShareWorld({ agent, startAgent: true })
    await share.tryOut()
    const upload = (path: string, bytes: Buffer) =>
      core.session.run((client) => client.upload(path, oneChunk(bytes), { type: 'binary' }))
    await upload('/fine.txt', Buffer.from('fine'))
    expect(readFileSync(join(dataFolder, 'try-it/fine.txt'), 'utf8')).toBe('fine')
    await expect(upload('/bad.com', eicar())).rejects.toMatchObject({
      reply: { code: 550, text: expect.stringMatching(/Eicar/) },
    })
    expect(readdirSync(join(dataFolder, 'try-it'))).not.toContain('bad.com')
    expect(quarantined()).toBe(1)
    expect(await core.gate.quarantine.list()).toMatchObject([
      { name: 'bad.com', signature: expect.stringMatching(/Eicar/) },
    ])

    // The agent dies and comes back elsewhere: the server is told.
    core.supervisor.restart()
    await vi.waitFor(() => upload('/again.txt', Buffer.from('again')), { timeout: 30_000, interval: 500 })
    expect(readFileSync(join(dataFolder, 'try-it/again.txt'), 'utf8')).toBe('again')
  })
})

describeWith(['curl'], 'the person’s share', () => {
  test('starts, is used, crashes, comes back, stops, and leaves no process', { timeout: LIMIT }, async () => {
    const { share, root, processes, until, events, dataFolder } = await startShareWorld()
    writeFileSync(join(root, 'hello.txt'), 'hello')
    await share.setConfig(configFor(root))
    const { firstAccount } = await share.start()
    if (!firstAccount) throw new Error('No first account was made.')
    const running = await until('running')
    expect(running).toMatchObject({
      tlsRequired: true,
      scan: true,
      fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/),
    })
    expect(await curl(portOf(running), firstAccount)).toBe('hello.txt\n')
    await expect(share.start()).rejects.toMatchObject({ code: 'bad-argument' })

    processes[0]?.kill()
    const failed = await until('failed')
    expect(failed.error.message).toContain('started again')
    expect(failed.retryAt).toBeGreaterThan(0)
    expect(await curl(portOf(await until('running')), firstAccount)).toContain('hello.txt')
    expect(processes).toHaveLength(2)

    await share.stop()
    expect(share.state().status).toEqual({ state: 'stopped' })
    expect((await share.start()).firstAccount).toBe(null)
    await share.dispose(0)
    expect(await processes[1]?.ended).toBe(0)
    expect(events.filter(({ type }) => type === 'share').length).toBeGreaterThan(5)
    if (process.platform !== 'win32') expect(statSync(join(dataFolder, 'share.json')).mode & 0o077).toBe(0)
    const rest = readdirSync(join(dataFolder, 'share'))
    const texts = rest.map((name) => readFileSync(join(dataFolder, 'share', name)).toString('latin1'))
    expect(texts.join()).not.toContain(firstAccount.password)
  })

  test('live sessions are told while somebody watches, and can be ended', { timeout: LIMIT }, async () => {
    const { share, root, core, events, until } = await startShareWorld()
    await share.setConfig(configFor(root))
    const { firstAccount } = await share.start()
    const { name: user = '', password = '' } = firstAccount ?? {}
    const status = await until('running')
    core.certificates.trust('127.0.0.1', portOf(status), status.fingerprint ?? '')
    await core.session.connect({ protocol: 'ftpes', host: '127.0.0.1', port: portOf(status), user, password })
    expect(events.some(({ type }) => type === 'share-live')).toBe(false)
    share.watch(true)
    const live = await vi.waitFor(() => {
      const event = events.findLast(({ type }) => type === 'share-live')
      if (event?.type !== 'share-live' || event.sessions.length === 0) throw new Error('Nothing yet.')
      return event
    }, 10_000)
    expect(live.sessions).toMatchObject([{ account: user, address: '127.0.0.1', tls: expect.stringMatching(/^TLS/) }])
    await share.call('kick', { session: live.sessions[0]?.id ?? 0 })
    await vi.waitFor(() => expect(core.session.state.state).toBe('lost'))
    share.watch(false)
  })

  test('accounts, audit log and its export', { timeout: LIMIT }, async () => {
    const { share, root, dataFolder, dialogs, events, processes } = await startShareWorld()
    const account = { ...ACCOUNT_DEFAULTS, root, name: 'anna', password: 'a good password' }
    const added = await share.call('accounts.add', account)
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'share-accounts')).toBe(true))
    await share.call('accounts.update', { id: added.id, changes: { role: 'writer' } })
    expect(await share.call('accounts.list', null)).toMatchObject([{ name: 'anna', role: 'writer' }])
    await expect(share.call('accounts.add', account)).rejects.toMatchObject({ code: 'bad-argument' })
    dialogs.answer = join(dataFolder, 'audit.csv')
    const exported = await share.exportAudit('csv', {})
    expect(exported?.file).toBe(dialogs.answer)
    expect(exported?.entries).toBeGreaterThan(0)
    expect(readFileSync(dialogs.answer, 'utf8')).toContain('account-added')
    await share.call('accounts.remove', { id: added.id })
    expect(await share.call('accounts.list', null)).toEqual([])
    expect(processes).toHaveLength(1)
  })

  test('a folder that is not there, and a port that is taken, are said', { timeout: LIMIT }, async () => {
    const { share, root } = await startShareWorld()
    await share.setConfig(configFor(join(root, 'gone')))
    await expect(share.start()).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringMatching(/gone/) })
    expect(share.state().status).toMatchObject({ state: 'failed', retryAt: null })
    await share.setConfig(configFor(root))
    await share.start()
    const port = portOf(share.state().status)
    const other = await startShareWorld()
    await other.share.setConfig(configFor(other.root, { port }))
    await expect(other.share.start()).rejects.toThrow(String(port))
  })

  test('people make themselves accounts where that is allowed', { timeout: LIMIT }, async () => {
    const { share, root, core, until } = await startShareWorld()
    const folder = join(root, 'people')
    mkdirSync(folder)
    const config = configFor(root)
    await share.setConfig({ ...config, signUp: { ...config.signUp, enabled: true, folder } })
    await share.start()
    const status = await until('running')
    const { session, certificates, log } = core
    certificates.trust('127.0.0.1', portOf(status), status.fingerprint ?? '')
    const request = {
      protocol: 'ftpes',
      host: '127.0.0.1',
      port: portOf(status),
      user: 'berta',
      password: 'a better password',
    } as const
    await expect(session.connect(request)).rejects.toMatchObject({ code: 'login-refused' })
    expect(session.state).toMatchObject({ state: 'disconnected', signUp: true })
    expect(await session.signUp(request)).toMatchObject({ state: 'connected', endpoint: { user: 'berta' } })
    expect(readdirSync(folder)).toEqual(['berta'])
    await session.disconnect()
    await expect(session.signUp(request)).rejects.toMatchObject({ code: 'name-refused' })
    await expect(session.signUp({ ...request, user: 'cecilia', password: 'short' })).rejects.toMatchObject({
      message: expect.stringMatching(/8 characters/),
    })
    expect(session.state).toMatchObject({ state: 'disconnected', signUp: true })
    expect(JSON.stringify(log.lines())).not.toContain('better password')
  })
})

test('a process ends with its parent’s wish', { timeout: LIMIT }, async () => {
  const { share, processes } = await startShareWorld()
  await share.call('accounts.list', null)
  await share.dispose(0)
  expect(await processes[0]?.ended).toBe(0)
})

testOnPosix('a process that hangs is ended by force', async () => {
  const { share, root, processes } = await startShareWorld()
  await share.setConfig(configFor(root))
  await share.start()
  processes[0]?.pause()
  await share.dispose(0)
  expect(await processes[0]?.ended).toBe('SIGKILL')
})
