/** Clients that attack the control connection: see each fail. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import type { TestFtpServer } from '../../testing/ftp-server.ts'
import { codes, greeted, loggedIn, start } from './data-client.ts'
import type { Clock } from '../limits/index.ts'

async function auditKinds(server: TestFtpServer): Promise<string[]> {
  await server.database.audit.flush()
  return (await server.database.audit.page({ limit: 10_000 })).map(({ kind }) => kind)
}

/** All sockets are through with connecting. */
async function connections(server: TestFtpServer, count: number): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: server.host, port: server.port })
    socket.on('error', () => undefined)
    return socket
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(sockets.map(async (socket) => await once(socket, 'data')))
  return sockets
}

/** Nobody waits; what should have been waited is added up. */
class QuickTime implements Clock {
  time = 0
  now(): number {
    return this.time
  }
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.time += ms
    await Promise.resolve()
  }
}

describeWith(['openssl'], 'lines that are none', () => {
  test.each(['\n', '\r', '\0', '\t', '\u007f'])('with %j do nothing, and the session lives', async (bad) => {
    const server = await start()
    const client = await loggedIn(server)
    expect(await codes(client, `MKD a${bad}DELE b`, 'NOOP')).toEqual([500, 200])
    expect(await codes(client, 'RMD a', 'RMD aDELE b')).toEqual([550, 550])
  })

  test('too long or without valid UTF-8 get 500, and the session lives', async () => {
    const client = await loggedIn(await start())
    expect(await codes(client, `CWD ${'a'.repeat(9000)}`, 'NOOP')).toEqual([500, 200])
    client.write(Buffer.from([0x43, 0x57, 0x44, 0x20, 0xc3, 0x28, 13, 10]))
    expect((await client.reply()).code).toBe(500)
    expect(await codes(client, 'NOOP')).toEqual([200])
  })

  test('may come ten in a row, but not for ever', async () => {
    const client = await loggedIn(await start())
    client.write('junk\r\n'.repeat(9))
    for (let reply = 0; reply < 9; reply++) expect((await client.reply()).code).toBe(500)
    expect(await codes(client, 'NOOP')).toEqual([200])
    client.write('junk\r\n'.repeat(1000))
    for (let reply = 0; reply < 10; reply++) expect((await client.reply()).code).toBe(500)
    expect((await client.reply()).code).toBe(421)
    await client.closed()
  })

  test('without an end are thrown away as they come, and then the session ends', { timeout: 60_000 }, async () => {
    const server = await start()
    const client = await loggedIn(server)
    const before = process.memoryUsage().arrayBuffers
    const chunk = Buffer.alloc(64 * 1024, 'a')
    let sent = 0
    let peak = 0
    let over = false
    client.socket.once('close', () => (over = true))
    while (!over && sent < 1024 ** 3) {
      if (!client.socket.write(chunk)) await Promise.race([once(client.socket, 'drain'), once(client.socket, 'close')])
      sent += chunk.length
      peak = Math.max(peak, process.memoryUsage().arrayBuffers)
    }
    expect((await client.reply()).code).toBe(500)
    expect((await client.reply()).code).toBe(421)
    await client.closed()
    expect(peak - before).toBeLessThan(64 * 1024 * 1024)
  })
})

describeWith(['openssl'], 'commands in clear behind AUTH TLS', () => {
  test('in one segment with it end the session', async () => {
    const server = await start()
    const client = await greeted(server)
    client.write(`AUTH TLS\r\nUSER ${server.user}\r\nPASS ${server.password}\r\n`)
    expect((await client.reply()).code).toBe(234)
    await client.closed()
    expect(await auditKinds(server)).toEqual(['refused', 'server-started'])
  })

  test.each(['U', '\r', '\u00ff'])('also the beginning of one: %j', async (begun) => {
    const server = await start()
    const client = await greeted(server)
    client.write(`AUTH TLS\r\n${begun}`)
    expect((await client.reply()).code).toBe(234)
    await client.closed()
  })

  test('after the answer are no handshake', async () => {
    const server = await start()
    const client = await greeted(server)
    expect(await codes(client, 'AUTH TLS')).toEqual([234])
    client.write(`USER ${server.user}\r\n`)
    await client.closed()
    await expect.poll(() => server.server.sessions()).toEqual([])
  })
})

