import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reportOf } from '../../testing/report-of.ts'
import { testOnPosix } from '../../testing/test-unless.ts'
import type { ScannerStatus, ScanReport } from '../../common/models.ts'
import { createGate, type GateOutcome, type ScanGate } from './index.ts'

const STATUS = {
  service: 'sluice-agent',
  version: '1',
  engine: 'clamd',
  engineVersion: 'ClamAV 1',
  signatureVersion: 's1',
  builtInRulesOnly: false,
  maxBytes: 8 * 1024 * 1024,
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

interface Fake {
  url: string
  scans: number
  lookups: number
  /** Connections that are open. */
  sockets: Set<Socket>
  /** Answers GET /v1/verdicts/...; by default nothing is known. */
  verdict: Handler
}

/** An agent that is honest about its status and does as told with scans. */
async function fakeAgent(onScan: Handler, status: object = STATUS): Promise<Fake> {
  const fake: Fake = {
    url: '',
    scans: 0,
    lookups: 0,
    sockets: new Set(),
    verdict: (_request, response) => send(response, 404, { error: 'unknown' }),
  }
  const server = createServer((request, response) => {
    request.on('error', () => {})
    if (request.url === '/v1/status') return send(response, 200, status)
    if (request.method === 'GET') {
      fake.lookups++
      return fake.verdict(request, response)
    }
    fake.scans++
    onScan(request, response)
  })
  server.on('connection', (socket: Socket) => {
    fake.sockets.add(socket)
    socket.once('close', () => fake.sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  fake.url = `http://127.0.0.1:${address.port}`
  return fake
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** Reads the body to its end and makes the report an honest agent would make. */
async function honestReport(request: IncomingMessage): Promise<ScanReport> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const { engineVersion, signatureVersion } = STATUS
  const about = { engine: 'clamd' as const, engineVersion, signatureVersion, sha256: hash.digest('hex'), bytes, ms: 1 }
  return { verdict: 'OK', signature: null, message: null, ...about }
}

/** Answers after the whole body; a client that goes away before gets nothing. */
function afterBody(answer: (response: ServerResponse, report: ScanReport) => void): Handler {
  return (request, response) => {
    honestReport(request).then(
      (report) => answer(response, report),
      () => {},
    )
  }
}

const honest = afterBody((response, report) => send(response, 200, report))

async function gateFor(url: string | null): Promise<{ gate: ScanGate; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-gate-'))
  const gate = createGate({
    quarantineFolder: join(folder, 'quarantine'),
    patience: 300,
    timeouts: { connect: 1000, question: 1000, stall: 400, verdict: 400 },
  })
  onTestFinished(async () => {
    gate.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  if (url !== null) gate.useAgent({ url, token: 'secret' })
  return { gate, folder }
}

async function scanBytes(gate: ScanGate, body: Buffer | string = 'hello'): Promise<GateOutcome> {
  const scan = await gate.openScan({ name: 'file' })
  await scan.write(Buffer.from(body))
  return scan.finish()
}

function ready(gate: ScanGate): Promise<ScannerStatus> {
  return until(gate, (status) => status.state === 'ready')
}

async function until(gate: ScanGate, wanted: (status: ScannerStatus) => boolean): Promise<ScannerStatus> {
  if (wanted(gate.status())) return gate.status()
  const { promise, resolve } = Promise.withResolvers<ScannerStatus>()
  const stop = gate.onStatus((status) => {
    if (wanted(status)) resolve(status)
  })
  return promise.finally(stop)
}

test('an honest OK passes, by stream and by file', async () => {
  const { url } = await fakeAgent(honest)
  const { gate, folder } = await gateFor(url)
  const sha256 = createHash('sha256').update('hello').digest('hex')
  expect(await scanBytes(gate)).toMatchObject({ passes: true, clearance: { sha256, bytes: 5 } })
  await writeFile(join(folder, 'file'), 'hello')
  expect(await gate.scanFile(join(folder, 'file'))).toMatchObject({ passes: true, clearance: { sha256, bytes: 5 } })
  await writeFile(join(folder, 'empty'), '')
  expect(await gate.scanFile(join(folder, 'empty'))).toMatchObject({ passes: true, clearance: { bytes: 0 } })
  expect(gate.status()).toMatchObject({ state: 'ready', engine: 'clamd', location: 'this computer' })
})

test.each<[string, Handler]>([
  ['OK for another hash', afterBody((r, report) => send(r, 200, { ...report, sha256: 'b'.repeat(64) }))],
  ['OK for another length', afterBody((r, report) => send(r, 200, { ...report, bytes: report.bytes + 1 }))],
  ['OK with a signature', afterBody((r, report) => send(r, 200, { ...report, signature: 'X' }))],
  ['OK without an engine', afterBody((r, report) => send(r, 200, { ...report, engine: null }))],
  ['an unknown verdict', afterBody((r, report) => send(r, 200, { ...report, verdict: 'MAYBE' }))],
  ['ok in small letters', afterBody((r, report) => send(r, 200, { ...report, verdict: 'ok' }))],
  ['half a report', afterBody((r) => send(r, 200, { verdict: 'OK' }))],
  ['OK with status 202', afterBody((r, report) => send(r, 202, report))],
  ['OK with status 500', afterBody((r, report) => send(r, 500, report))],
  ['OK as HTML', afterBody((r, report) => send(r, 200, report, { 'Content-Type': 'text/html' }))],
  ['no JSON', afterBody((r) => r.writeHead(200, { 'Content-Type': 'application/json' }).end('OK'))],
  ['an empty answer', afterBody((r) => r.writeHead(200, { 'Content-Type': 'application/json' }).end())],
  ['a redirect', afterBody((r, report) => send(r, 307, report, { Location: '/v1/other' }))],
  ['a huge answer', afterBody((r, report) => send(r, 200, { ...report, padding: 'x'.repeat(1_000_000) }))],
  ['a cut connection', afterBody((r) => r.destroy())],
  [
    'an answer cut in its middle',
    afterBody((r, report) => {
      r.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '5000' })
      r.write(JSON.stringify(report), () => r.destroy())
    }),
  ],
  ['an early OK', (_request, response) => send(response, 200, { verdict: 'OK' })],
  ['silence', () => {}],
  ['silence after the body', afterBody(() => {})],
  [
    'an answer that never ends',
    afterBody((r) => void r.writeHead(200, { 'Content-Type': 'application/json' }).write('{')),
  ],
])('%s is an ERROR', async (_name, handler) => {
  const { url } = await fakeAgent(handler)
  const { gate, folder } = await gateFor(url)
  const outcome = await scanBytes(gate)
  expect(outcome).toMatchObject({ passes: false, report: { verdict: 'ERROR', signature: null } })
  expect(reportOf(outcome).message).toMatch(/\w/)
  await writeFile(join(folder, 'file'), Buffer.alloc(3_000_000))
  expect(await gate.scanFile(join(folder, 'file'))).toMatchObject({ passes: false, report: { verdict: 'ERROR' } })
})

test('an early OK for the right bytes does not pass either', async () => {
  // The attacker knows the file: hash and length are right, but half of it was never read.
  const body = Buffer.alloc(6_000_000)
  const sha256 = createHash('sha256').update(body).digest('hex')
  const { url } = await fakeAgent((_request, response) => {
    const { engine, engineVersion, signatureVersion } = STATUS
    const about = { engine, engineVersion, signatureVersion, sha256, bytes: body.length, ms: 1 }
    send(response, 200, { verdict: 'OK', signature: null, message: null, ...about })
  })
  const { gate } = await gateFor(url)
  const outcome = await scanBytes(gate, body)
  expect(outcome).toMatchObject({ passes: false, report: { verdict: 'ERROR' } })
  expect(reportOf(outcome).message).toMatch(/before it had the whole file/)
})

test("an agent's early ERROR is told in its own words, at once", async () => {
  const { url } = await fakeAgent((_request, response) => {
    const { engine, engineVersion, signatureVersion } = STATUS
    const about = { engine, engineVersion, signatureVersion, sha256: null, bytes: 1, ms: 1 }
    send(response, 200, { verdict: 'ERROR', signature: null, message: 'clamd was lost', ...about })
  })
  const { gate } = await gateFor(url)
  const scan = await gate.openScan({ name: 'file' })
  while (scan.failure === null) await scan.write(Buffer.alloc(1000))
  expect(scan.failure.report.message).toBe('clamd was lost')
  expect(reportOf(await scan.finish()).message).toBe('clamd was lost')
})

test('an infected file is reported with its signature', async () => {
  const { url } = await fakeAgent(
    afterBody((r, report) => send(r, 200, { ...report, verdict: 'INFECTED', signature: 'Win.Test' })),
  )
  const { gate } = await gateFor(url)
  expect(await scanBytes(gate)).toMatchObject({
    passes: false,
    code: 'infected',
    report: { verdict: 'INFECTED', signature: 'Win.Test' },
  })
})

test('a known file is not sent again; a changed one is', async () => {
  const known = new Map<string, ScanReport>()
  const fake = await fakeAgent(
    afterBody((response, report) => {
      known.set(`/v1/verdicts/${report.sha256}`, report)
      send(response, 200, report)
    }),
  )
  fake.verdict = (request, response) => {
    const report = known.get(request.url ?? '')
    send(response, report ? 200 : 404, report ?? { error: 'unknown' })
  }
  const { gate, folder } = await gateFor(fake.url)
  const path = join(folder, 'file')
  await writeFile(path, 'hello')
  await gate.scanFile(path)
  const again = await gate.scanFile(path)
  expect(again).toMatchObject({ passes: true, clearance: { bytes: 5 } })
  expect([fake.scans, fake.lookups]).toEqual([1, 1])
  await writeFile(path, 'jello')
  expect(reportOf(await gate.scanFile(path)).sha256).toBe(createHash('sha256').update('jello').digest('hex'))
  expect(fake.scans).toBe(2)
})

test('a lookup that lies is not believed: the file is sent', async () => {
  const fake = await fakeAgent(honest)
  const { gate, folder } = await gateFor(fake.url)
  const path = join(folder, 'file')
  await writeFile(path, 'hello')
  const first = await gate.scanFile(path)
  const lies: unknown[] = [
    { ...first.report, sha256: 'c'.repeat(64) },
    { ...first.report, bytes: 4 },
    { ...first.report, signature: 'X' },
    { verdict: 'OK' },
    'OK',
  ]
  for (const [index, lie] of lies.entries()) {
    fake.verdict = (_request, response) => send(response, 200, lie)
    expect((await gate.scanFile(path)).passes).toBe(true)
    expect(fake.scans).toBe(index + 2)
  }
})

test('the clearance is for the bytes read, not for those that came later', async () => {
  const { url } = await fakeAgent(honest)
  const { gate, folder } = await gateFor(url)
  const path = join(folder, 'file')
  await writeFile(path, 'clean')
  const outcome = await gate.scanFile(path)
  await writeFile(path, 'worse')
  const now = createHash('sha256').update('worse').digest('hex')
  expect(outcome.passes && outcome.clearance.sha256).not.toBe(now)
})

test('a file that grows while it is read leaves no hint behind', async () => {
  const fake = await fakeAgent(honest)
  const { gate, folder } = await gateFor(fake.url)
  const path = join(folder, 'file')
  await writeFile(path, Buffer.alloc(3_000_000))
  // Synchronous, so that it has surely happened before the end is read.
  await gate.scanFile(path, { onProgress: () => appendFileSync(path, 'more') })
  await gate.scanFile(path)
  expect([fake.scans, fake.lookups]).toEqual([2, 0])
})

test('what is too large for the engine is not even sent', async () => {
  const fake = await fakeAgent(honest)
  const { gate, folder } = await gateFor(fake.url)
  await ready(gate)
  const path = join(folder, 'file')
  await writeFile(path, Buffer.alloc(STATUS.maxBytes + 1))
  const outcome = await gate.scanFile(path)
  expect(outcome.report).toMatchObject({ verdict: 'ERROR', sha256: null })
  expect(reportOf(outcome).message).toMatch(/too large/)
  expect(fake.scans).toBe(0)
  const scan = await gate.openScan({ name: 'file' })
  for (let sent = 0; sent <= STATUS.maxBytes; sent += 1024 * 1024) await scan.write(Buffer.alloc(1024 * 1024))
  expect(scan.failure?.report.message).toMatch(/too large/)
  expect((await scan.finish()).passes).toBe(false)
})

test('the chunk is taken before write settles, so its memory can be used again', async () => {
  let received: ScanReport | null = null
  const { url } = await fakeAgent(
    afterBody((r, report) => {
      received = report
      send(r, 200, report)
    }),
  )
  const { gate } = await gateFor(url)
  const scan = await gate.openScan({ name: 'file' })
  const chunk = Buffer.alloc(1_000_000)
  const hash = createHash('sha256')
  for (let round = 0; round < 5; round++) {
    chunk.fill(round)
    hash.update(chunk)
    await scan.write(chunk)
  }
  const sha256 = hash.digest('hex')
  expect(await scan.finish()).toMatchObject({ passes: true, clearance: { sha256, bytes: 5_000_000 } })
  expect(received).toMatchObject({ sha256 })
})

test('without an agent nothing passes, after a short wait', async () => {
  const { gate, folder } = await gateFor(null)
  expect(await scanBytes(gate)).toMatchObject({
    passes: false,
    code: 'agent-unavailable',
    report: { verdict: 'ERROR', engine: null },
  })
  gate.useAgent(null, { code: 'agent-unavailable', message: 'The agent has ended.' })
  expect(gate.status()).toMatchObject({ state: 'unavailable' })
  await writeFile(join(folder, 'file'), 'hello')
  const outcome = await gate.scanFile(join(folder, 'file'))
  expect(outcome.report).toMatchObject({ verdict: 'ERROR', message: 'The agent has ended.' })
})

test('an agent that comes while a scan waits is used', async () => {
  const { url } = await fakeAgent(honest)
  const { gate } = await gateFor(null)
  const outcome = scanBytes(gate)
  gate.useAgent({ url, token: 'secret' })
  expect((await outcome).passes).toBe(true)
})

test('an agent that goes while a scan runs fails it at once', async () => {
  const begun = Promise.withResolvers<void>()
  const { url } = await fakeAgent(() => begun.resolve())
  const { gate } = await gateFor(url)
  const scan = await gate.openScan({ name: 'file' })
  await scan.write(Buffer.from('hello'))
  await begun.promise
  const finishing = scan.finish()
  gate.useAgent(null)
  expect(await finishing).toMatchObject({ passes: false, code: 'agent-unavailable', report: { verdict: 'ERROR' } })
  expect(gate.status()).toEqual({ state: 'starting' })
})

test('what is no agent is unavailable, and no token is told to it twice over', async () => {
  const { url } = await fakeAgent(honest, { hello: 'world' })
  const { gate } = await gateFor(url)
  const status = await until(gate, ({ state }) => state === 'unavailable')
  expect(status).toMatchObject({ error: { code: 'agent-unavailable' } })
  expect(JSON.stringify(status)).not.toContain('secret')
  gate.useAgent({ url: 'ftp://127.0.0.1', token: 'secret' })
  expect(gate.status()).toMatchObject({ state: 'unavailable', error: { code: 'bad-argument' } })
})

test.each(['http://scanner.example.org:8080', 'http://127.example.org', 'http://192.0.2.1:8080'])(
  'an agent beyond this computer is not spoken to in clear: %s',
  (url) => {
    const gate = createGate({ quarantineFolder: '/nowhere' })
    onTestFinished(() => gate.dispose())
    gate.useAgent({ url, token: 't'.repeat(40) })
    expect(gate.status()).toMatchObject({ state: 'unavailable', error: { code: 'bad-argument' } })
  },
)

test('a port that accepts and says nothing is unavailable, in bounded time', async () => {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { gate } = await gateFor(`http://127.0.0.1:${address.port}`)
  await until(gate, ({ state }) => state === 'unavailable')
  expect(reportOf(await scanBytes(gate)).verdict).toBe('ERROR')
})

test('cancelling rejects, wherever the scan is', async () => {
  const { url } = await fakeAgent(() => {})
  const { gate, folder } = await gateFor(url)
  const cancelled = { code: 'cancelled' }
  await writeFile(join(folder, 'file'), Buffer.alloc(3_000_000))
  const path = join(folder, 'file')
  await expect(gate.scanFile(path, { signal: AbortSignal.abort() })).rejects.toMatchObject(cancelled)
  const byFile = new AbortController()
  const scanning = gate.scanFile(path, { signal: byFile.signal, onProgress: () => byFile.abort() })
  await expect(scanning).rejects.toMatchObject(cancelled)
  const byStream = new AbortController()
  const scan = await gate.openScan({ name: 'file', signal: byStream.signal })
  await scan.write(Buffer.from('hello'))
  const finishing = scan.finish()
  byStream.abort()
  await expect(finishing).rejects.toMatchObject(cancelled)
  await expect(scan.write(Buffer.from('x'))).rejects.toMatchObject(cancelled)
  gate.useAgent(null)
  const waiting = new AbortController()
  const opening = gate.openScan({ name: 'file', signal: waiting.signal })
  waiting.abort()
  await expect(opening).rejects.toMatchObject(cancelled)
})

test('an aborted scan frees its connection', async () => {
  const gone = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const { url } = await fakeAgent((request) => {
    begun.resolve()
    request.once('close', () => gone.resolve())
  })
  const { gate } = await gateFor(url)
  const scan = await gate.openScan({ name: 'file' })
  await scan.write(Buffer.from('hello'))
  await begun.promise
  scan.abort()
  scan.abort()
  await gone.promise
  await expect(scan.finish()).rejects.toMatchObject({ code: 'cancelled' })
})

test('files that cannot be read throw with the reason', async () => {
  const { url } = await fakeAgent(honest)
  const { gate, folder } = await gateFor(url)
  await expect(gate.scanFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'local-not-found' })
  await expect(gate.scanFile(folder)).rejects.toMatchObject({ code: 'local-io' })
  await symlink(join(folder, 'nowhere'), join(folder, 'link'))
  await expect(gate.scanFile(join(folder, 'link'))).rejects.toMatchObject({ code: 'local-not-found' })
})

testOnPosix('a named pipe does not hang the gate', async () => {
  const { url } = await fakeAgent(honest)
  const { gate, folder } = await gateFor(url)
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await expect(gate.scanFile(join(folder, 'pipe'))).rejects.toMatchObject({ code: 'local-io' })
})

test('status is told when it changes, and only then', async () => {
  const { url } = await fakeAgent(honest)
  const { gate } = await gateFor(null)
  const seen: string[] = []
  gate.onStatus(({ state }) => seen.push(state))
  gate.useAgent(null)
  gate.useAgent({ url, token: 'secret' })
  await ready(gate)
  gate.useAgent(null, { code: 'agent-unavailable', message: 'x' })
  gate.useAgent(null, { code: 'agent-unavailable', message: 'x' })
  expect(seen).toEqual(['ready', 'unavailable'])
})

test('after dispose no connection stays', async () => {
  const fake = await fakeAgent(honest)
  const { gate } = await gateFor(fake.url)
  await scanBytes(gate)
  expect(fake.sockets.size).toBeGreaterThan(0)
  const closed = [...fake.sockets].map((socket) => once(socket, 'close'))
  gate.dispose()
  await Promise.all(closed)
  expect(fake.sockets.size).toBe(0)
})
