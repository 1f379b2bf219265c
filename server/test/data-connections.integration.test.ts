/** Who may have a data connection, and what becomes of one that does not come about. */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import path from 'node:path'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { testOnLinux } from '../../testing/test-unless.ts'
import { audited, codes, dial, everything, exchange, login, passive, secured, start } from './data-client.ts'

/** A client's listener for active data connections. */
async function listening(host = '127.0.0.1'): Promise<{ port: number; arrival: Promise<Socket> }> {
  const listener = createServer()
  onTestFinished(() => void listener.close())
  listener.listen(0, host)
  await once(listener, 'listening')
  const arrival = once(listener, 'connection').then(([socket]: Socket[]) => {
    if (socket === undefined) throw new Error('No socket came.')
    onTestFinished(() => void socket.destroy())
    return socket
  })
  return { port: (listener.address() as AddressInfo).port, arrival }
}

function portArgument(port: number, host = '127.0.0.1'): string {
  return [...host.split('.'), port >> 8, port & 255].join(',')
}

/** Connects from another address and sends; gives what it got before it was turned away. */
async function rival(port: number, content = ''): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.9' })
  socket.on('error', () => undefined)
  socket.end(content)
  return (await everything(socket)).toString()
}

describeWith(['openssl'], 'active data connections', () => {
  test('go to the client, from the address it came to', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'a.txt'), 'hello')
    const client = await login(server)
    for (const argument of ['PORT', 'EPRT']) {
      const { port, arrival } = await listening()
      const line = argument === 'PORT' ? `PORT ${portArgument(port)}` : `EPRT |1|127.0.0.1|${port}|`
      expect((await client.command(line)).code).toBe(200)
      expect((await client.command('RETR a.txt')).code).toBe(150)
      const socket = await arrival
      expect(socket.remoteAddress).toBe('127.0.0.1')
      expect((await everything(socket)).toString()).toBe('hello')
      expect((await client.reply()).code).toBe(226)
    }
  })

  test('go to nobody else, and to no service (FTP bounce, CVE-1999-0017, CVE-2020-15152)', async () => {
    const server = await start()
    const client = await login(server)
    const bounces = [
      'PORT 10,0,0,1,200,1',
      'PORT 127,0,0,2,200,1',
      'PORT 127,0,0,1,0,22',
      'PORT 127,0,0,1,3,255',
      'EPRT |1|10.0.0.1|51201|',
      'EPRT |1|127.0.0.1|22|',
      'EPRT |2|::1|51201|',
      'EPRT |2|::ffff:10.0.0.1|51201|',
    ]
    for (const line of bounces) expect((await client.command(line)).code, line).toBe(504)
    expect(await codes(client, 'LIST', 'PORT 1,2,3', 'EPRT |1|127.0.0.1|', 'EPRT |3|x|1|')).toEqual([
      425, 501, 501, 522,
    ])
    const refused = (await audited(server)).filter(({ kind }) => kind === 'refused')
    expect(refused).toHaveLength(bounces.length)
    expect(refused[0]).toMatchObject({ outcome: 'refused', account: 'sluice', address: '127.0.0.1' })
  })

  test('are 425 where nobody listens, and the session lives', async () => {
    const server = await start()
    const client = await login(server)
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    listener.close()
    await once(listener, 'close')
    expect(await codes(client, `PORT ${portArgument(port)}`, 'LIST')).toEqual([200, 150])
    expect((await client.reply()).code).toBe(425)
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('are 502 when they are switched off', async () => {
    const client = await login(await start({ config: { active: false } }))
    expect(await codes(client, 'PORT 127,0,0,1,200,1', 'EPRT |1|127.0.0.1|51201|')).toEqual([502, 502])
  })
})