describeWith(['openssl'], 'another handshake on a connection that has TLS', () => {
  test('is refused: it costs the server far more than the client', async () => {
    const server = await start({ config: { implicitPort: 0 } })
    const socket = connectTls({
      ...{ host: server.host, port: server.implicitPort ?? 0, rejectUnauthorized: false },
      // TLS 1.3 has none.
      maxVersion: 'TLSv1.2',
    })
    onTestFinished(() => void socket.destroy())
    const errors: Error[] = []
    socket.on('error', (error) => errors.push(error))
    const greeted = once(socket, 'data')
    await once(socket, 'secureConnect')
    await greeted
    let renegotiated = false
    const over = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
      socket.renegotiate({ rejectUnauthorized: false }, (error) => {
        renegotiated = error === null
        resolve()
      })
    })
    // Something has to be sent for the client to meet the refusal.
    socket.write('NOOP\r\n')
    await once(socket, 'data').catch(() => undefined)
    socket.end('NOOP\r\n')
    await over
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('no renegotiation')])
    expect(renegotiated).toBe(false)
  })
})

describeWith(['openssl'], 'guessing passwords', () => {
  test('a thousand times takes a day and more, and lets nobody in', { timeout: 60_000 }, async () => {
    const clock = new QuickTime()
    const limits = { failedLogins: 10, banSeconds: 60 }
    const server = await start({ clock, config: { limits } })
    let guesses = 0
    while (guesses < 1000) {
      const client = await ControlClient.connect(server.host, server.port)
      const greeting = await client.reply()
      if (greeting.code === 421) {
        await client.closed()
        clock.time += 10_000
        if (clock.time > 7 * 86_400_000) break
        continue
      }
      for (;;) {
        expect((await client.command(`USER ${guesses % 2 === 0 ? server.user : 'nobody'}`)).code).toBe(331)
        const { code, lines } = await client.command(`PASS guess${guesses}`)
        guesses += 1
        if (code === 421) break
        // The same whether the name exists or not.
        expect(lines).toEqual(['530 User name or password is wrong.'])
      }
      client.destroy()
      clock.time += 86_400_000
    }
    expect(clock.time).toBeGreaterThan(86_400_000)
    expect(server.server.sessions().filter(({ account }) => account !== null)).toEqual([])
    const kinds = await auditKinds(server)
    expect(kinds.filter((kind) => kind === 'banned').length).toBe(Math.floor(guesses / 10))
    expect(kinds.filter((kind) => kind === 'login')).toEqual([])
  })

  test('an address that is shut out gets 421, also when it knows the password by now', async () => {
    const clock = new QuickTime()
    const server = await start({ clock, config: { limits: { failedLogins: 2, banSeconds: 60 } } })
    const early = await greeted(server)
    await codes(early, `USER ${server.user}`)
    const client = await greeted(server)
    expect(await codes(client, 'USER a', 'PASS b', 'USER a', 'PASS b')).toEqual([331, 530, 331, 421])
    await client.closed()
    expect((await early.command(`PASS ${server.password}`)).code).toBe(421)
    const late = await ControlClient.connect(server.host, server.port)
    expect((await late.reply()).code).toBe(421)
    await late.closed()
    clock.time += 61_000
    await loggedIn(server)
  })

  test('side by side gets no more answers than one after the other', async () => {
    const server = await start({ clock: new QuickTime(), config: { limits: { failedLogins: 3, banSeconds: 60 } } })
    const { accounts } = server.database
    const authenticate = accounts.authenticate.bind(accounts)
    const all = Promise.withResolvers<void>()
    let asked = 0
    // All have been let through to the check of the password before the first is told what came of it.
    vi.spyOn(accounts, 'authenticate').mockImplementation(async (name, password) => {
      asked += 1
      if (asked === 10) all.resolve()
      await all.promise
      return await authenticate(name, password)
    })
    const clients = await Promise.all(Array.from({ length: 10 }, async () => await greeted(server)))
    for (const client of clients) expect(await codes(client, `USER ${server.user}`)).toEqual([331])
    const answers: Promise<number>[] = []
    for (const [at, client] of clients.entries()) {
      client.write(`PASS ${at === 9 ? server.password : 'guess'}\r\n`)
      answers.push(client.reply().then(({ code }) => code))
      await expect.poll(() => asked).toBe(at + 1)
    }
    expect((await Promise.all(answers)).toSorted((a, b) => a - b)).toEqual([
      421, 421, 421, 421, 421, 421, 421, 421, 530, 530,
    ])
  })

  test('with NUL, quotes and SQL in the name gets nowhere', async () => {
    const server = await start({ clock: new QuickTime() })
    const client = await greeted(server)
    const names = [
      `${server.user}' --`,
      `' OR '1'='1`,
      `${server.user}"; DROP TABLE accounts; --`,
      `%`,
      `${server.user}\\`,
      `${server.user} `,
      `../${server.user}`,
      '\u202e',
      'a'.repeat(5000),
    ]
    for (const name of names) {
      expect((await client.command(`USER ${name}`)).code).toBe(331)
      expect((await client.command(`PASS ${server.password}`)).code).toBe(530)
    }
    expect(await codes(client, `USER ${server.user}\0admin`)).toEqual([500])
    expect(await codes(client, `PASS ${server.password}`)).toEqual([503])
    client.destroy()
    await loggedIn(server)
  })
})

