import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { shareConfigSchema, type ShareAddress, type ShareConfig } from '../common/share.ts'
import { advise, testPorts } from './port-test.ts'

const config = (changes: object = {}): ShareConfig => shareConfigSchema.parse(changes)

function address(host: string, reach: ShareAddress['reach'], port = 2121): ShareAddress {
  return { url: `ftp://${host}:${port}`, host, port, implicit: false, reach, interface: 'eth0' }
}

/** What the test says of a server that does so with each connection. */
async function probe(
  serve: (socket: Socket) => void,
  limit?: number,
): Promise<{ reachable: boolean; message: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const { results } = await testPorts([address('127.0.0.1', 'loopback', port)], config(), limit)
  const [{ reachable, message } = { reachable: false, message: 'no result' }] = results
  return { reachable, message }
}

test('a greeting is enough, in pieces too', async () => {
  expect(await probe((socket) => void socket.write('220 Hello\r\n'))).toMatchObject({ reachable: true })
  const pieces = (socket: Socket): void => {
    socket.write('22')
    setImmediate(() => socket.write('0 Hello\r\n'))
  }
  expect(await probe(pieces)).toMatchObject({ reachable: true })
})

test('a server that is full is there, another program is not ours', async () => {
  expect(await probe((socket) => void socket.end('421 Full\r\n'))).toMatchObject({
    reachable: true,
    message: expect.stringContaining('no more connections'),
  })
  expect(await probe((socket) => void socket.write('SSH-2.0-x\r\n'))).toMatchObject({
    reachable: false,
    message: expect.stringContaining('Something else answers'),
  })
  expect(await probe((socket) => void socket.write('x'.repeat(100_000)))).toMatchObject({ reachable: false })
})

test('one that says nothing, or hangs up, or is not there, is waited for within bounds', async () => {
  const closed = { reachable: false, message: expect.stringContaining('the connection was closed') }
  expect(await probe((socket) => void socket.end())).toMatchObject(closed)
  expect(await probe((socket) => void socket.end('half a li'))).toMatchObject(closed)
  const silent = await probe(() => undefined, 200)
  expect(silent).toMatchObject({ reachable: false, message: expect.stringMatching(/^No answer/) })
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const { results } = await testPorts([address('127.0.0.1', 'loopback', port)], config())
  expect(results).toMatchObject([{ reachable: false, message: expect.stringMatching(/^Refused/) }])
})

test('on loopback there is only one thing to say', () => {
  expect(advise([address('127.0.0.1', 'loopback')], config())).toEqual([expect.stringContaining('choose a network')])
})

test('behind a router it takes the ports, the passive range, the public address, and a provider that gives one', () => {
  const home = [address('192.168.1.5', 'private'), address('127.0.0.1', 'loopback')]
  const bare = advise(home, config()).join('\n')
  for (const word of [
    'firewall',
    'router',
    '(NAT)',
    'port 2121',
    'set a range of passive ports',
    'external address',
    'carrier-grade',
  ]) {
    expect(bare.toLowerCase()).toContain(word.toLowerCase())
  }
  const passive = { from: 50_000, to: 50_100, externalAddress: 'ftp.example.org' }
  const ready = advise(home, config({ passive })).join('\n')
  expect(ready).toContain('forward TCP port 2121 and the whole passive range 50000-50100')
  expect(ready).toContain('ftp.example.org')
  expect(ready).not.toContain('set a range')
})

test("an address of the provider's own network is told from one that works", () => {
  for (const host of ['100.64.0.1', '100.127.255.254']) {
    const home = advise([address('192.168.1.5', 'private')], config({ passive: { externalAddress: host } }))
    expect(home.join('\n')).toContain(`${host} is an address that your provider shares`)
  }
  const good = advise([address('192.168.1.5', 'private')], config({ passive: { externalAddress: '100.128.0.1' } }))
  expect(good.join('\n')).not.toContain('100.128.0.1 is an address')
})

test('a public address needs no router, but care', () => {
  const all = advise([address('2001:db8::1', 'public')], config()).join('\n')
  expect(all).toContain('public')
  expect(all).not.toContain('forward TCP')
})
