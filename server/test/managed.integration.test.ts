import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ACCOUNT_DEFAULTS, type ShareStatus } from '../../common/share.ts'
import { ControlClient } from '../../testing/control-client.ts'
import { startClamd } from '../../testing/clamd.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar } from '../../testing/eicar.ts'
import { startRemoteAgent } from '../../testing/remote-agent.ts'
import { startManaged, type ManagedServer } from './managed-server.ts'
import { curl, ENTRY, makePlace, type Place } from './sluice-server.ts'

const PLAIN = { port: 0, scan: false, tls: { mode: 'allowed' } }

async function openManaged(place: Place): Promise<ManagedServer> {
  const server = startManaged()
  await server.call('open', {
    database: `sqlite:${path.join(place.data, 'share.sqlite')}`,
    dataFolder: place.data,
    quarantineFolder: path.join(place.base, 'quarantine'),
  })
  return server
}

/** Serves; gives the port. */
async function serve(server: ManagedServer, config: object): Promise<number> {
  const running = server.event('status', ({ status }) => status.state === 'running')
  await server.call('start', config)
  const { status } = (await running) as { status: Extract<ShareStatus, { state: 'running' | 'stopping' }> }
  return status.addresses[0]?.port ?? 0
}

const account = (place: Place, name: string) => ({
  ...ACCOUNT_DEFAULTS,
  name,
  password: 'a good password',
  root: place.root,
  role: 'writer',
})

async function logIn(port: number, name: string, password = 'a good password'): Promise<ControlClient> {
  const client = await ControlClient.connect('127.0.0.1', port)
  onTestFinished(() => client.destroy())
  await client.reply()
  await client.command(`USER ${name}`)
  expect(await client.command(`PASS ${password}`)).toMatchObject({ code: 230 })
  return client
}

test('starts with a first account, tells its state, stops, and starts again', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  const { firstAccount } = await server.call('start', { ...PLAIN, root: place.root })
  expect(firstAccount).toMatchObject({ name: 'sluice' })
  const { status } = await server.event('status', ({ status: { state } }) => state === 'running', true)
  expect(status).toMatchObject({
    addresses: [{ host: '127.0.0.1', implicit: false, reach: 'loopback' }],
    fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    tlsRequired: false,
    scan: false,
    sessions: 0,
    transfers: 0,
  })
  const port = status.state === 'running' ? (status.addresses[0]?.port ?? 0) : 0
  const counted = server.event('status', (event) => event.status.state === 'running' && event.status.sessions === 1)
  await logIn(port, 'sluice', firstAccount?.password)
  await counted
  await expect(server.call('start', PLAIN)).rejects.toThrow(/running already/)
  await server.call('stop', { graceMs: 0 })
  expect(server.events.at(-1)).toEqual({ name: 'status', status: { state: 'stopped' } })
  expect(await server.call('start', { ...PLAIN, root: place.root })).toEqual({ firstAccount: null })
})

test('arguments are checked, and what cannot be done is answered', async () => {
  const place = makePlace()
  const server = startManaged()
  await expect(server.call('accounts.list', null)).rejects.toThrow('bad-argument: The database is not open yet.')
  await expect(server.call('start', { ...PLAIN, limits: { idleSecond: 1 } })).rejects.toThrow(
    /bad-argument: start limits/,
  )
  await expect(server.call('open', { database: 5 })).rejects.toThrow(/bad-argument: open database/)
  await expect(server.call('open', { database: 'x', dataFolder: '/', quarantineFolder: '/' })).rejects.toThrow(
    /sqlite:FILE/,
  )
  // What is no request at all does not end it.
  server.child.send('nonsense')
  server.child.send({ id: 1, method: 'toString', argument: null })
  const opened = { database: 'sqlite::memory:', dataFolder: place.data, quarantineFolder: place.data }
  await server.call('open', opened)
  await expect(server.call('open', opened)).rejects.toThrow(/open already/)
  await expect(server.call('kick', { session: 1 })).rejects.toThrow(/not running/)
  await expect(server.call('accounts.remove', { id: 7 })).rejects.toThrow(/^not-found/)
  await expect(server.call('start', { ...PLAIN, root: '/' })).rejects.toThrow(/^bad-argument.*cannot be shared/)
  expect(server.events.at(-1)).toMatchObject({ status: { state: 'failed', error: { code: 'bad-argument' } } })
  await server.call('stop', { graceMs: 0 })
})

