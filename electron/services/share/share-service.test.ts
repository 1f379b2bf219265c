import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SluiceError } from '../../../common/errors.ts'
import type { ConnectRequest, SessionState } from '../../../common/models.ts'
import { shareConfigSchema } from '../../../common/share.ts'
import { ShareService, type ShareAppEvent } from './share-service.ts'
import { CONFIG, RUNNING, scriptedChildren } from './test/scripted-child.ts'
import type { FileDialogs } from './types.ts'

const CONNECTED: SessionState = {
  state: 'connected',
  endpoint: { protocol: 'ftpes', host: '127.0.0.1', port: 2121, user: 'try-it' },
  home: '/',
  tls: 'TLSv1.3',
  system: null,
}

async function openShare(settings?: string) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sluice-share-'))
  if (settings !== undefined) await writeFile(join(dataFolder, 'share.json'), settings)
  const children = scriptedChildren()
  const events: ShareAppEvent[] = []
  const dialogs = {
    chooseFolder: vi.fn<FileDialogs['chooseFolder']>(async () => null),
    chooseNewFile: vi.fn<FileDialogs['chooseNewFile']>(async () => null),
  }
  const connect = vi.fn(async (_request: ConnectRequest) => CONNECTED)
  const trust = vi.fn()
  const onQuarantined = vi.fn()
  const share = await ShareService.open({
    dataFolder,
    quarantineFolder: '/quarantine',
    fork: children.fork,
    dialogs,
    connect,
    trust,
    onQuarantined,
    emit: (event) => events.push(event),
  })
  onTestFinished(async () => {
    await share.dispose(0)
    await rm(dataFolder, { recursive: true })
  })
  return { share, dataFolder, children, started: children.started, events, dialogs, connect, trust, onQuarantined }
}

test('at first: stopped, on this computer only, and not to be started without a folder', async () => {
  const { share, started } = await openShare()
  expect(share.state()).toMatchObject({
    status: { state: 'stopped' },
    config: { host: '127.0.0.1' },
    restartNeeded: false,
  })
  await expect(share.start()).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringMatching(/folder to share/),
  })
  expect(started).toHaveLength(0)
})

test('a share for anonymous users alone needs no folder for accounts', async () => {
  const { share, started } = await openShare()
  await share.setConfig(shareConfigSchema.parse({ anonymous: { enabled: true, root: '/srv/public' } }))
  await share.start()
  expect(started[0]?.methods).toContain('start')
})

test('settings that were set aside show until they are saved anew', async () => {
  const { share, dataFolder } = await openShare('{"host":"0.0.0.0","someday":1}')
  expect(share.state()).toMatchObject({
    status: { state: 'failed', error: { message: expect.stringContaining('share.json.damaged') }, retryAt: null },
    config: { host: '127.0.0.1', root: '' },
  })
  expect(await readdir(dataFolder)).toContain('share.json.damaged')
  expect(await share.setConfig(CONFIG)).toMatchObject({ status: { state: 'stopped' } })
})

test('the window hears of every state, and that a change needs a restart', async () => {
  const { share, events, started } = await openShare()
  await share.setConfig(CONFIG)
  await share.start()
  const shown = () => events.flatMap((event) => (event.type === 'share' ? [event.share] : []))
  expect(shown().map(({ status }) => status.state)).toEqual(['stopped', 'starting', 'running'])
  expect(shown().at(-1)?.restartNeeded).toBe(false)
  await share.setConfig({ ...CONFIG, port: 2122 })
  expect(shown().at(-1)).toMatchObject({ status: RUNNING, config: { port: 2122 }, restartNeeded: true })
  expect(started[0]?.argumentOf('start')).toMatchObject({ port: 2121 })
  await share.stop()
  expect(shown().at(-1)).toMatchObject({ status: { state: 'stopped' }, restartNeeded: false })
})

test('what goes on in the server becomes events of the window', async () => {
  const { share, events, started, onQuarantined } = await openShare()
  await share.call('accounts.list', null)
  const [child] = started
  child?.tell({ name: 'live', sessions: [], transfers: [] })
  child?.tell({ name: 'accounts-changed' })
  child?.tell({ name: 'audit-changed' })
  child?.tell({ name: 'quarantined' })
  expect(events).toEqual([
    { type: 'share-live', sessions: [], transfers: [] },
    { type: 'share-accounts' },
    { type: 'share-audit' },
  ])
  expect(onQuarantined).toHaveBeenCalledOnce()
})