describeWith(['openssl'], 'silence', () => {
  test('of five hundred half-open sessions ends at the login deadline, and others get in again', async () => {
    const server = await start({ config: { limits: { connections: 500, loginSeconds: 2 } } })
    const silent = await connections(server, 500)
    expect(server.server.sessions()).toHaveLength(500)
    const refused = await ControlClient.connect(server.host, server.port)
    expect((await refused.reply()).code).toBe(421)
    await refused.closed()
    await Promise.all(silent.map(async (socket) => await (socket.destroyed ? null : once(socket, 'close'))))
    await expect.poll(() => server.server.sessions()).toEqual([])
    await loggedIn(server)
  })

  test.each(['NOOP', 'USER x', 'REIN', 'FEAT'])('broken by %s alone does not move the login deadline', async (line) => {
    const server = await start({ config: { limits: { loginSeconds: 1 } } })
    const client = await greeted(server)
    let last = 0
    const begun = performance.now()
    while (last !== 421) {
      last = (await client.command(line)).code
      await new Promise<void>((resolve) => void setTimeout(resolve, 20))
    }
    expect(performance.now() - begun).toBeGreaterThan(900)
    await client.closed()
  })

  test('in the handshake ends at the login deadline, also on the port of implicit TLS', async () => {
    const server = await start({ config: { implicitPort: 0, limits: { loginSeconds: 1 } } })
    const client = await greeted(server)
    expect(await codes(client, 'AUTH TLS')).toEqual([234])
    const implicit = connect(server.implicitPort ?? 0, server.host)
    implicit.on('error', () => undefined)
    implicit.resume()
    onTestFinished(() => void implicit.destroy())
    await Promise.all([client.closed(), once(implicit, 'close')])
    await expect.poll(() => server.server.sessions()).toEqual([])
  })

  test('after the login ends it with 421', async () => {
    const server = await start({ config: { limits: { idleSeconds: 1 } } })
    const client = await loggedIn(server)
    expect((await client.reply()).code).toBe(421)
    await client.closed()
    expect(await auditKinds(server)).toContain('logout')
  })

  test('of one who asks and never listens does not fill the memory', { timeout: 60_000 }, async () => {
    const server = await start({ config: { limits: { idleSeconds: 1 } } })
    const client = await loggedIn(server)
    client.socket.pause()
    const before = process.memoryUsage()
    let over = false
    const closed = once(client.socket, 'close').finally(() => (over = true))
    const chunk = Buffer.from('HELP\r\n'.repeat(10_000))
    // The socket takes what the server reads, which must come to an end.
    while (!over && client.socket.write(chunk));
    await expect.poll(() => server.server.sessions(), { timeout: 20_000 }).toEqual([])
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(100 * 1024 * 1024)
    client.destroy()
    await closed
  })
})

describeWith(['openssl'], 'a browser that was led here', () => {
  test('gets no answer to HTTP over TLS that it could take for a page', async () => {
    const server = await start({ config: { implicitPort: 0 } })
    const socket = connectTls({ host: server.host, port: server.implicitPort ?? 0, rejectUnauthorized: false })
    socket.on('error', () => undefined)
    await once(socket, 'secureConnect')
    socket.write('POST /<script>alert(1)</script> HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\nUSER mara\r\n')
    let text = ''
    for await (const chunk of socket) text += String(chunk)
    expect(text).toMatch(/^220 [^\r]*\r\n421 This is an FTP server\.\r\n$/)
    expect(server.lines().join('\n')).not.toContain('USER')
  })

  test('that offers another protocol in the handshake is turned away there', async () => {
    const server = await start({ config: { implicitPort: 0 } })
    const shake = async (...protocols: string[]): Promise<string | false | null> => {
      const socket = connectTls({
        host: server.host,
        port: server.implicitPort ?? 0,
        rejectUnauthorized: false,
        ...(protocols.length === 0 ? {} : { ALPNProtocols: protocols }),
      })
      onTestFinished(() => void socket.destroy())
      await once(socket, 'secureConnect')
      return socket.alpnProtocol
    }
    await expect(shake('http/1.1')).rejects.toThrow(/no application protocol/)
    await expect(shake('h2', 'http/1.1')).rejects.toThrow(/no application protocol/)
    expect(await shake('ftp')).toBe('ftp')
    expect(await shake('x-other', 'ftp')).toBe('ftp')
    expect(await shake()).toBe(false)
  })

  test('that says three lines of anything else has said enough', async () => {
    const client = await greeted(await start())
    expect(await codes(client, 'Host: x', 'Accept: y')).toEqual([500, 500])
    client.write('Cookie: z\r\nUSER mara\r\n')
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([500, 421])
    await client.closed()
  })
})

