import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Inflow } from './receive.ts'

const MEBIBYTE = 1024 * 1024

/** A connection as passive ports take it. */
async function pair(): Promise<{ client: Socket; accepted: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const accepted = once(server, 'connection')
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  const [socket] = (await accepted) as [Socket]
  server.close()
  onTestFinished(() => void client.destroy())
  return { client, accepted: socket }
}

/** Takes everything, and gives the event loop a turn with each chunk as a disk would. */
async function taken(inflow: Inflow, socket: Socket): Promise<Buffer> {
  const all: Buffer[] = []
  const ended = once(socket, 'end')
  let over = false
  void ended.then(() => (over = true))
  inflow.start(socket)
  for (;;) {
    const chunk = inflow.next()
    if (chunk === null && over) return Buffer.concat(all)
    await setTimeout(1)
    if (chunk === null) continue
    all.push(Buffer.from(chunk))
    inflow.release()
  }
}

test('an accepted connection is read into our own memory, and nothing is lost or mixed up', async () => {
  const { client, accepted } = await pair()
  const inflow = new Inflow(() => undefined)
  const socket = inflow.under(accepted)
  onTestFinished(() => void socket.destroy())
  // Should a new Node not allow it any more, uploads still work but cost twice as much.
  expect(socket).not.toBe(accepted)
  expect(accepted.destroyed).toBe(true)
  const sent = randomBytes(5 * MEBIBYTE + 17)
  client.end(sent)
  expect((await taken(inflow, socket)).equals(sent)).toBe(true)
  inflow.stop()
  // It is the same connection: what is said on it arrives.
  const answer = once(client, 'data')
  socket.end('heard')
  expect(String((await answer)[0])).toBe('heard')
})

test('a connection that was read from stays as it is, and is copied from', async () => {
  const { client, accepted } = await pair()
  client.write('x')
  accepted.resume()
  await once(accepted, 'data')
  accepted.pause()
  const inflow = new Inflow(() => undefined)
  expect(inflow.under(accepted)).toBe(accepted)
  onTestFinished(() => void accepted.destroy())
  const sent = randomBytes(3 * MEBIBYTE)
  client.end(sent)
  expect((await taken(inflow, accepted)).equals(sent)).toBe(true)
  inflow.stop()
})

test.each([true, false])('a sender waits while nothing is taken (own memory: %s)', async (direct) => {
  const { client, accepted } = await pair()
  if (!direct) {
    client.write('x')
    accepted.resume()
    await once(accepted, 'data')
    accepted.pause()
  }
  let woken = 0
  const inflow = new Inflow(() => woken++)
  const socket = inflow.under(accepted)
  onTestFinished(() => void socket.destroy())
  const chunk = Buffer.alloc(MEBIBYTE)
  for (let count = 0; count < 64; count++) client.write(chunk)
  inflow.start(socket)
  for (let before = -1; before !== woken;) {
    before = woken
    await setTimeout(50)
  }
  expect(socket.bytesRead).toBeLessThan(3 * MEBIBYTE)
  inflow.stop()
})
