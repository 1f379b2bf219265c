import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { agentProblemSchema, agentStatusSchema } from '../common/agent-api.ts'
import { SluiceError } from '../common/errors.ts'
import { scanReportSchema } from '../common/models.ts'
import type { EngineStatus, EngineVerdict, ScanEngine, ScanSession } from './engine.ts'
import { startAgentServer } from './http-server.ts'

const token = 'k'.repeat(40)
const auth = { Authorization: `Bearer ${token}` }
const octets = { ...auth, 'Content-Type': 'application/octet-stream' }

/** An engine that does as told and tells what was done to it. */
class FakeEngine implements ScanEngine {
  readonly name = 'clamd'
  current: EngineStatus = {
    engine: 'clamd',
    engineVersion: 'Fake 1',
    signatureVersion: 's1',
    builtInRulesOnly: false,
    maxBytes: 1000,
  }
  verdict: () => Promise<EngineVerdict> = () => Promise.resolve({ verdict: 'OK', signature: null })
  onWrite: (chunk: Buffer) => void = () => {}
  opened = 0
  aborted = 0
  readonly abortedOnce = Promise.withResolvers<void>()

  status(): Promise<EngineStatus> {
    return Promise.resolve(this.current)
  }

  open(): Promise<ScanSession> {
    this.opened++
    return Promise.resolve({
      write: (chunk: Buffer) => this.onWrite(chunk),
      finish: () => this.verdict(),
      abort: () => {
        this.aborted++
        this.abortedOnce.resolve()
      },
    })
  }

  dispose(): Promise<void> {
    return Promise.resolve()
  }
}

async function start(options: { maxScans?: number; idleTimeout?: number } = {}) {
  const engine = new FakeEngine()
  const server = await startAgentServer(engine, {
    host: '127.0.0.1',
    port: 0,
    token,
    tls: null,
    maxScans: 4,
    version: '1.2.3',
    ...options,
  })
  onTestFinished(() => server.close())
  return { engine, port: server.port }
}

function open(port: number, method: string, path: string, headers: Record<string, string>): ClientRequest {
  return request({ port, host: '127.0.0.1', method, path, headers, agent: false }).on('error', () => {})
}

async function answer(
  sent: ClientRequest,
): Promise<{ status: number; headers: IncomingMessage['headers']; body: unknown }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part)
  const body: unknown = JSON.parse(Buffer.concat(parts).toString())
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

async function get(port: number, path: string, headers: Record<string, string> = auth) {
  const sent = open(port, 'GET', path, headers)
  sent.end()
  return answer(sent)
}

async function scan(port: number, body: Buffer | string) {
  const sent = open(port, 'POST', '/v1/scans', octets)
  sent.end(body)
  const { status, body: report } = await answer(sent)
  expect(status).toBe(200)
  return scanReportSchema.parse(report)
}

test('tells its status', async () => {
  const { port } = await start()
  const { status, body } = await get(port, '/v1/status')
  expect(status).toBe(200)
  expect(agentStatusSchema.parse(body)).toMatchObject({ version: '1.2.3', engine: 'clamd', maxBytes: 1000 })
})

test.each([
  [{}, 401],
  [{ Authorization: `Bearer ${token}x` }, 401],
  [{ Authorization: `Basic ${token}` }, 401],
  [{ ...auth, Origin: 'http://127.0.0.1' }, 403],
  [{ ...auth, Origin: 'null' }, 403],
  [{ ...auth, Host: 'rebound.example' }, 403],
  [{ ...auth, Host: '127.0.0.1:1' }, 403],
  [{ ...auth, Host: '127.0.0.1.example' }, 403],
])('refuses %j everywhere with %i', async (headers: Record<string, string>, expected) => {
  const { port, engine } = await start()
  for (const path of ['/v1/status', `/v1/verdicts/${'a'.repeat(64)}`, '/nothing']) {
    const { status, body } = await get(port, path, headers)
    expect(status).toBe(expected)
    expect(agentProblemSchema.parse(body).error).not.toContain(token)
  }
  const sent = open(port, 'POST', '/v1/scans', { ...headers, 'Content-Type': 'application/octet-stream' })
  sent.end('hello')
  expect((await answer(sent)).status).toBe(expected)
  expect(engine.opened).toBe(0)
})

test('knows its addresses and their methods only', async () => {
  const { port } = await start()
  for (const path of ['/', '/v1', '/v1/status/', '/v1/status?x', `/v1/verdicts/${'A'.repeat(64)}`, '/v1/verdicts/..']) {
    expect((await get(port, path)).status).toBe(404)
  }
  const wrong = await get(port, '/v1/scans')
  expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST'])
  for (const headers of [auth, { ...auth, 'Content-Type': 'text/plain' }, { ...octets, 'Content-Encoding': 'gzip' }]) {
    const sent = open(port, 'POST', '/v1/scans', headers)
    sent.end('hello')
    expect((await answer(sent)).status).toBe(415)
  }
})