describeWith(['openssl'], 'a client that is gone', () => {
  test.each(['destroy', 'resetAndDestroy', 'end'] as const)('in mid-command by %s leaves nothing', async (how) => {
    const server = await start()
    const client = await loggedIn(server)
    await client.command('TYPE I')
    const data = connect(await client.passive(), server.host)
    data.on('error', () => undefined)
    onTestFinished(() => void data.destroy())
    await once(data, 'connect')
    expect((await client.command('STOR half')).code).toBeLessThan(200)
    data.write('half')
    await expect.poll(() => server.server.transfers()).toMatchObject([{ bytes: 4, direction: 'upload' }])
    client.socket[how]()
    await expect.poll(() => server.server.sessions()).toEqual([])
    expect(server.server.transfers()).toEqual([])
    const next = await loggedIn(server)
    expect(await codes(next, 'MDTM half')).toEqual([550])
  })

  test('while its password is checked takes no place with it', async () => {
    const server = await start({ config: { limits: { perAccount: 1, connections: 1 } } })
    for (let attempt = 0; attempt < 20; attempt++) {
      const client = await ControlClient.connect(server.host, server.port)
      expect((await client.reply()).code).toBe(220)
      client.write(`USER ${server.user}\r\nPASS ${server.password}\r\n`)
      await client.reply()
      client.destroy()
      await expect.poll(() => server.server.sessions()).toEqual([])
    }
    await loggedIn(server)
  })
})

describeWith(['openssl'], 'a client that comes and goes', () => {
  test('gets no second place while what it left behind still runs', async () => {
    const slept = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    // As a hash that is being computed, which nobody can abort.
    const clock: Clock = {
      now: () => 0,
      sleep: async () => {
        asleep.resolve()
        await slept.promise
      },
    }
    const server = await start({ clock, config: { limits: { connections: 1 } } })
    const client = await greeted(server)
    expect(await codes(client, 'USER a', 'PASS b', 'USER a')).toEqual([331, 530, 331])
    client.write('PASS b\r\n')
    await asleep.promise
    client.destroy()
    // By the second of these the server has long seen that it is gone.
    for (let attempt = 0; attempt < 3; attempt++) {
      const second = await ControlClient.connect(server.host, server.port)
      expect((await second.reply()).code).toBe(421)
      await second.closed()
    }
    slept.resolve()
    await expect.poll(() => server.server.sessions()).toEqual([])
    await greeted(server)
  })
})

describeWith(['openssl'], 'many', () => {
  test('a thousand sessions at once are kept, cost little and all answer', { timeout: 60_000 }, async () => {
    const server = await start({ config: { limits: { loginSeconds: 600 } } })
    const before = process.memoryUsage().rss
    const clients: ControlClient[] = []
    for (let batch = 0; batch < 10; batch++) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, async () => await loggedIn(server)))))
    }
    expect(server.server.sessions()).toHaveLength(1000)
    // Both ends live in this process.
    expect((process.memoryUsage().rss - before) / 1000).toBeLessThan(200 * 1024)
    const answers = await Promise.all(clients.map(async (client) => (await client.command('NOOP')).code))
    expect(new Set(answers)).toEqual(new Set([200]))
    for (const client of clients) client.destroy()
    await expect.poll(() => server.server.sessions(), { timeout: 10_000 }).toEqual([])
  })

  test('of one address are sent away when there are too many, those of others are not meant', async () => {
    const server = await start({ config: { limits: { perAddress: 2 } } })
    const first = await greeted(server)
    await greeted(server)
    const third = await ControlClient.connect(server.host, server.port)
    expect((await third.reply()).lines).toEqual(['421 Too many connections from your address.'])
    await third.closed()
    first.destroy()
    await expect.poll(() => server.server.sessions()).toHaveLength(1)
    await greeted(server)
  })
})
