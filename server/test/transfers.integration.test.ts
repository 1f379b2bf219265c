/** Files up and down: whole, resumed, as text, cut, stalled, aborted. */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import type { TestFtpServer } from '../../testing/ftp-server.ts'
import { audited, everything, exchange, login, passive, secured, start } from './data-client.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Bigger than what systems keep on the way, so that a client which does not read stops the server. */
const BIG = 32 * MIB

function stored(server: TestFtpServer, name: string): Buffer {
  return readFileSync(path.join(server.root, name))
}

/** Names an account can see. */
function names(server: TestFtpServer): string[] {
  return readdirSync(server.root).filter((name) => !name.startsWith('.'))
}

/** Resolves when no transfer runs any more. */
async function quiet(server: TestFtpServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const check = (): void => {
    if (server.server.transfers().length === 0) resolve()
  }
  const stop = server.server.onChange(check)
  check()
  await promise.finally(stop)
}

/** Bytes of the first transfer have come so far. */
async function arrived(server: TestFtpServer, bytes: number): Promise<void> {
  while ((server.server.transfers()[0]?.bytes ?? 0) < bytes) await new Promise((resolve) => setImmediate(resolve))
}

describeWith(['openssl'], 'transfers', () => {
  test.each([false, true])('a file comes back as it went, TLS %s', async (secure) => {
    const server = await start()
    const client = await login(server, { secure })
    for (const size of [0, 1, 64 * KIB, 3 * MIB + 7]) {
      const content = randomBytes(size)
      const put = await exchange(client, `STOR ${size}.bin`, content)
      expect(put).toMatchObject({ codes: [150, 226], text: `226 Stored without a scan, ${size} bytes.` })
      const got = await exchange(client, `RETR ${size}.bin`)
      expect(got.codes).toEqual([150, 226])
      expect(got.received.equals(content)).toBe(true)
    }
    const [download, upload] = await audited(server)
    const told = {
      outcome: 'ok',
      account: 'sluice',
      address: '127.0.0.1',
      path: `/${3 * MIB + 7}.bin`,
      bytes: 3 * MIB + 7,
    }
    expect(upload).toMatchObject({ kind: 'upload', ...told, verdict: null })
    expect(download).toMatchObject({ kind: 'download', ...told })
    expect(download?.ms).toBeGreaterThanOrEqual(0)
  })

  test('RETR tells the size, and goes on where REST says', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'a.txt'), '0123456789')
    const client = await login(server)
    const data = await passive(client)
    expect((await client.command('RETR a.txt')).lines).toEqual(['150 The file follows (10 bytes).'])
    await everything(data)
    await client.reply()
    expect((await client.command('REST 7')).code).toBe(350)
    expect((await exchange(client, 'RETR a.txt')).received.toString()).toBe('789')
    expect((await exchange(client, 'RETR a.txt')).received.toString()).toBe('0123456789')
    await client.command('REST 10')
    expect((await exchange(client, 'RETR a.txt')).codes).toEqual([150, 226])
    await client.command('REST 11')
    expect((await exchange(client, 'RETR a.txt')).codes).toEqual([550])
    for (const bad of ['REST x', 'REST -1', 'REST 1.5', 'REST 99999999999999999']) {
      expect((await client.command(bad)).code, bad).toBe(501)
    }
  })

  test('REST and STOR go on, APPE adds, STOU finds a name of its own', async () => {
    const server = await start()
    const client = await login(server)
    await exchange(client, 'STOR a.txt', '0123456789')
    await client.command('REST 5')
    expect((await exchange(client, 'STOR a.txt', 'abc')).codes).toEqual([150, 226])
    expect(stored(server, 'a.txt').toString()).toBe('01234abc')
    expect((await exchange(client, 'APPE a.txt', '!')).codes).toEqual([150, 226])
    expect(stored(server, 'a.txt').toString()).toBe('01234abc!')
    for (const line of ['STOU', 'STOU a.txt']) {
      const data = await passive(client)
      const { code, lines } = await client.command(line)
      expect(code).toBe(150)
      const name = /^150 FILE: \/(\S+)$/.exec(lines[0] ?? '')?.[1] ?? ''
      data.end(line)
      expect((await client.reply()).code).toBe(226)
      expect(name).not.toBe('a.txt')
      expect(stored(server, name).toString()).toBe(line)
    }
    expect(stored(server, 'a.txt').toString()).toBe('01234abc!')
  })

  test('TYPE A: lines end as each side wants', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'unix.txt'), 'a\nb\r\nc\rd\n')
    const client = await login(server)
    await client.command('TYPE A')
    expect((await exchange(client, 'RETR unix.txt')).received.toString()).toBe('a\r\nb\r\nc\rd\r\n')
    expect((await exchange(client, 'STOR wire.txt', 'a\r\nb\nc\rd\r')).codes).toEqual([150, 226])
    expect(stored(server, 'wire.txt').toString()).toBe('a\nb\nc\rd\r')
    await client.command('REST 3')
    expect((await exchange(client, 'RETR unix.txt')).codes).toEqual([501])
    await client.command('REST 3')
    expect((await exchange(client, 'STOR wire.txt', 'x')).codes).toEqual([501])
  })

  test('what cannot be is refused before anything moves', async () => {
    const server = await start()
    const client = await login(server)
    await client.command('MKD folder')
    for (const line of ['RETR a.txt', 'STOR a.txt', 'APPE a.txt', 'STOU', 'LIST', 'NLST', 'MLSD']) {
      expect((await client.command(line)).code, line).toBe(425)
    }
    expect((await exchange(client, 'RETR nowhere')).codes).toEqual([550])
    expect((await exchange(client, 'RETR folder')).codes).toEqual([550])
    expect((await exchange(client, 'STOR folder', 'x')).codes).toEqual([550])
    expect((await exchange(client, 'STOR nowhere/a.txt', 'x')).codes).toEqual([550])
    expect((await client.command('ALLO many')).code).toBe(501)
    expect((await client.command('ALLO 10 R 5')).code).toBe(200)
    expect(names(server)).toEqual(['folder'])
  })

  test('who may only append adds to files that are there, and makes none', async () => {
    const accounts = [{ name: 'adder', role: 'custom', rights: ['append', 'list'] }] as const
    const server = await start({ accounts: accounts.map((account) => ({ ...account, rights: [...account.rights] })) })
    writeFileSync(path.join(server.root, 'log'), 'a')
    const client = await login(server)
    expect((await exchange(client, 'APPE log', 'b')).codes).toEqual([150, 226])
    expect((await exchange(client, 'APPE new', 'b')).codes).toEqual([550])
    expect((await exchange(client, 'STOR log', 'b')).codes).toEqual([550])
    expect(stored(server, 'log').toString()).toBe('ab')
  })

  test('a quota that is too small is 552, also in the midst', async () => {
    const accounts = [{ name: 'small', role: 'writer', quotaBytes: 100 * KIB } as const]
    const server = await start({ accounts })
    const client = await login(server)
    expect((await exchange(client, 'STOR fits', randomBytes(50 * KIB))).codes).toEqual([150, 226])
    expect((await exchange(client, 'STOR big', randomBytes(MIB))).codes).toEqual([150, 552])
    expect(names(server)).toEqual(['fits'])
  })
})