test('reports a scan with hash, bytes and engine, and knows it afterwards', async () => {
  const { port, engine } = await start()
  const sha256 = createHash('sha256').update('hello').digest('hex')
  expect((await get(port, `/v1/verdicts/${sha256}`)).status).toBe(404)
  const report = await scan(port, 'hello')
  expect(report).toMatchObject({ verdict: 'OK', sha256, bytes: 5, engineVersion: 'Fake 1', message: null })
  expect((await get(port, `/v1/verdicts/${sha256}`)).body).toEqual(report)
  engine.current = { ...engine.current, signatureVersion: 's2' }
  expect((await get(port, `/v1/verdicts/${sha256}`)).status).toBe(404)
})

test('a verdict that came during a reload counts for the old signatures', async () => {
  const { port, engine } = await start()
  engine.verdict = () => {
    engine.current = { ...engine.current, signatureVersion: 's2' }
    return Promise.resolve({ verdict: 'OK', signature: null })
  }
  const report = await scan(port, 'hello')
  expect(report.signatureVersion).toBe('s1')
  expect((await get(port, `/v1/verdicts/${report.sha256}`)).status).toBe(404)
})

test('a failed scan is a report, not a 5xx, and never known afterwards', async () => {
  const { port, engine } = await start()
  engine.verdict = () => Promise.reject(new SluiceError('scan-error', 'the engine broke'))
  const report = await scan(port, 'hello')
  expect(report).toMatchObject({ verdict: 'ERROR', signature: null, message: 'the engine broke', bytes: 5 })
  expect((await get(port, `/v1/verdicts/${report.sha256}`)).status).toBe(404)
})

test('an engine that fails in mid-body is reported before its end', async () => {
  const { port, engine } = await start()
  engine.onWrite = () => {
    throw new SluiceError('scan-error', 'lost in mid-stream')
  }
  const sent = open(port, 'POST', '/v1/scans', { ...octets, 'Transfer-Encoding': 'chunked' })
  sent.write('some')
  const { status, body } = await answer(sent)
  sent.destroy()
  expect(status).toBe(200)
  expect(body).toMatchObject({ verdict: 'ERROR', sha256: null, message: 'lost in mid-stream' })
})

test('what is beyond the limit is refused, announced or not', async () => {
  const { port, engine } = await start()
  const announced = open(port, 'POST', '/v1/scans', { ...octets, 'Content-Length': '1001' })
  announced.flushHeaders()
  expect((await answer(announced)).status).toBe(413)
  announced.destroy()
  expect(engine.opened).toBe(0)
  const sent = open(port, 'POST', '/v1/scans', { ...octets, 'Transfer-Encoding': 'chunked' })
  sent.write(Buffer.alloc(1001))
  expect((await answer(sent)).body).toMatchObject({ verdict: 'ERROR', sha256: null })
  sent.destroy()
  expect((await scan(port, Buffer.alloc(1000))).verdict).toBe('OK')
})

test('a client that goes away in mid-body ends its scan and leaves nothing behind', async () => {
  const { port, engine } = await start()
  const arrived = Promise.withResolvers<void>()
  engine.onWrite = () => arrived.resolve()
  const sent = open(port, 'POST', '/v1/scans', { ...octets, 'Content-Length': '10' })
  sent.write('hello')
  await arrived.promise
  sent.destroy()
  await engine.abortedOnce.promise
  const sha256 = createHash('sha256').update('hello').digest('hex')
  expect((await get(port, `/v1/verdicts/${sha256}`)).status).toBe(404)
})

test('a client that falls silent is cut off', async () => {
  const { port, engine } = await start({ idleTimeout: 100 })
  const sent = open(port, 'POST', '/v1/scans', { ...octets, 'Content-Length': '10' })
  sent.write('hello')
  // `once` would reject with the expected "socket hang up".
  await new Promise((resolve) => sent.once('close', resolve))
  await engine.abortedOnce.promise
  expect(engine.aborted).toBe(1)
})

test('waits for a free place; who leaves the queue makes room', async () => {
  const { port, engine } = await start({ maxScans: 1 })
  const verdict = Promise.withResolvers<EngineVerdict>()
  const writing = Promise.withResolvers<void>()
  engine.onWrite = () => writing.resolve()
  engine.verdict = () => verdict.promise
  const first = scan(port, 'one')
  await writing.promise
  const second = scan(port, 'two')
  expect((await get(port, '/v1/status')).status).toBe(200)
  expect(engine.opened).toBe(1)
  verdict.resolve({ verdict: 'INFECTED', signature: 'X' })
  expect((await first).signature).toBe('X')
  expect((await second).verdict).toBe('INFECTED')
  expect(engine.opened).toBe(2)
})

test('an engine that does not answer makes 503 of everything', async () => {
  const { port, engine } = await start()
  engine.status = () => Promise.reject(new SluiceError('agent-unavailable', 'clamd does not answer'))
  expect((await get(port, '/v1/status')).status).toBe(503)
  expect((await get(port, `/v1/verdicts/${'a'.repeat(64)}`)).status).toBe(503)
  const sent = open(port, 'POST', '/v1/scans', octets)
  sent.end('hello')
  expect(await answer(sent)).toMatchObject({ status: 503, body: { error: 'clamd does not answer' } })
})

test('what is not HTTP does no harm', async () => {
  const { port } = await start()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}).end('USER anonymous\r\n\r\n')
  socket.resume()
  await once(socket, 'close')
  expect((await get(port, '/v1/status')).status).toBe(200)
})