test('the audit log goes where the person says, whole or not at all', async () => {
  const { share, dataFolder, dialogs, children } = await openShare()
  const file = join(dataFolder, 'audit.csv')
  expect(await share.exportAudit('csv', {})).toBe(null)
  expect(dialogs.chooseNewFile.mock.lastCall?.[1]).toMatch(/^sluice-audit-\d{4}-\d\d-\d\d\.csv$/)

  await writeFile(file, 'of last year')
  dialogs.chooseNewFile.mockResolvedValue(file)
  children.next = { 'audit.export': new SluiceError('local-disk-full', 'The disk is full.') }
  await expect(share.exportAudit('csv', {})).rejects.toThrow('The disk is full.')
  expect(await readFile(file, 'utf8')).toBe('of last year')
  expect(await readdir(dataFolder)).toEqual(['audit.csv'])
})

test('a whole audit log replaces the file that the person chose', async () => {
  const { share, dataFolder, dialogs, children, started } = await openShare()
  const file = join(dataFolder, 'audit.json')
  await writeFile(file, 'of last year')
  dialogs.chooseNewFile.mockResolvedValue(file)
  const written: string[] = []
  children.next = { 'audit.export': { entries: 3 } }
  await share.call('accounts.list', null)
  const [child] = started
  // The server writes before it answers.
  const post = child?.postMessage.bind(child)
  if (child)
    child.postMessage = (request) => {
      const { file: target } = request.argument as { file: string }
      written.push(target)
      void writeFile(target, 'new', { flag: 'wx' }).then(() => post?.(request))
    }
  expect(await share.exportAudit('json', { text: 'x' })).toEqual({ entries: 3, file })
  expect(await readFile(file, 'utf8')).toBe('new')
  expect(written).not.toEqual([file])
  expect(child?.argumentOf('audit.export')).toMatchObject({ format: 'json', filter: { text: 'x' } })
})

test('trying out: a server of its own, an account nobody knows, a certificate that needs no question', async () => {
  const { share, dataFolder, started, events, connect, trust } = await openShare()
  share.useAgent({ url: 'http://127.0.0.1:4711', token: 't' })
  expect(await share.tryOut()).toEqual(CONNECTED)
  const [child] = started
  expect(child?.argumentOf('open')).toMatchObject({ database: 'sqlite::memory:', quarantineFolder: '/quarantine' })
  expect(child?.argumentOf('useAgent')).toMatchObject({ token: 't' })
  const root = join(dataFolder, 'try-it')
  expect(child?.argumentOf('start')).toMatchObject({ host: '127.0.0.1', port: 0, root, scan: true })
  expect(child?.argumentOf('start')).toMatchObject({ tls: { mode: 'required' }, anonymous: { enabled: false } })
  expect(child?.argumentOf('accounts.add')).toMatchObject({ name: 'try-it', role: 'writer', root })
  expect(child?.methods.indexOf('accounts.add')).toBeLessThan(child?.methods.indexOf('start') ?? 0)
  const [request] = connect.mock.lastCall ?? []
  expect(request).toMatchObject({ protocol: 'ftpes', host: '127.0.0.1', port: 2121, user: 'try-it' })
  expect(request?.password).toMatch(/^[\w-]{24}$/)
  expect(trust).toHaveBeenCalledWith('127.0.0.1', 2121, 'AA:BB')
  expect(await readdir(root)).toEqual(['Letters', 'Names in many tongues', 'Tables', 'Welcome.txt'])

  // The person's own share has not noticed.
  expect(events).toEqual([])
  expect(share.state()).toMatchObject({ status: { state: 'stopped' }, config: { root: '' }, restartNeeded: false })
  expect(await readdir(dataFolder)).toEqual(['try-it'])
})

test('trying out again: the same server and password, and the person’s changes stay', async () => {
  const { share, dataFolder, started, connect } = await openShare()
  await share.tryOut()
  await rm(join(dataFolder, 'try-it', 'Welcome.txt'))
  await Promise.all([share.tryOut(), share.tryOut()])
  expect(started).toHaveLength(1)
  expect(connect.mock.calls[1]).toEqual(connect.mock.calls[0])
  expect(await readdir(join(dataFolder, 'try-it'))).not.toContain('Welcome.txt')
})

test('a server to try that crashes comes back where it was, with its account', async () => {
  const { share, started, connect } = await openShare()
  await share.tryOut()
  started[0]?.die(9)
  // By hand it comes back at once.
  await share.tryOut()
  expect(started).toHaveLength(2)
  expect(started[1]?.argumentOf('start')).toMatchObject({ port: 2121 })
  expect(started[1]?.methods).toContain('accounts.add')
  expect(connect.mock.calls[1]).toEqual(connect.mock.calls[0])
})