test('accounts are kept, changes are told, and sessions that may do less are ended', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  const told = server.event('accounts-changed')
  const added = await server.call('accounts.add', account(place, 'ann'))
  await told
  await server.call('accounts.add', account(place, 'bob'))
  expect(await server.call('accounts.list', null)).toMatchObject([{ name: 'ann' }, { name: 'bob' }])
  const port = await serve(server, { ...PLAIN, root: place.root })

  const bob = await logIn(port, 'bob')
  let ann = await logIn(port, 'ann')
  for (const changes of [{ role: 'superuser' }, { quotaBytes: 5, downloadRate: undefined }] as const) {
    await server.call('accounts.update', { id: added.id, changes })
    expect(await ann.command('NOOP')).toMatchObject({ code: 200 })
  }
  for (const changes of [{ role: 'reader' }, { enabled: false }]) {
    await server.call('accounts.update', { id: added.id, changes: { enabled: true, role: 'writer' } })
    ann = await logIn(port, 'ann')
    await server.call('accounts.update', { id: added.id, changes })
    expect(await ann.reply()).toMatchObject({ code: 421 })
    await ann.closed()
  }
  await server.call('accounts.update', { id: added.id, changes: { enabled: true } })
  ann = await logIn(port, 'ann')
  await server.call('accounts.setPassword', { id: added.id, password: 'another one 2' })
  expect(await ann.reply()).toMatchObject({ code: 421 })
  ann = await logIn(port, 'ann', 'another one 2')
  await server.call('accounts.remove', { id: added.id })
  expect(await ann.reply()).toMatchObject({ code: 421 })
  expect(await bob.command('NOOP')).toMatchObject({ code: 200 })
})

test('what the person should know is in the status: a folder that has gone', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  const folder = path.join(place.base, 'usb')
  mkdirSync(folder)
  await server.call('accounts.add', { ...account(place, 'ann'), root: folder })
  const port = await serve(server, { ...PLAIN, root: place.root })
  rmdirSync(folder)
  const told = server.event('status', ({ status }) => status.state === 'running' && status.problems.length > 0)
  const client = await ControlClient.connect('127.0.0.1', port)
  onTestFinished(() => client.destroy())
  await client.reply()
  await client.command('USER ann')
  const refused = await client.command('PASS a good password')
  expect(refused).toMatchObject({ code: 530 })
  expect(JSON.stringify(refused)).not.toContain(folder)
  expect(await told).toMatchObject({
    status: { problems: [{ message: `The folder ${folder} of account ann cannot be used: it is not there.` }] },
  })
})

test('what goes on is told twice a second at most, and only while somebody watches', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  await server.call('accounts.add', account(place, 'ann'))
  const port = await serve(server, { ...PLAIN, root: place.root })
  const ann = await logIn(port, 'ann')
  expect(server.events.some(({ name }) => name === 'live')).toBe(false)
  const seen = server.event('live', ({ sessions }) => sessions.length === 1)
  await server.call('watch', true)
  const [session] = (await seen).sessions
  expect(session).toMatchObject({ account: 'ann', address: '127.0.0.1', tls: null })
  const since = performance.now()
  let noops = 0
  const later = server.event('live', () => performance.now() - since > 1600)
  while (performance.now() - since < 1700) {
    await ann.command('NOOP')
    noops++
  }
  await later
  const passed = (performance.now() - since) / 500
  expect(noops).toBeGreaterThan(20)
  expect(server.events.filter(({ name }) => name === 'live').length).toBeLessThanOrEqual(Math.ceil(passed) + 2)
  const gone = server.event('live', ({ sessions }) => sessions.length === 0)
  await server.call('kick', { session: session?.id })
  expect(await ann.reply()).toMatchObject({ code: 421 })
  await gone
  await server.call('watch', false)
})

