import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createPassivePorts, type HeldPort, type PassivePorts } from './passive-ports.ts'

const HOST = '127.0.0.1'

/** Some ports in a row that are free, or were a moment ago. */
async function freeRange(size: number): Promise<{ from: number; to: number }> {
  for (;;) {
    const first = createServer().listen(0, HOST)
    await once(first, 'listening')
    const servers = [first]
    const { port: from } = first.address() as AddressInfo
    let free = from + size <= 65_535
    for (let port = from + 1; free && port < from + size; port++) {
      const server = createServer()
      servers.push(server)
      server.listen(port, HOST)
      free = await once(server, 'listening').then(
        () => true,
        () => false,
      )
    }
    for (const server of servers) server.close()
    if (free) return { from, to: from + size - 1 }
  }
}

async function held(ports: PassivePorts, owner: string, onLost = (): void => {}): Promise<HeldPort> {
  const port = await ports.hold(HOST, owner, onLost)
  if (port === null) throw new Error('No port is free.')
  onTestFinished(() => port.release())
  return port
}

test('0 and 0 is any free port', async () => {
  const ports = createPassivePorts({ from: 0, to: 0 })
  const [one, other] = [await held(ports, 'a'), await held(ports, 'a')]
  expect(one.port).toBeGreaterThan(0)
  expect(other.port).not.toBe(one.port)
  // Named, not looked for by the system, which takes long when thousands of connections have just ended.
  expect(Math.min(one.port, other.port)).toBeGreaterThanOrEqual(49_152)
})

test('goes round its range; null when all are taken; what is given back goes to whoever waits', async () => {
  const range = await freeRange(2)
  const ports = createPassivePorts(range, 50)
  const [one, other] = [await held(ports, 'a'), await held(ports, 'a')]
  expect([one.port, other.port]).toEqual([range.from, range.to])
  expect(await ports.hold(HOST, 'a', () => {})).toBeNull()
  const patient = createPassivePorts(range, 60_000)
  one.release()
  other.release()
  const [third, fourth] = [await held(patient, 'a'), await held(patient, 'b')]
  const waiting = held(patient, 'b')
  fourth.release()
  expect((await waiting).port).toBe(fourth.port)
  third.release()
  third.release()
})

test('an address that holds many loses its oldest to one that holds none', async () => {
  const ports = createPassivePorts(await freeRange(3), 50)
  const lost = [vi.fn(), vi.fn(), vi.fn()]
  const greedy = []
  for (const onLost of lost) greedy.push(await held(ports, 'greedy', onLost))
  const modest = await held(ports, 'modest')
  expect(modest.port).toBe(greedy[0]?.port)
  expect(lost.map((callback) => callback.mock.calls.length)).toEqual([1, 0, 0])
  expect(await ports.hold(HOST, 'modest', () => {})).toBeNull()
})
