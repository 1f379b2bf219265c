import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { shareConfigSchema } from '../../common/share.ts'
import type { Facts } from '../files/types.ts'
import { listingBytes, listLine } from '../listings/index.ts'
import { createDataConnections } from './data-connections.ts'
import { createPassivePorts, type PassivePorts } from './passive-ports.ts'
import type { DataConnections } from './types.ts'

const SIGNAL = new AbortController().signal
const ENTRIES = 400_000

function connections(
  ports?: PassivePorts,
  { externalAddress = '', peer = '::ffff:127.0.0.1' }: { externalAddress?: string; peer?: string } = {},
): DataConnections {
  const config = shareConfigSchema.parse({ passive: { externalAddress } })
  const data = createDataConnections({
    config,
    ports: ports ?? createPassivePorts(config.passive),
    local: '127.0.0.1',
    peer,
    context: () => null,
    isProtected: () => false,
    onRefused: () => undefined,
  })
  onTestFinished(() => data.drop())
  return data
}

/** @param asked is told how many entries were asked for so far */
async function* folder(asked: (entries: number) => void): AsyncGenerator<Facts[]> {
  for (let from = 0; from < ENTRIES; from += 256) {
    asked(Math.min(from + 256, ENTRIES))
    yield Array.from({ length: Math.min(256, ENTRIES - from) }, (_, index) => ({
      name: `${'x'.repeat(100)}-${from + index}`,
      type: 'file',
      size: index,
      modified: 0,
      mode: 0o644,
      links: 1,
      uid: 0,
      gid: 0,
      unique: '1',
      target: null,
    }))
  }
}

test('a listing of many entries goes at the client’s pace, and is never held as a whole', async () => {
  const data = connections()
  const { port } = await data.extendedPassive(1)
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  await once(client, 'connect')
  const connection = await data.open('download', SIGNAL)
  let received = 0
  let lines = 0
  let ahead = 0
  const entries = folder((asked) => {
    ahead = Math.max(ahead, asked - lines)
  })
  const sent = connection.send(
    listingBytes(entries, (facts) => listLine(facts, 0)),
    SIGNAL,
  )
  for await (const chunk of client) {
    received += (chunk as Buffer).length
    lines += (chunk as Buffer).toString('latin1').split('\n').length - 1
  }
  expect(await sent).toBe(received)
  expect(lines).toBe(ENTRIES)
  // What lies in the system's buffers between the two is some megabytes; the whole has 68 MB.
  expect(ahead).toBeLessThan(ENTRIES / 3)
}, 60_000)

test('what was prepared is given up by what is prepared next, by drop and at the end', async () => {
  const data = connections()
  const first = await data.extendedPassive(null)
  const second = await data.extendedPassive(null)
  const late = connect(first.port, '127.0.0.1')
  await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(data.prepared).toBe(true)
  data.drop()
  expect(data.prepared).toBe(false)
  await expect(data.open('download', SIGNAL)).rejects.toMatchObject({ code: 425 })
  const later = connect(second.port, '127.0.0.1')
  await expect(once(later, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a port that is found when the session has ended is given back at once', async () => {
  const found = Promise.withResolvers<void>()
  const real = createPassivePorts({ from: 0, to: 0 })
  const data = connections({
    hold: async (...wanted) => {
      await found.promise
      return await real.hold(...wanted)
    },
  })
  const told = data.extendedPassive(1)
  data.drop()
  found.resolve()
  await expect(told).rejects.toMatchObject({ code: 425 })
  expect(data.prepared).toBe(false)
})

test('no address in particular is the client’s, never one of this computer', async () => {
  const data = connections(undefined, { peer: '127.0.0.5' })
  const [client, victim] = [createServer(), createServer()]
  onTestFinished(() => void client.close())
  onTestFinished(() => void victim.close())
  let bounced = false
  victim.on('connection', () => (bounced = true))
  client.listen(0, '127.0.0.5')
  await once(client, 'listening')
  const bound = client.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  victim.listen(port, '127.0.0.1')
  await once(victim, 'listening')
  for (const address of ['0.0.0.0', '::']) {
    data.active(address, port)
    const arrived = once(client, 'connection')
    const connection = await data.open('download', SIGNAL)
    await arrived
    connection.destroy()
  }
  expect(bounced).toBe(false)
})

test('an abort while the client is awaited ends the wait', async () => {
  const data = connections()
  await data.extendedPassive(null)
  const abort = new AbortController()
  const opened = data.open('upload', abort.signal)
  abort.abort()
  await expect(opened).rejects.toMatchObject({ code: 426 })
})

test.each([
  ['203.0.113.9', '198.51.100.7', '203.0.113.9'],
  // Inside, the way back through the router is often closed.
  ['203.0.113.9', '192.168.1.20', '127.0.0.1'],
  ['203.0.113.9', '127.0.0.1', '127.0.0.1'],
  // Behind two routers, "outside" is a private address, too.
  ['192.168.1.5', '192.168.1.20', '192.168.1.5'],
  ['', '198.51.100.7', '127.0.0.1'],
])('with the external address "%s" PASV tells %s: %s', async (externalAddress, peer, told) => {
  expect((await connections(undefined, { externalAddress, peer }).passive()).host).toBe(told)
})
