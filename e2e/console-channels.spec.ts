/** The console's way from the window to the main process and back, under whatever the window makes of it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Bridge } from '../common/ipc.ts'
import { invoke, listen, valueOf } from './bridge.ts'
import { expect, test } from './main-job-fixture.ts'

const question = async (page: Page): Promise<string | null> =>
  (await valueOf(page, 'console.open')).state.question?.text ?? null

test('a session by commands: the panes and the list hear of it, the password stays unknown', async ({
  page,
  server,
  localFolder,
  launched,
}) => {
  mkdirSync(join(server.root, 'inbox'))
  writeFileSync(join(localFolder, 'a.txt'), 'harmless')
  await expect.poll(async () => (await valueOf(page, 'scanner.status')).state).toBe('ready')
  const heard = await listen(page)
  const opening = valueOf(page, 'console.run', `open ftp://${server.user}@${server.host}:${server.port}`)
  await expect.poll(() => question(page)).toMatch(/^Password of /)
  expect(await invoke(page, 'console.run', 'ls')).toMatchObject({ ok: false, error: { code: 'bad-argument' } })
  await valueOf(page, 'console.answer', server.password)
  await opening
  expect(await valueOf(page, 'session.get')).toMatchObject({ state: 'connected', home: '/' })
  expect(await valueOf(page, 'recent.list')).toMatchObject([{ port: server.port, user: server.user }])

  await valueOf(page, 'console.run', 'cd inbox')
  await expect.poll(heard).toContainEqual({ type: 'folder-opened', side: 'remote', path: '/inbox' })
  await valueOf(page, 'folders.set', { side: 'remote', path: '/' })
  await valueOf(page, 'folders.set', { side: 'remote', path: '/inbox' })
  await valueOf(page, 'console.run', 'put a.txt')
  expect(readFileSync(join(server.root, 'inbox/a.txt'), 'utf8')).toBe('harmless')
  expect((await valueOf(page, 'transfers.list')).rows).toMatchObject([
    { state: 'done', remotePath: '/inbox/a.txt', scan: { verdict: 'OK' }, unscanned: false },
  ])
  const { lines, state } = await valueOf(page, 'console.open')
  expect(lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/:\/inbox> put a\.txt$/))
  expect(state).toMatchObject({ running: null, question: null, prompt: expect.stringContaining(':/inbox> ') })
  expect(await valueOf(page, 'console.complete', { line: 'get a', cursor: 5 })).toMatchObject({ labels: ['a.txt'] })

  expect(await valueOf(page, 'status.get')).toMatchObject({
    session: { state: 'connected' },
    folders: { remote: '/inbox', local: localFolder },
    scanner: { state: 'ready' },
    server: { text: expect.stringContaining('FTP server status') },
  })
  const events = await heard()
  expect(events.filter(({ type }) => type === 'folder-opened')).toHaveLength(1)
  const history = readFileSync(join(launched.userData, 'console-history.json'), 'utf8')
  expect(history).toContain('put a.txt')
  expect(JSON.stringify([events, lines, history])).not.toContain(server.password)
})

test('a switched-off scan is told, and what went meanwhile is marked', async ({
  page,
  server,
  window,
  localFolder,
}) => {
  writeFileSync(join(localFolder, 'a.txt'), 'harmless')
  await window.connect(server, 'plain')
  await window.connected()
  const heard = await listen(page)
  await valueOf(page, 'scan.setPolicy', { upload: false, download: true })
  await expect.poll(heard).toContainEqual({ type: 'scan-policy', policy: { upload: false, download: true } })
  expect((await valueOf(page, 'console.open')).state.prompt).toContain('UPLOADS NOT SCANNED')
  await valueOf(page, 'console.run', 'put a.txt')
  expect((await valueOf(page, 'transfers.list')).rows).toMatchObject([{ state: 'done', unscanned: true, scan: null }])
})

test('a lost session is told in the console and comes back into its folder by itself', async ({
  page,
  server,
  window,
}) => {
  mkdirSync(join(server.root, 'inbox'))
  writeFileSync(join(server.root, 'inbox/a.txt'), 'harmless')
  await window.connect(server, 'plain')
  await window.connected()
  await valueOf(page, 'console.run', 'cd inbox')
  await expect(window.row('Remote', 'a.txt')).toBeVisible()
  await window.listed('Remote')
  await valueOf(page, 'console.run', 'quote NOOP')
  server.cut()
  await expect.poll(async () => (await valueOf(page, 'session.get')).state).toBe('lost')
  const lost = await valueOf(page, 'session.get')
  expect(lost.state === 'lost' && lost.retryAt).toBeGreaterThan(Date.now() - 1000)
  await expect.poll(async () => (await valueOf(page, 'session.get')).state, { timeout: 15_000 }).toBe('connected')
  const texts = (await valueOf(page, 'console.open')).lines.map(({ text }) => text)
  expect(texts).toContainEqual(expect.stringMatching(/^The session was lost: .* Trying again in 5 s\.$/))
  expect(texts).toContain('Connected to 127.0.0.1 again.')
  await valueOf(page, 'console.run', 'quote PWD')
  expect((await valueOf(page, 'console.open')).lines.at(-1)?.text).toContain('"/inbox"')
})

test('quit ends the program', async ({ page, launched }) => {
  const ended = new Promise<void>((resolve) => launched.app.once('close', () => resolve()))
  void page
    .evaluate(() => (globalThis as unknown as { sluice: Bridge }).sluice.invoke('console.run', 'quit'))
    .catch(() => undefined)
  await ended
})
