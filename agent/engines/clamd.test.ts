import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ClamdEngine, parseReply } from './clamd.ts'

test('only the exact words are a verdict', () => {
  expect(parseReply('stream: OK')).toEqual({ verdict: 'OK', signature: null })
  expect(parseReply('stream: Win.Test FOUND')).toEqual({ verdict: 'INFECTED', signature: 'Win.Test' })
  expect(parseReply('stream: Eicar(44d88612fea8a8f36de82e1278abb02f:68) FOUND').signature).toBe('Eicar')
})

test.each([
  '',
  'OK',
  'stream: ok',
  'stream: OK ',
  ' stream: OK',
  'stream: OK\n',
  'stream: MAYBE',
  'stream: OK FOUND OK',
  'stream:  FOUND',
  'stream: FOUND',
  'stream: x ERROR',
  'fd[12]: OK',
  '/tmp/x: OK',
  'stream: OK\0stream: OK',
  'INSTREAM size limit exceeded. ERROR',
  'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND',
  'stream: (null) FOUND',
])('%j is an error', (reply) => {
  expect(() => parseReply(reply)).toThrow()
})

interface Script {
  /** The command has come, perhaps with more. */
  start?(socket: Socket): void
  /** The end mark (a chunk of length 0) has come: the last four bytes are zero. */
  end?(socket: Socket, received: Buffer): void
}

/** A clamd that answers VERSION truly and INSTREAM by script. */
async function fakeClamd(script: Script): Promise<ClamdEngine> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (part) => {
      if (received.length === 0 && part.toString('latin1') === 'zVERSION\0') socket.end('ClamAV 1.4.6\0')
      else if (received.length === 0) script.start?.(socket)
      received = Buffer.concat([received, part])
      if (part.subarray(-4).equals(Buffer.alloc(4))) script.end?.(socket, received)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const timeouts = { connect: 1000, stall: 300, verdict: 300 }
  return new ClamdEngine({ kind: 'tcp', host: '127.0.0.1', port: address.port }, null, timeouts)
}

/** Sends one small body; gives the verdict or the error's message. */
async function scan(engine: ClamdEngine, body: Buffer = Buffer.from('hello')): Promise<string> {
  const session = await engine.open(new AbortController().signal)
  try {
    await session.write(body)
    return (await session.finish()).verdict
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    session.abort()
  }
}

test('the fake is believed when it speaks properly', async () => {
  const engine = await fakeClamd({ end: (socket) => socket.end('stream: OK\0') })
  expect(await scan(engine)).toBe('OK')
})

test.each([
  ['MAYBE', 'stream: MAYBE\0'],
  ['nothing', ''],
  ['OK without its NUL', 'stream: OK'],
  ['OK with a newline', 'stream: OK\n'],
  ['two answers', 'stream: OK\0stream: OK\0'],
  ['garbage', '\x01\x02\xff\0'],
  ['an answer that does not end', 'stream: OK'.padEnd(10_000, ' ')],
  ['the size limit', 'INSTREAM size limit exceeded. ERROR\0'],
])('an answer of %s is an error', async (_name, answer) => {
  const engine = await fakeClamd({ end: (socket) => socket.end(answer, 'latin1') })
  const outcome = await scan(engine)
  expect(outcome).toMatch(/clamd|StreamMaxLength/)
  expect(outcome).not.toMatch(/in time/)
})

test('an OK before the end is an error', async () => {
  const engine = await fakeClamd({ start: (socket) => socket.end('stream: OK\0') })
  const session = await engine.open(new AbortController().signal)
  onTestFinished(() => session.abort())
  const sending = async (): Promise<void> => {
    for (;;) await session.write(Buffer.alloc(256 * 1024))
  }
  await expect(sending()).rejects.toThrow(/clamd/)
})

test.each(['write', 'finish'] as const)('an OK before the end mark fails the next %s', async (step) => {
  const engine = await fakeClamd({
    start: (socket) => void socket.write('stream: OK\0'),
    // Then it goes on as if nothing had happened.
    end: (socket) => socket.end(),
  })
  const session = await engine.open(new AbortController().signal)
  onTestFinished(() => session.abort())
  await session.write(Buffer.from('hello'))
  // Another conversation there and back: by then the early answer is here.
  await engine.status()
  const next = async (): Promise<unknown> => (step === 'write' ? session.write(Buffer.from('more')) : session.finish())
  await expect(next()).rejects.toThrow(/clamd/)
})

test('a connection cut after the end mark is an error', async () => {
  const engine = await fakeClamd({ end: (socket) => socket.resetAndDestroy() })
  expect(await scan(engine)).toMatch(/lost|no whole answer/)
})

test('silence after the end mark is an error, in bounded time', async () => {
  const engine = await fakeClamd({})
  expect(await scan(engine)).toMatch(/no verdict in time/)
})

test('a clamd that takes no bytes is an error, in bounded time', async () => {
  const engine = await fakeClamd({ start: (socket) => socket.pause() })
  expect(await scan(engine, Buffer.alloc(32 * 1024 * 1024))).toMatch(/takes no more bytes/)
})

test('an empty chunk is not taken for the end mark', async () => {
  const whole = Buffer.from('zINSTREAM\0\0\0\0\x0chello, world\0\0\0\0', 'latin1')
  const engine = await fakeClamd({
    end: (socket, received) => socket.end(received.equals(whole) ? 'stream: OK\0' : 'stream: Early FOUND\0'),
  })
  const session = await engine.open(new AbortController().signal)
  await session.write(Buffer.alloc(0))
  await session.write(Buffer.from('hello, world'))
  expect((await session.finish()).verdict).toBe('OK')
})

test('what is not a clamd is not used; limits that cannot be seen are assumed small', async () => {
  const engine = await fakeClamd({})
  expect(await engine.status()).toMatchObject({ engineVersion: 'ClamAV 1.4.6', maxBytes: 25 * 1024 * 1024 })
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\0')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const other = new ClamdEngine({ kind: 'tcp', host: '127.0.0.1', port: address.port }, null)
  await expect(other.status()).rejects.toThrow(/not a clamd|does not answer/)
})

test('a clamd that is not there is "unavailable"', async () => {
  const engine = new ClamdEngine({ kind: 'unix', path: '/nonexistent/clamd.sock' }, null)
  await expect(engine.status()).rejects.toMatchObject({ code: 'agent-unavailable' })
  await expect(engine.open(new AbortController().signal)).rejects.toMatchObject({ code: 'agent-unavailable' })
})
