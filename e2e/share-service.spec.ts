/** The share under the window: its process, what becomes of it in a crash and at the end, and the server to try. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { ShareState } from '../common/ipc.ts'
import { shareConfigSchema } from '../common/share.ts'
import { eicar } from '../testing/eicar.ts'
import { peer } from '../testing/peers.ts'
import { invoke, listen, valueOf } from './bridge.ts'
import { curl, curlArguments, type Login } from './curl.ts'
import { answerFileDialogs, noteProcesses } from './fixture.ts'
import { expect, test } from './main-job-fixture.ts'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const refused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('error', () => resolve(true))
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
  })

const portOf = ({ status }: ShareState): number => {
  const port = status.state === 'running' ? status.addresses.find(({ implicit }) => !implicit)?.port : undefined
  if (port === undefined) throw new Error(`The share is ${status.state}.`)
  return port
}

async function start(page: Page, folder: string): Promise<Login> {
  await valueOf(page, 'share.setConfig', shareConfigSchema.parse({ root: folder, port: 0 }))
  const { firstAccount } = await valueOf(page, 'share.start')
  if (!firstAccount) throw new Error('There was an account already.')
  return { ...firstAccount, port: portOf(await valueOf(page, 'share.get')) }
}

test.describe('the person’s share', () => {
  test('a killed server is said to have failed, comes back, and goes with the app', async ({
    app,
    page,
    launched,
    localFolder,
  }) => {
    writeFileSync(join(localFolder, 'hello.txt'), 'hello')
    const processes = await noteProcesses(app)
    const heard = await listen(page)
    expect(await invoke(page, 'share.start')).toMatchObject({ ok: false, error: { code: 'bad-argument' } })
    expect(await processes()).toEqual([])
    const login = await start(page, localFolder)
    expect(await curl(login, '/hello.txt')).toBe('hello')
    await expect(curl({ ...login, password: 'wrong' }, '/hello.txt')).rejects.toMatchObject({ code: 67 })

    const [first = 0] = await processes()
    process.kill(first, 'SIGKILL')
    const states = async (): Promise<string[]> =>
      (await heard())
        .flatMap((event) => (event.type === 'share' ? [event.share.status.state] : []))
        // While it runs, others tell of sessions that come and go.
        .filter((state, at, all) => state !== all[at - 1])
    await expect.poll(states).toEqual(['stopped', 'starting', 'running', 'failed', 'starting', 'running'])
    expect((await heard()).find((event) => event.type === 'share' && event.share.status.state === 'failed')).toEqual({
      type: 'share',
      share: expect.objectContaining({
        status: {
          state: 'failed',
          error: { code: 'interrupted', message: expect.stringContaining('started again') },
          retryAt: expect.any(Number),
        },
      }),
    })
    const again = portOf(await valueOf(page, 'share.get'))
    expect(await curl({ ...login, port: again }, '/hello.txt')).toBe('hello')
    const [second = 0] = await processes()
    expect(second).not.toBe(first)

    await launched.stop()
    expect(isAlive(second)).toBe(false)
    expect(await refused(again)).toBe(true)
  })

  test('an upload that is under way when the app quits is finished, and scanned', async ({
    page,
    launched,
    localFolder,
  }) => {
    await expect.poll(async () => (await valueOf(page, 'scanner.status')).state).toBe('ready')
    const folder = join(localFolder, 'shared')
    mkdirSync(folder)
    const login = await start(page, folder)
    const heard = await listen(page)
    await valueOf(page, 'share.watch', true)
    const upload = spawn(peer('curl'), curlArguments(login, '/late.txt', '-T', '-'), {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const ended = once(upload, 'exit')
    upload.stdin.write('first ')
    await expect
      .poll(async () => (await heard()).some((event) => event.type === 'share-live' && event.transfers.length > 0))
      .toBe(true)
    expect(readdirSync(folder)).not.toContain('late.txt')
    const stopping = launched.stop()
    // It takes no more connections: the end has begun.
    await expect.poll(() => refused(login.port)).toBe(true)
    upload.stdin.end('and last')
    expect(await ended).toEqual([0, null])
    expect(readFileSync(join(folder, 'late.txt'), 'utf8')).toBe('first and last')
    await stopping
  })

  test('an infected upload shows in the window’s quarantine; accounts and audit log are asked for anew', async ({
    page,
    app,
    window,
    localFolder,
    launched,
  }) => {
    await expect.poll(async () => (await valueOf(page, 'scanner.status')).state).toBe('ready')
    const login = await start(page, localFolder)
    const heard = await listen(page)
    const [known] = await valueOf(page, 'share.accounts')
    await valueOf(page, 'share.updateAccount', known?.id ?? 0, { role: 'superuser' })
    const upload = spawn(peer('curl'), curlArguments(login, '/bad.com', '-T', '-'), {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    upload.stdin.end(eicar())
    // 25: the server refused the upload.
    expect(await once(upload, 'exit')).not.toEqual([0, null])
    await window.openTab('Quarantine')
    await expect(page.getByRole('tabpanel', { name: 'Quarantine' })).toContainText('bad.com')
    expect(readdirSync(localFolder)).not.toContain('bad.com')
    const types = async (): Promise<string[]> => (await heard()).map(({ type }) => type)
    await expect.poll(types).toEqual(expect.arrayContaining(['share-accounts', 'share-audit', 'quarantine']))

    expect(await valueOf(page, 'share.audit', { limit: 10, kinds: ['upload'] })).toMatchObject([
      { outcome: 'blocked', verdict: 'INFECTED', path: '/bad.com', address: '127.0.0.1' },
    ])
    const file = join(launched.userData, 'audit.json')
    await answerFileDialogs(app, null)
    expect(await valueOf(page, 'share.exportAudit', 'json', {})).toBe(null)
    expect(await valueOf(page, 'share.chooseFolder', '')).toBe(null)
    await answerFileDialogs(app, file)
    const exported = await valueOf(page, 'share.exportAudit', 'json', {})
    expect(exported?.entries).toBeGreaterThan(1)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(exported?.entries ?? 0)
    await answerFileDialogs(app, localFolder)
    expect(await valueOf(page, 'share.chooseFolder', '/')).toBe(localFolder)
  })

  test('a window that is loaded anew is not told of live sessions until it asks', async ({ page, localFolder }) => {
    const login = await start(page, localFolder)
    await valueOf(page, 'share.watch', true)
    await page.reload()
    const heard = await listen(page)
    await curl(login, '/')
    await expect
      .poll(async () => (await valueOf(page, 'share.audit', { limit: 10, kinds: ['logout'] })).length)
      .toBeGreaterThan(0)
    expect((await heard()).filter(({ type }) => type === 'share-live')).toEqual([])
  })
})

test('the server to try: connected without a question, and nothing of it stays in the share', async ({
  page,
  window,
  app,
  launched,
}) => {
  const processes = await noteProcesses(app)
  expect(await valueOf(page, 'share.tryOut')).toMatchObject({
    state: 'connected',
    endpoint: { protocol: 'ftpes', host: '127.0.0.1', user: 'try-it' },
    tls: expect.stringMatching(/^TLS/),
  })
  await window.connected()
  await expect(window.row('Remote', 'Welcome.txt')).toBeVisible()
  expect(await valueOf(page, 'share.get')).toMatchObject({ status: { state: 'stopped' }, config: { root: '' } })
  expect(await valueOf(page, 'recent.list')).toEqual([])
  // Again while it runs: the same one.
  await valueOf(page, 'session.disconnect')
  await valueOf(page, 'share.tryOut')
  const [server = 0, ...others] = await processes()
  expect(others).toEqual([])
  await launched.stop()
  expect(isAlive(server)).toBe(false)
})
