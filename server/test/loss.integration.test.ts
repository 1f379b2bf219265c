/** What could cost somebody a file: several at one name, cuts over a file that is there, a server that dies. */
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import type { TestFtpServer } from '../../testing/ftp-server.ts'
import { dial, everything, exchange, login, passive, start } from './data-client.ts'
import { makePlace, startServer, untilReady, type Place } from './sluice-server.ts'

const MIB = 1024 * 1024

function stored(server: TestFtpServer, name: string): string {
  return readFileSync(path.join(server.root, name), 'utf8')
}

/** Sends some of a file, and resets the connection once that has come. */
async function cut(server: TestFtpServer, client: ControlClient, line: string, text: string): Promise<void> {
  const data = await passive(client)
  expect((await client.command(line)).code).toBe(150)
  data.write(text)
  while ((server.server.transfers()[0]?.bytes ?? 0) < text.length) await new Promise((resolve) => setImmediate(resolve))
  data.resetAndDestroy()
  expect((await client.reply()).code).toBe(426)
}

async function size(client: ControlClient, name: string): Promise<number> {
  return Number((await client.command(`SIZE ${name}`)).lines[0]?.slice(4))
}

describeWith(['openssl'], 'an upload that was to replace a file and was cut', () => {
  const OLD = 'the old file'
  const NEW = 'the new one, which is longer than the old'

  test.each([3, 20])('is gone on with after %s bytes by REST, and never mixed with the old file', async (sent) => {
    const server = await start()
    writeFileSync(path.join(server.root, 'x'), OLD)
    const client = await login(server)
    await cut(server, client, 'STOR x', NEW.slice(0, sent))
    expect(stored(server, 'x')).toBe(OLD)
    // As clients do that resume: from where the server says that the file ends.
    const at = await size(client, 'x')
    await client.command(`REST ${at}`)
    const { codes } = await exchange(client, 'STOR x', NEW.slice(at))
    expect([codes, stored(server, 'x')]).toEqual(sent < OLD.length ? [[550], OLD] : [[150, 226], NEW])
    expect((await exchange(client, 'STOR x', NEW)).codes).toEqual([150, 226])
    // Answered when the upload has put away what it leaves behind.
    await client.command('NOOP')
    expect(readdirSync(server.root)).toEqual(['x'])
  })

  test('is not added to the old file by APPE', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'x'), OLD)
    const client = await login(server)
    await cut(server, client, 'STOR x', NEW.slice(0, 20))
    const { codes, text } = await exchange(client, 'APPE x', NEW.slice(OLD.length))
    expect([codes, stored(server, 'x')]).toEqual([[550], OLD])
    expect(text).toContain('cut after 20 bytes')
    // Once all has come, or the file is somebody else's newer one, there is nothing to mix.
    expect((await exchange(client, 'STOR x', NEW)).codes).toEqual([150, 226])
    expect((await exchange(client, 'APPE x', '!')).codes).toEqual([150, 226])
    expect(stored(server, 'x')).toBe(`${NEW}!`)
  })

  test('as text is not kept: its bytes are not those that the client counts', async () => {
    const server = await start()
    const client = await login(server)
    await client.command('TYPE A')
    await cut(server, client, 'STOR x', 'a\r\nb\r\n')
    await client.command('TYPE I')
    expect((await client.command('SIZE x')).code).toBe(550)
    expect(readdirSync(server.root)).toEqual([])
  })
})

