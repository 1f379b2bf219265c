/** What a session answers, in which order, and how it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { peer } from '../../testing/peers.ts'
import { startFtpServer, type TestFtpServer } from '../../testing/ftp-server.ts'
import { codes, greeted, loggedIn, start } from './data-client.ts'

/** A download that has begun and does not go on: the client reads nothing. */
async function stalledDownload(server: TestFtpServer, client: ControlClient): Promise<Socket> {
  writeFileSync(path.join(server.root, 'big'), randomBytes(32 * 1024 * 1024))
  await client.command('TYPE I')
  const data = connect(await client.passive(), server.host)
  onTestFinished(() => void data.destroy())
  data.on('error', () => undefined)
  await once(data, 'connect')
  expect((await client.command('RETR big')).code).toBeLessThan(200)
  return data
}

describeWith(['openssl'], 'a session', () => {
  test('greets, lets in and says goodbye', async () => {
    const server = await start()
    const client = await loggedIn(server)
    expect(server.server.sessions()).toMatchObject([
      { address: '127.0.0.1', account: 'sluice', tls: null, command: 'PASS ****', folder: '/' },
    ])
    expect((await client.command('QUIT')).code).toBe(221)
    await client.closed()
  })

  test('takes commands that come together, in any pieces, and answers in their order', async () => {
    const server = await start()
    const client = await greeted(server)
    client.write(`USER ${server.user}\r\nPASS ${server.password}\r\nPWD\r\nNOOP\r\nSYST\r\nNONSENSE\r\nSTR`)
    client.write('U R\r\nQUIT\r\n')
    const found: number[] = []
    for (let reply = 0; reply < 8; reply++) found.push((await client.reply()).code)
    expect(found).toEqual([331, 230, 257, 200, 215, 500, 504, 221])
    await client.closed()
  })

  test('answers NOOP and STAT while a transfer runs, keeps others for its end, and ABOR ends it', async () => {
    const server = await start()
    const client = await loggedIn(server)
    const data = await stalledDownload(server, client)
    expect((await client.command('NOOP')).code).toBe(200)
    const stat = await client.command('STAT')
    expect(stat.code).toBe(211)
    expect(stat.lines.join('\n')).toContain('Transfer: RETR big')
    // As clients send it: the byte behind the second IAC goes as urgent data and does not arrive.
    client.write(Buffer.concat([Buffer.from([255, 244, 242]), Buffer.from('ABOR\r\nPWD\r\n')]))
    expect([(await client.reply()).code, (await client.reply()).code, (await client.reply()).code]).toEqual([
      426, 226, 257,
    ])
    data.destroy()
    expect(server.server.transfers()).toEqual([])
  })

  test('takes the silence during a transfer for none, however long that is', async () => {
    const server = await start({ config: { limits: { idleSeconds: 1 } } })
    const client = await loggedIn(server)
    const data = await stalledDownload(server, client)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect((await client.command('NOOP')).code).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    data.resume()
    expect((await client.reply()).code).toBe(226)
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('answers QUIT when the transfer has ended', async () => {
    const server = await start()
    const client = await loggedIn(server)
    const data = await stalledDownload(server, client)
    client.write('QUIT\r\n')
    data.resume()
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([226, 221])
    await client.closed()
  })

  test('lives on, however often a client asks for what only others have', async () => {
    const client = await loggedIn(await start())
    for (let file = 0; file < 30; file++) expect((await client.command(`XCRC ${file}`)).code).toBe(502)
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('knows every verb in any case and refuses those it does not know', async () => {
    const client = await loggedIn(await start())
    expect(await codes(client, 'noop', 'NoOp', 'NONSENSE', 'SMNT x', 'SITE NONSENSE', 'CWD', 'PWD x', '')).toEqual([
      200, 200, 500, 502, 504, 501, 501, 500,
    ])
  })

  test('REST is for the next transfer alone, RNFR for the next command', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'a'), 'abcdef')
    const client = await loggedIn(server)
    const fetched = async (...before: string[]): Promise<string> => {
      await client.command('TYPE I')
      const data = connect(await client.passive(), server.host)
      await codes(client, ...before)
      client.write('RETR a\r\n')
      const chunks: Buffer[] = []
      for await (const chunk of data) chunks.push(chunk as Buffer)
      await client.reply()
      expect((await client.reply()).code).toBe(226)
      return Buffer.concat(chunks).toString()
    }
    expect(await fetched('REST 4')).toBe('ef')
    expect(await fetched()).toBe('abcdef')
    expect(await fetched('REST 4', 'PWD')).toBe('abcdef')
    expect(await fetched('REST 4', 'NOOP', 'TYPE I')).toBe('ef')
    expect(await codes(client, 'RNFR a', 'PWD', 'RNTO b', 'RNFR a', 'RNTO b')).toEqual([350, 257, 503, 350, 250])
  })

  test('REIN and another USER end the login', async () => {
    const server = await start()
    const client = await loggedIn(server)
    expect(await codes(client, 'TYPE I', 'REIN', 'PWD', `USER ${server.user}`, `PASS ${server.password}`)).toEqual([
      200, 220, 530, 331, 230,
    ])
    expect((await client.command('STAT')).lines.join('\n')).toContain('TYPE: ASCII')
    expect(await codes(client, 'USER other', 'PWD', 'PASS x', 'PASS x')).toEqual([331, 530, 530, 503])
    await server.database.audit.flush()
    const kinds = (await server.database.audit.page({ limit: 20 })).map(({ kind }) => kind).toReversed()
    expect(kinds).toEqual(['server-started', 'login', 'logout', 'login', 'logout', 'login-failed'])
  })

  test('says what it can do, and marks what is chosen', async () => {
    const client = await greeted(await start())
    await codes(client, 'OPTS HASH md5', 'OPTS MLST size;nonsense;Type;')
    const { lines } = await client.command('FEAT')
    expect(lines.slice(1, -1)).toEqual(
      [
        ...['AUTH TLS', 'PBSZ', 'PROT', 'HOST', 'LANG EN*', 'EPRT', 'EPSV'],
        'MLST type*;size*;modify;perm;unique;UNIX.mode;UNIX.owner;UNIX.group;',
        ...['REST STREAM', 'SIZE', 'MDTM', 'MFMT', 'HASH SHA-256;SHA-512;SHA-1;MD5*', 'XSHA256', 'TVFS', 'UTF8'],
      ].map((line) => ` ${line}`),
    )
    expect((await client.command('OPTS MLST')).lines).toEqual(['200 MLST OPTS'])
    expect((await client.command('HELP STOR')).lines).toEqual(['214 Syntax: STOR path: Takes a file from the client.'])
    expect((await client.command('HELP')).lines.join(' ')).toContain('XSHA256')
    expect((await client.command('HELP SITE')).lines.join(' ')).not.toContain('SIGNUP')
  })

  test('lets anonymous in where that is allowed, to read', async () => {
    const server = await start()
    expect(await codes(await greeted(server), 'USER anonymous', 'PASS me@example.org')).toEqual([331, 530])
    const open = await start({ config: { anonymous: { enabled: true, root: server.root } } })
    const client = await greeted(open)
    expect(await codes(client, 'USER ftp', 'PASS', 'PWD', 'MKD a')).toEqual([331, 230, 257, 550])
    expect(open.server.sessions()).toMatchObject([{ account: 'anonymous' }])
  })

  test('a second session of an account beyond its limit is sent away', async () => {
    const server = await start({ config: { limits: { perAccount: 1 } } })
    const first = await loggedIn(server)
    const second = await greeted(server)
    expect(await codes(second, `USER ${server.user}`, `PASS ${server.password}`)).toEqual([331, 421])
    await second.closed()
    first.destroy()
    await expect.poll(() => server.server.sessions()).toEqual([])
    await loggedIn(server)
  })
})

describeWith(['openssl', 'python'], 'ABOR', () => {
  test('of Python, whose last byte goes as urgent data and never arrives, ends the transfer', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'big'), randomBytes(32 * 1024 * 1024))
    const script = [
      'import ftplib, sys',
      'ftp = ftplib.FTP()',
      "ftp.connect('127.0.0.1', int(sys.argv[1]), timeout=15)",
      'ftp.login(sys.argv[2], sys.argv[3])',
      "ftp.voidcmd('TYPE I')",
      "data = ftp.transfercmd('RETR big')",
      'data.recv(1000)',
      'print(ftp.abort()[:3], ftp.getmultiline()[:3], ftp.pwd())',
    ].join('\n')
    const python = spawn(peer('python'), ['-c', script, String(server.port), server.user, server.password])
    onTestFinished(() => void python.kill())
    expect(await text(python.stdout)).toBe('426 226 /\n')
  })
})