test('the audit log is read, exported and cleared', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  const changed = server.event('audit-changed')
  await server.call('accounts.add', account(place, 'ann'))
  await changed
  expect(await server.call('audit.page', { limit: 10 })).toMatchObject([
    { kind: 'account-added', outcome: 'ok', account: null, address: null },
  ])
  const file = path.join(place.base, 'audit.json')
  expect(await server.call('audit.export', { file, format: 'json', filter: {} })).toEqual({ entries: 1 })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ kind: 'account-added' }])
  await expect(server.call('audit.export', { file, format: 'csv', filter: {} })).rejects.toThrow(/^local-exists/)
  expect(await server.call('audit.clear', {})).toEqual({ removed: 1 })
  expect(await server.call('audit.page', { limit: 10 })).toMatchObject([{ kind: 'audit-cleared' }])
})

test('the port test reaches the server and explains the rest', async () => {
  const place = makePlace()
  const server = await openManaged(place)
  await expect(server.call('portTest', null)).rejects.toThrow(/start it first/)
  await serve(server, { ...PLAIN, root: place.root, implicitPort: 0, tls: { mode: 'required' } })
  const { results, advice } = await server.call('portTest', null)
  expect(results.map(({ address, reachable }) => [address.implicit, reachable])).toEqual([
    [false, true],
    [true, true],
  ])
  expect(advice).toEqual([expect.stringContaining('loopback')])
})

describeWith(['clamd', 'curl'], 'with an agent', () => {
  test('uploads wait for the agent that the app names, and what it finds is told', async () => {
    const place = makePlace()
    const server = await openManaged(place)
    await server.call('accounts.add', account(place, 'ann'))
    const port = await serve(server, { port: 0, root: place.root })
    const clamd = await startClamd()
    onTestFinished(() => clamd.stop())
    const agent = await startRemoteAgent(clamd.socket, place.base)
    onTestFinished(() => agent.stop())
    const [token, ca] = [agent.tokenFile, agent.certificateFile].map((name) => readFileSync(name, 'utf8'))
    const ready = server.event('status', ({ status }) => 'scanner' in status && status.scanner.state === 'ready')
    await server.call('useAgent', { url: agent.url, token, ca })
    await ready
    const file = path.join(place.base, 'bad.bin')
    writeFileSync(file, eicar())
    const quarantined = server.event('quarantined')
    const refused = await curl('-v', '-u', 'ann:a good password', '-T', file, `ftp://127.0.0.1:${port}/`)
    expect(refused.stderr).toMatch(/< 550 /)
    await quarantined
    expect(readdirSync(place.root)).toEqual([])
  })
})

test('it ends with its parent, however that goes', async () => {
  const place = makePlace()
  const parentCode = `
    import { fork } from 'node:child_process'
    const child = fork(${JSON.stringify(ENTRY)}, ['--managed'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child.on('message', (message) => {
      if (message.type === 'answer' && message.id === 1) child.send({ id: 2, method: 'start', argument: ${JSON.stringify({ ...PLAIN, root: place.root })} })
      if (message.event?.status?.state === 'running') console.log(message.event.status.addresses[0].port)
    })
    child.send({ id: 1, method: 'open', argument: { database: 'sqlite::memory:', dataFolder: ${JSON.stringify(place.data)}, quarantineFolder: ${JSON.stringify(place.data)} } })
  `
  const program = path.join(place.base, 'parent.mjs')
  writeFileSync(program, parentCode)
  const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const client = connect(Number(line), '127.0.0.1')
  client.on('error', () => undefined)
  await once(client, 'data')
  parent.kill('SIGKILL')
  // Its standard output, which the parent had lent to it, closes with the server's process and not before.
  client.resume()
  await Promise.all([once(client, 'close'), once(parent, 'close')])
  expect(client.destroyed).toBe(true)
})

test('without a parent there is nobody to obey', async () => {
  const child = spawn(process.execPath, [ENTRY, '--managed'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said = once(child.stderr, 'data')
  await once(child, 'close')
  expect(child.exitCode).toBe(2)
  expect(String((await said)[0])).toMatch(/for the app/)
})