describeWith(['openssl'], 'two at one name', () => {
  test('who add at the same time are not both told that all is stored when it is not', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'log'), 'one\n')
    const clients = await Promise.all(['two\n', 'three\n'].map(async (text) => ({ text, client: await login(server) })))
    const sockets = []
    for (const { client, text } of clients) {
      const data = await passive(client)
      expect((await client.command('APPE log')).code).toBe(150)
      data.write(text)
      sockets.push(data)
    }
    for (const data of sockets) data.end()
    const codes = await Promise.all(clients.map(async ({ client }) => (await client.reply()).code))
    const added = clients.filter((_, index) => codes[index] === 226).map(({ text }) => text)
    expect(codes.toSorted((a, b) => a - b)).toEqual([226, 450])
    expect(stored(server, 'log')).toBe(`one\n${added.join('')}`)
    expect(readdirSync(server.root)).toEqual(['log'])
  })

  test('of whom one reads while the other replaces, or takes it away: it gets the old file whole', async () => {
    const server = await start()
    const old = Buffer.alloc(32 * MIB, 'o')
    for (const change of ['STOR x', 'DELE x', 'RNFR x']) {
      writeFileSync(path.join(server.root, 'x'), old)
      const [reader, writer] = [await login(server), await login(server)]
      const data = await passive(reader)
      expect((await reader.command('RETR x')).code).toBe(150)
      // Not read yet: most of it is still on the disk.
      await once(data, 'readable')
      if (change === 'STOR x')
        expect((await exchange(writer, change, Buffer.alloc(MIB, 'n'))).codes).toEqual([150, 226])
      else await writer.command(change)
      if (change === 'RNFR x') expect((await writer.command('RNTO y')).code).toBe(250)
      expect((await everything(data)).equals(old), change).toBe(true)
      expect((await reader.reply()).code).toBe(226)
    }
  })

  test('of whom one renames or removes the folder into which the other uploads', async () => {
    const server = await start()
    mkdirSync(path.join(server.root, 'd'))
    const [sender, other] = [await login(server), await login(server)]
    const data = await passive(sender)
    expect((await sender.command('STOR d/x')).code).toBe(150)
    data.write('half ')
    expect((await other.command('RMD d')).code).toBe(550)
    await other.command('RNFR d')
    expect((await other.command('RNTO e')).code).toBe(250)
    data.end('and half')
    expect((await sender.reply()).code).toBe(226)
    expect(readdirSync(server.root)).toEqual(['e'])
    expect(stored(server, 'e/x')).toBe('half and half')
  })
})

describeWith(['openssl'], 'a server that dies', () => {
  async function serve(place: Place): Promise<{ client: ControlClient; kill: () => Promise<void> }> {
    const args = ['--root', place.root, '--user', 'ada:password1:writer', '--no-scan', '--plain-ok']
    const running = startServer([...args, '--listen', '127.0.0.1:0'], place)
    const client = await ControlClient.connect('127.0.0.1', await untilReady(running))
    onTestFinished(() => client.destroy())
    await client.reply()
    for (const line of ['USER ada', 'PASS password1', 'TYPE I']) await client.command(line)
    const kill = async (): Promise<void> => {
      running.child.kill('SIGKILL')
      await running.ended
    }
    return { client, kill }
  }

  test('in the midst of an upload leaves the old file, and nothing of the new one that anybody sees', async () => {
    const place = makePlace()
    writeFileSync(path.join(place.root, 'x'), 'old')
    const { client, kill } = await serve(place)
    const data = await dial(await client.passive())
    expect((await client.command('STOR x')).code).toBe(150)
    data.write(Buffer.alloc(MIB, 'n'))
    while (readdirSync(place.root).length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    await kill()
    expect(readFileSync(path.join(place.root, 'x'), 'utf8')).toBe('old')
    const again = await serve(place)
    const listing = await dial(await again.client.passive())
    expect((await again.client.command('NLST')).code).toBe(150)
    expect((await everything(listing)).toString()).toBe('x\r\n')
  })

  test('at any moment of many uploads leaves each name with a whole file', { timeout: 60_000 }, async () => {
    const place = makePlace()
    const one = Buffer.alloc(300_000, '1')
    const two = Buffer.alloc(400_000, '2')
    for (const name of ['a', 'b', 'c']) writeFileSync(path.join(place.root, name), one)
    for (let round = 0; round < 4; round++) {
      const { client, kill } = await serve(place)
      let uploads = 0
      const sending = (async () => {
        for (;;) {
          const data = await dial(await client.passive())
          await client.command(`STOR ${'abc'[uploads % 3] ?? ''}`)
          data.end(uploads % 2 === 0 ? two : one)
          await client.reply()
          uploads++
        }
      })().catch(() => undefined)
      while (uploads < 5 + round) await new Promise((resolve) => setTimeout(resolve, 1))
      await kill()
      await sending
      for (const name of ['a', 'b', 'c']) {
        const content = readFileSync(path.join(place.root, name))
        expect(content.equals(one) || content.equals(two)).toBe(true)
      }
    }
  })
})