describeWith(['openssl'], 'TLS', () => {
  test('is switched on by AUTH, and voids what was before', async () => {
    const server = await start()
    const client = await loggedIn(server)
    expect(await codes(client, 'AUTH KERBEROS', 'PBSZ 0', 'PROT P', 'CCC', 'AUTH TLS')).toEqual([
      504, 503, 503, 533, 234,
    ])
    await client.startTls()
    expect(await codes(client, 'PWD', 'AUTH TLS', 'PROT P', 'PBSZ x', 'PBSZ 0', 'PROT E', 'PROT X', 'PROT C')).toEqual([
      530, 503, 503, 501, 200, 536, 504, 200,
    ])
    expect(await codes(client, 'CCC', `USER ${server.user}`, `PASS ${server.password}`)).toEqual([534, 331, 230])
    expect(server.server.sessions()).toMatchObject([{ tls: 'TLSv1.3', account: 'sluice' }])
    expect((await client.command('QUIT')).code).toBe(221)
    await client.closed()
  })

  test('can be required: no name is taken without it', async () => {
    const server = await start({ config: { tls: { mode: 'required' } } })
    const client = await greeted(server)
    expect(await codes(client, `USER ${server.user}`, 'PASS x', 'AUTH TLS-C')).toEqual([530, 503, 234])
    await client.startTls()
    expect(await codes(client, 'PBSZ 0', 'PROT C', 'PROT P', `USER ${server.user}`)).toEqual([200, 534, 200, 331])
  })

  test('can be off', async () => {
    const client = await greeted(await start({ config: { tls: { mode: 'off' } } }))
    expect((await client.command('FEAT')).lines.join()).not.toMatch(/AUTH|PBSZ|PROT/)
  })
})