describeWith(['openssl'], 'passive data connections', () => {
  // Only Linux has all of 127.0.0.0/8 for clients to come from.
  testOnLinux('a rival that connects first does not get the file, and is noted', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'secret.txt'), 'secret')
    const client = await login(server)
    const port = await client.passive()
    expect(await Promise.all([rival(port), rival(port)])).toEqual(['', ''])
    expect((await client.command('RETR secret.txt')).code).toBe(150)
    expect(await rival(port)).toBe('')
    const socket = await dial(port)
    expect((await everything(socket)).toString()).toBe('secret')
    expect((await client.reply()).code).toBe(226)
    const details = (await audited(server)).filter(({ kind }) => kind === 'refused').map(({ detail }) => detail)
    expect(details).toEqual([
      `3 connections to data port ${port} were turned away.`,
      `127.0.0.9 connected to data port ${port} and was turned away.`,
    ])
  })

  testOnLinux('a rival cannot put a file in the place of an upload', async () => {
    const server = await start()
    const client = await login(server)
    const port = await client.passive()
    await rival(port, 'forged')
    expect((await client.command('STOR a.txt')).code).toBe(150)
    const socket = await dial(port)
    socket.end('mine')
    expect((await client.reply()).code).toBe(226)
    expect((await exchange(client, 'RETR a.txt')).received.toString()).toBe('mine')
  })

  test('need the control connection’s TLS session when that is required: a second client’s is refused', async () => {
    const server = await start({ config: { tls: { requireResumption: true } } })
    writeFileSync(path.join(server.root, 'a.txt'), 'hello')
    const client = await login(server, { secure: true })
    const other = await login(server, { secure: true })
    expect((await exchange(client, 'RETR a.txt')).received.toString()).toBe('hello')
    for (const [whose, resume] of [[client, false] as const, [other, true] as const]) {
      const socket = await passive(client)
      expect((await client.command('RETR a.txt')).code).toBe(150)
      const secure = await secured(socket, whose, resume)
      expect((await everything(secure)).toString()).toBe('')
      expect((await client.reply()).code).toBe(522)
    }
    expect((await exchange(client, 'RETR a.txt')).codes).toEqual([150, 226])
  })

  test('have nothing for a browser that is led there (ALPACA, CVE-2021-3618)', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'a.txt'), 'hello')
    const client = await login(server, { secure: true })
    const fetched = async (...protocols: string[]): Promise<string> => {
      const socket = await passive(client)
      expect((await client.command('RETR a.txt')).code).toBe(150)
      const secure = connectTls({ socket, rejectUnauthorized: false, ALPNProtocols: protocols })
      onTestFinished(() => void secure.destroy())
      secure.on('error', () => undefined)
      return (await everything(secure)).toString()
    }
    for (const protocols of [['http/1.1'], ['h2', 'http/1.1']]) {
      expect(await fetched(...protocols)).toBe('')
      expect((await client.reply()).code).toBe(425)
    }
    for (const protocols of [['ftp-data'], ['ftp'], ['x-other', 'ftp-data'], []]) {
      expect(await fetched(...protocols)).toBe('hello')
      expect((await client.reply()).code).toBe(226)
    }
  })

  test('are 425 without a handshake, and without a client, after the time limit', async () => {
    const server = await start({ config: { limits: { dataSeconds: 1 } } })
    const client = await login(server, { secure: true })
    const silent = await passive(client)
    expect((await client.command('LIST')).code).toBe(150)
    expect((await client.reply()).code).toBe(425)
    silent.destroy()
    const junk = await passive(client)
    junk.write('GET / HTTP/1.1\r\n\r\n')
    expect((await client.command('LIST')).code).toBe(150)
    expect((await client.reply()).code).toBe(425)
    await client.passive()
    expect((await client.command('LIST')).code).toBe(150)
    expect((await client.reply()).code).toBe(425)
  })

  test('must be protected where TLS is required', async () => {
    const server = await start({ config: { tls: { mode: 'required' } } })
    const client = await login(server, { secure: true })
    await client.command('PBSZ 0')
    const { code } = await client.command('PROT C')
    if (code === 200) {
      await client.passive()
      expect((await client.command('LIST')).code).toBe(521)
    } else {
      expect(code).toBe(534)
    }
  })

  test('speak the family of the control connection; after EPSV ALL there is nothing but EPSV, until REIN', async () => {
    const server = await start()
    const client = await login(server)
    expect(await codes(client, 'EPSV 1', 'EPSV 2', 'EPSV 3', 'EPSV x', 'EPSV ALL')).toEqual([229, 522, 522, 501, 200])
    expect(await codes(client, 'PASV', 'PORT 127,0,0,1,200,1', 'EPRT |1|127.0.0.1|51201|', 'EPSV')).toEqual([
      503, 503, 503, 229,
    ])
    expect((await exchange(client, 'LIST')).codes).toEqual([150, 226])
    expect(await codes(client, 'REIN', `USER ${server.user}`, `PASS ${server.password}`, 'PASV')).toEqual([
      220, 331, 230, 227,
    ])
  })

  test('work over IPv6, where PASV cannot', async () => {
    const server = await start({ config: { host: '::' } })
    writeFileSync(path.join(server.root, 'a.txt'), 'hello')
    const client = await login(server, { host: '::1' })
    expect(await codes(client, 'PASV', 'EPSV 1', 'EPRT |1|127.0.0.1|51201|')).toEqual([522, 522, 504])
    const socket = await dial(await client.passive(), { host: '::1' })
    expect((await client.command('RETR a.txt')).code).toBe(150)
    expect((await everything(socket)).toString()).toBe('hello')
    expect((await client.reply()).code).toBe(226)
    const { port, arrival } = await listening('::1')
    expect(await codes(client, `EPRT |2|0:0:0:0:0:0:0:1|${port}|`, 'RETR a.txt')).toEqual([200, 150])
    expect((await everything(await arrival)).toString()).toBe('hello')
  })

  test('PASV tells the external address', async () => {
    const server = await start({ config: { passive: { from: 0, to: 0, externalAddress: '192.168.7.9' } } })
    const client = await login(server)
    expect((await client.command('PASV')).lines[0]).toMatch(/^227 .*\(192,168,7,9,\d+,\d+\)/)
  })

  test('are 425 when another program has the only port of the range', async () => {
    const { port: from } = await listening()
    const server = await start({ config: { passive: { from, to: from } } })
    const first = await login(server)
    expect((await first.command('PASV')).code).toBe(425)
  })

  test('share a port among sessions one after the other, and 425 while it is taken', async () => {
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    const server = await start({ config: { passive: { from: port, to: port } } })
    const [first, second] = [await login(server), await login(server)]
    expect(await first.passive()).toBe(port)
    expect((await second.command('EPSV')).code).toBe(425)
    const waiting = second.command('EPSV')
    first.destroy()
    expect((await waiting).code).toBe(229)
    expect(await second.passive()).toBe(port)
  })
})
