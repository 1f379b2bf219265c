import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { testOnPosix } from '../../testing/test-unless.ts'
import { makePlace, startServer, untilReady, type Running } from './sluice-server.ts'

const PASSWORD = 'correct horse'

/** A server, and a client of it that downloads but has not read a byte yet. */
async function downloading(bytes: number): Promise<{ server: Running; client: ControlClient; data: Socket }> {
  const place = makePlace()
  writeFileSync(path.join(place.root, 'big.bin'), randomBytes(bytes))
  const args = ['--listen', '127.0.0.1:0', '--root', place.root, '--user', 'ann', '--no-scan', '--plain-ok']
  const server = startServer(args, place, { SLUICE_SERVER_PASSWORD: PASSWORD })
  const client = await ControlClient.connect('127.0.0.1', await untilReady(server))
  onTestFinished(() => client.destroy())
  await client.reply()
  await client.command('USER ann')
  await client.command(`PASS ${PASSWORD}`)
  await client.command('TYPE I')
  const data = connect(await client.passive(), '127.0.0.1')
  onTestFinished(() => void data.destroy())
  await once(data, 'connect')
  expect(await client.command('RETR big.bin')).toMatchObject({ code: 150 })
  return { server, client, data }
}

testOnPosix('a transfer under way may finish before the server ends', async () => {
  const size = 40_000_000
  const { server, client, data } = await downloading(size)
  server.child.kill('SIGTERM')
  await server.until(/ stopping /)
  let received = 0
  data.on('data', (chunk: Buffer) => (received += chunk.length))
  await once(data, 'end')
  data.end()
  expect(await client.reply()).toMatchObject({ code: 226 })
  expect(received).toBe(size)
  expect(await server.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/download .*outcome=ok/) })
})

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  testOnPosix(`a second ${signal} waits for nothing`, async () => {
    const { server } = await downloading(40_000_000)
    server.child.kill(signal)
    await server.until(/ stopping /)
    // Signals close to each other count as one: a terminal and npm both pass on the same Ctrl-C.
    const again = setInterval(() => server.child.kill(signal), 100)
    onTestFinished(() => clearInterval(again))
    expect(await server.ended).toMatchObject({ code })
  })
}