describeWith(['openssl'], 'uploads that do not end', () => {
  async function begun(
    server: TestFtpServer,
    secure = false,
  ): Promise<{
    client: ControlClient
    send: Awaited<ReturnType<typeof passive>>
    raw: Awaited<ReturnType<typeof passive>>
  }> {
    const client = await login(server, { secure })
    const raw = await passive(client)
    expect((await client.command('STOR a.bin')).code).toBe(150)
    const send = secure ? await secured(raw, client) : raw
    send.write(randomBytes(300 * KIB))
    await arrived(server, 300 * KIB)
    return { client, send, raw }
  }

  test('by RST: 426, and nothing has the name', async () => {
    const server = await start()
    const { client, raw } = await begun(server)
    raw.resetAndDestroy()
    expect((await client.reply()).code).toBe(426)
    expect(names(server)).toEqual([])
    const told = { kind: 'upload', outcome: 'failed', path: '/a.bin', bytes: 300 * KIB }
    expect((await audited(server))[0]).toMatchObject(told)
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('by FIN without close_notify: 426, for anyone on the way could cut it so', async () => {
    const server = await start()
    const { client, raw } = await begun(server, true)
    raw.end()
    expect((await client.reply()).lines[0]).toMatch(/^426 .*close_notify/)
    expect(names(server)).toEqual([])
    expect(existsSync(path.join(server.root, 'a.bin'))).toBe(false)
  })

  test('by close_notify and then at once RST, as curl closes with unread session tickets: whole', async () => {
    const server = await start()
    const { client, send, raw } = await begun(server, true)
    send.end()
    await once(send, 'finish')
    raw.resetAndDestroy()
    expect((await client.reply()).code).toBe(226)
    expect(stored(server, 'a.bin')).toHaveLength(300 * KIB)
  })

  test('are told nothing before they do: session tickets that lie unread make their system reset the connection', async () => {
    const server = await start()
    const client = await login(server, { secure: true })
    const raw = await passive(client)
    expect((await client.command('STOR a.bin')).code).toBe(150)
    // A session that is resumed brings no tickets.
    const send = await secured(raw, client, false)
    expect(send.getProtocol()).toBe('TLSv1.3')
    const before = raw.bytesRead
    send.resume()
    send.write('hello')
    await arrived(server, 5)
    // It would have sent them before it took the first byte.
    expect(raw.bytesRead).toBe(before)
    send.end()
    expect((await client.reply()).code).toBe(226)
    expect(stored(server, 'a.bin').toString()).toBe('hello')
  })

  test('by silence: 426 after the time limit', async () => {
    const server = await start({ config: { limits: { dataSeconds: 1 } } })
    const { client } = await begun(server)
    expect((await client.reply()).lines[0]).toMatch(/^426 Nothing moved/)
    expect(names(server)).toEqual([])
  })

  test('because the client is gone: nothing is left open, nothing has the name', async () => {
    const server = await start()
    const { client, raw } = await begun(server)
    client.destroy()
    await quiet(server)
    await everything(raw)
    expect(names(server)).toEqual([])
    expect((await audited(server)).find(({ kind }) => kind === 'upload')).toMatchObject({ outcome: 'failed' })
  })

  test('by ABOR: 426, then 226; the session goes on', async () => {
    const server = await start()
    const { client } = await begun(server)
    expect((await client.command('ABOR')).code).toBe(426)
    expect((await client.reply()).code).toBe(226)
    expect(names(server)).toEqual([])
    expect((await exchange(client, 'STOR a.bin', 'again')).codes).toEqual([150, 226])
    expect((await client.command('ABOR')).code).toBe(226)
    await client.passive()
    expect((await client.command('ABOR')).code).toBe(225)
    expect((await client.command('LIST')).code).toBe(425)
  })
})

describeWith(['openssl'], 'downloads that do not end', () => {
  async function stuck(
    server: TestFtpServer,
    secure = false,
  ): Promise<{ client: ControlClient; raw: Awaited<ReturnType<typeof passive>> }> {
    writeFileSync(path.join(server.root, 'big'), Buffer.alloc(BIG))
    const client = await login(server, { secure })
    const raw = await passive(client)
    raw.pause()
    expect((await client.command('RETR big')).code).toBe(150)
    if (secure) (await secured(raw, client)).pause()
    await arrived(server, 64 * KIB)
    return { client, raw }
  }

  test.each([false, true])('because the client does not read: 426 after the time limit, TLS %s', async (secure) => {
    const server = await start({ config: { limits: { dataSeconds: 1 } } })
    const { client } = await stuck(server, secure)
    expect((await client.reply()).lines[0]).toMatch(/^426 Nothing moved/)
    expect((await audited(server))[0]).toMatchObject({ kind: 'download', outcome: 'failed', path: '/big' })
  })

  test('by RST: 426', async () => {
    const server = await start()
    const { client, raw } = await stuck(server)
    raw.resetAndDestroy()
    expect((await client.reply()).code).toBe(426)
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('by ABOR: 426, then 226', async () => {
    const server = await start()
    const { client } = await stuck(server, true)
    expect((await client.command('ABOR')).code).toBe(426)
    expect((await client.reply()).code).toBe(226)
    expect((await exchange(client, 'STOR a.txt', 'x')).codes).toEqual([150, 226])
  })

  test('because the client is gone: nothing is left open', async () => {
    const server = await start()
    const { client } = await stuck(server)
    client.destroy()
    await quiet(server)
    expect(statSync(path.join(server.root, 'big')).size).toBe(BIG)
  })

  test('STAT tells of a transfer, and the server shows it', async () => {
    const server = await start()
    const { client } = await stuck(server)
    expect(server.server.transfers()).toMatchObject([
      { account: 'sluice', direction: 'download', path: '/big', size: BIG, phase: 'moving' },
    ])
    expect((await client.command('STAT')).lines.join('\n')).toContain('RETR big')
    client.destroy()
    await quiet(server)
  })
})

describeWith(['openssl'], 'many transfers', () => {
  test('200 at a time, up and down, each whole', async () => {
    const server = await start()
    const content = randomBytes(200 * KIB)
    writeFileSync(path.join(server.root, 'source'), content)
    const transfers = Array.from({ length: 200 }, async (_, index) => {
      const client = await login(server)
      if (index % 2 === 0) return exchange(client, `STOR copy-${index}`, content)
      return exchange(client, 'RETR source')
    })
    const done = await Promise.all(transfers)
    for (const [index, { codes, received }] of done.entries()) {
      expect(codes).toEqual([150, 226])
      const whole = index % 2 === 0 ? stored(server, `copy-${index}`) : received
      expect(whole.equals(content)).toBe(true)
    }
    expect(server.server.transfers()).toEqual([])
  })

  test('a speed limit holds', async () => {
    const accounts = [{ name: 'slow', role: 'writer', uploadRate: 100 * KIB, downloadRate: 100 * KIB } as const]
    const server = await start({ accounts })
    const client = await login(server)
    const content = randomBytes(150 * KIB)
    const began = performance.now()
    expect((await exchange(client, 'STOR a', content)).codes).toEqual([150, 226])
    const between = performance.now()
    expect((await exchange(client, 'RETR a')).received.equals(content)).toBe(true)
    // A second's worth may pass at once.
    expect(between - began).toBeGreaterThan(300)
    expect(performance.now() - between).toBeGreaterThan(300)
  })
})