describeWith(['openssl'], 'a server', () => {
  test('sends a session away when it is told to', async () => {
    const server = await start()
    const client = await loggedIn(server)
    const [session] = server.server.sessions()
    expect(server.server.kick((session?.id ?? 0) + 1)).toBe(false)
    expect(server.server.kick(session?.id ?? 0)).toBe(true)
    expect((await client.reply()).code).toBe(421)
    await client.closed()
    const next = await loggedIn(server)
    server.server.kickAccounts(({ name }) => name === 'sluice')
    expect((await next.reply()).code).toBe(421)
    await next.closed()
  })

  test('tells whoever watches that sessions come and go', async () => {
    const server = await start()
    let changes = 0
    const stop = server.server.onChange(() => changes++)
    const client = await loggedIn(server)
    expect(changes).toBe(2)
    client.destroy()
    await expect.poll(() => changes).toBe(3)
    stop()
    await greeted(server)
    expect(changes).toBe(3)
  })

  test('stops in order: idle sessions at once, transfers when they have ended', async () => {
    const server = await start()
    const idle = await loggedIn(server)
    const busy = await loggedIn(server)
    const data = await stalledDownload(server, busy)
    const stopped = server.server.stop(10_000)
    expect((await idle.reply()).code).toBe(421)
    await idle.closed()
    await expect.poll(() => server.server.sessions()).toHaveLength(1)
    data.resume()
    expect([(await busy.reply()).code, (await busy.reply()).code]).toEqual([226, 421])
    await busy.closed()
    await stopped
    const [last] = await server.database.audit.page({ limit: 1 })
    expect(last).toMatchObject({ kind: 'server-stopped' })
    const refused = connect(server.port, server.host)
    await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED')
  })

  test('cuts transfers that take too long when it stops', async () => {
    const server = await start()
    const busy = await loggedIn(server)
    const data = await stalledDownload(server, busy)
    await server.server.stop(50)
    await busy.closed()
    data.destroy()
    expect(server.server.sessions()).toEqual([])
    expect(server.server.transfers()).toEqual([])
  })

  test('listens on IPv6 and IPv4 alike for "::", and tells its addresses', async () => {
    const server = await start({ config: { host: '::', implicitPort: 0 } })
    for (const host of ['127.0.0.1', '::1']) {
      const client = await ControlClient.connect(host, server.port)
      onTestFinished(() => client.destroy())
      expect((await client.reply()).code).toBe(220)
    }
    expect(server.server.sessions().map(({ address }) => address)).toEqual(['127.0.0.1', '::1'])
    expect(server.server.addresses).toContainEqual({
      url: `ftp://127.0.0.1:${server.port}`,
      host: '127.0.0.1',
      port: server.port,
      implicit: false,
      reach: 'loopback',
      interface: 'lo',
    })
    expect(server.server.addresses.map(({ url }) => url)).toContain(`ftps://[::1]:${server.implicitPort}`)
  })

  test('says why it cannot listen', async () => {
    const { port } = await start()
    await expect(startFtpServer({ config: { port } })).rejects.toThrow(
      `127.0.0.1 port ${port}: another program uses it`,
    )
    await expect(startFtpServer({ config: { host: '192.0.2.1' } })).rejects.toThrow('not an address of this computer')
  })
})
