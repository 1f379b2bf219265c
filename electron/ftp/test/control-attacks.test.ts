/** Attacks on the control connection. */
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { FtpClient } from '../index.ts'
import { connectTo, conversation, fetchBytes, optionsFor, scripted } from './connect.ts'

const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })

describe('line breaks and NUL in arguments', () => {
  test.each(['a\r\nDELE x', 'a\nDELE x', 'a\rx', 'a\0x'])('the name %j never reaches the wire', async (name) => {
    const { server, client } = await conversation()
    const before = server.commands.length
    const path = `/${name}`
    const none = async function* () {
      yield Buffer.from('x')
    }
    await expect(client.mkdir(path)).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.remove(path)).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.rename('/ok', path)).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.rename(path, '/ok')).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.cwd(path)).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.stat1(path)).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.upload(path, none(), { type: 'binary' })).rejects.toEqual(failsWith('illegal-characters'))
    await expect(fetchBytes(client, path, { size: null })).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.list(path).next()).rejects.toEqual(failsWith('illegal-characters'))
    await expect(client.command(`SITE ${name}`)).rejects.toEqual(failsWith('illegal-characters'))
    await client.noop()
    expect(server.commands.slice(before)).toEqual(['NOOP'])
  })

  test.each([{ password: 'x\r\nDELE y' }, { endpointUser: 'me\nDELE y' }, { account: 'a\r\nDELE y' }])(
    'the credential %j never reaches the wire',
    async (bad) => {
      const server = await scripted({ verbs: { PASS: '332 Account, please' } })
      const options = optionsFor(server, bad.password ? { password: bad.password } : { account: bad.account ?? '' })
      if (bad.endpointUser) options.endpoint.user = bad.endpointUser
      await expect(FtpClient.connect(options)).rejects.toEqual(failsWith('illegal-characters'))
      expect(server.commands.join()).not.toContain('DELE')
    },
  )
})

describe('what is no FTP server, or no longer', () => {
  test.each(['HTTP/1.1 400 Bad Request', 'SSH-2.0-OpenSSH_9.2'])('greeting %j', async (greeting) => {
    const server = await scripted({ greeting })
    await expect(connectTo(server)).rejects.toEqual(failsWith('protocol-violation'))
    expect(server.commands).toEqual([])
  })

  test('a greeting that refuses', async () => {
    const server = await scripted({ greeting: '421 Too many connections' })
    await expect(connectTo(server)).rejects.toMatchObject({ code: 'connection-lost', reply: { code: 421 } })
  })

  test('a greeting in several lines, after 120, byte by byte', async () => {
    const server = await scripted({
      script: async (session) => {
        for (const byte of Buffer.from('120 Wait\r\n220-Hello\r\n230 not yet\r\n220 Now\r\n')) {
          session.send(Buffer.of(byte))
          await new Promise(setImmediate)
        }
        await session.serve()
      },
    })
    expect((await connectTo(server)).home).toBe('/')
  })

  test('the server closes in the middle of a reply', async () => {
    const { client } = await conversation({
      verbs: {
        NOOP: (_argument, session) => {
          session.send('200 Half a repl')
          session.socket.end()
        },
      },
    })
    await expect(client.noop()).rejects.toEqual(failsWith('connection-lost'))
    expect(await client.closed).toEqual(failsWith('connection-lost'))
    expect(client.isOpen).toBe(false)
    await expect(client.noop()).rejects.toEqual(failsWith('connection-lost'))
  })

  test('a connection that ends says so, and leaves what comes next to whoever knows', async () => {
    const { server, client } = await conversation()
    server.sessions[0]?.socket.destroy()
    expect((await client.closed)?.message).toMatch(/^127\.0\.0\.1 closed the connection( \([^()]*\))?\.$/)
  })

  test('421 while idle ends the session with its reason', async () => {
    const { server, client } = await conversation()
    server.sessions[0]?.reply('421 Idle for too long')
    expect(await client.closed).toMatchObject({ code: 'connection-lost', reply: { code: 421 } })
  })

  test('a reply nobody asked for ends the session: the next command must not get it', async () => {
    const { server, client } = await conversation()
    server.sessions[0]?.reply('250 Done, done')
    expect(await client.closed).toEqual(failsWith('protocol-violation'))
    await expect(client.remove('/x')).rejects.toEqual(failsWith('protocol-violation'))
    expect(server.commands).not.toContain('DELE /x')
  })

  test('two replies to one command end the session', async () => {
    const { client } = await conversation({
      verbs: { MKD: (_argument, session) => session.reply('257 "x"', '250 And y') },
    })
    await client.mkdir('/x').catch(() => undefined)
    expect(await client.closed).toEqual(failsWith('protocol-violation'))
  })

  test('closing by ourselves is no error', async () => {
    const { server, client } = await conversation()
    await client.close()
    expect(await client.closed).toBeNull()
    expect(server.commands.at(-1)).toBe('QUIT')
    await expect(client.noop()).rejects.toEqual(failsWith('not-connected'))
  })

  test('a server that ignores QUIT does not hold us', async () => {
    const { client } = await conversation({ verbs: { QUIT: () => undefined } })
    await client.close()
    expect(client.isOpen).toBe(false)
  })
})

describe('endless replies', () => {
  const limits = { replyLine: 4096, replyLines: 100, replyBytes: 64 * 1024 }
  async function flood(first: string, piece: string): Promise<void> {
    let sent = 0
    const { client } = await conversation(
      {
        verbs: {
          STAT: async (_argument, session) => {
            session.send(first)
            while (!session.socket.destroyed && sent < 64 * 1024 * 1024) {
              sent += piece.length
              if (!session.socket.write(piece))
                await Promise.race([once(session.socket, 'drain'), once(session.socket, 'close')])
            }
          },
        },
      },
      { limits },
    )
    await expect(client.stat()).rejects.toEqual(failsWith('protocol-violation'))
    expect(client.isOpen).toBe(false)
    // What the kernel's buffers take beyond our limit, but nothing near to endless.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  }

  test('one line', () => flood('211 ', 'x'.repeat(64 * 1024)))
  test('one multi-line reply', () => flood('211-\r\n', ' line\r\n'.repeat(1000)))
  test('preliminary replies without end', () => flood('', '150 Soon\r\n'.repeat(1000)))
})

describe('stalls', () => {
  const timeouts = { connect: 1000, tls: 1000, reply: 1000, data: 1000 }
  const silent = () => undefined

  test('no greeting', async () => {
    const server = await scripted({ greeting: null })
    await expect(connectTo(server, { timeouts })).rejects.toEqual(failsWith('timeout'))
  })

  test.each(['USER', 'PASS', 'FEAT', 'OPTS', 'SYST', 'PWD'])('no reply to %s', async (verb) => {
    const server = await scripted({ verbs: { [verb]: silent } })
    await expect(connectTo(server, { timeouts })).rejects.toEqual(failsWith('timeout'))
  })

  test('no reply to AUTH', async () => {
    const server = await scripted({ verbs: { AUTH: silent } })
    await expect(connectTo(server, { timeouts, protocol: 'ftpes' })).rejects.toEqual(failsWith('timeout'))
  })

  test('no TLS handshake after 234, and none at all', async () => {
    const explicit = await scripted({
      verbs: {
        AUTH: (_argument, session) => {
          session.reply('234 Go on')
          return session.closed()
        },
      },
    })
    await expect(connectTo(explicit, { timeouts, protocol: 'ftpes' })).rejects.toEqual(failsWith('timeout'))
    const implicit = await scripted({ script: (session) => session.closed() })
    await expect(connectTo(implicit, { timeouts, protocol: 'ftps' })).rejects.toEqual(failsWith('timeout'))
  })

  test.each(['TYPE', 'SIZE', 'EPSV', 'RETR'])('no reply to %s when downloading', async (verb) => {
    const { client } = await conversation({ verbs: { [verb]: silent } }, { timeouts })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('timeout'))
    expect(client.isOpen).toBe(false)
  })

  test('half a reply', async () => {
    const { client } = await conversation(
      { verbs: { NOOP: (_argument, session) => session.send('200 Still he') } },
      { timeouts },
    )
    await expect(client.noop()).rejects.toEqual(failsWith('timeout'))
  })

  test('every wait can be cancelled: while connecting', async () => {
    for (const behaviour of [{ greeting: null }, { verbs: { PASS: silent } }, { verbs: { FEAT: silent } }]) {
      const server = await scripted(behaviour)
      const controller = new AbortController()
      const connecting = connectTo(server, {
        signal: controller.signal,
        onLine: (line) => {
          if (/^Connecting|^PASS|^FEAT/.test(line.text)) setImmediate(() => controller.abort())
        },
      })
      await expect(connecting).rejects.toEqual(failsWith('cancelled'))
    }
  })

  test('every wait can be cancelled: a command, and one that waits its turn', async () => {
    let answer: () => void = silent
    const { server, client } = await conversation({
      verbs: {
        STAT: (_argument, session) => {
          answer = () => session.reply('211 At last')
          seen()
        },
      },
    })
    let seen: () => void = silent
    const reached = new Promise<void>((resolve) => {
      seen = resolve
    })
    const first = new AbortController()
    const second = new AbortController()
    const stat = client.stat('', { signal: first.signal })
    const waiting = client.mkdir('/never', { signal: second.signal })
    await reached
    second.abort()
    await expect(waiting).rejects.toEqual(failsWith('cancelled'))
    first.abort()
    await expect(stat).rejects.toEqual(failsWith('cancelled'))
    // The late reply belongs to STAT and to nobody else.
    const noop = client.noop()
    answer()
    await noop
    expect(server.commands).not.toContain('MKD /never')
    expect(client.isOpen).toBe(true)
  })
})

describe('login', () => {
  test('no password asked, no account asked', async () => {
    const server = await scripted({ verbs: { USER: '230 Come in' } })
    await connectTo(server)
    expect(server.commands.join()).not.toContain('PASS')
  })

  test('an account is sent where one is asked for, and never shown', async () => {
    const lines: string[] = []
    const server = await scripted({ verbs: { PASS: '332 Account', ACCT: '230 Fine' } })
    const client = await connectTo(server, { account: 'secret-account', onLine: (line) => lines.push(line.text) })
    onTestFinished(() => client.destroy())
    expect(server.commands).toContain('ACCT secret-account')
    expect(lines).toContain('ACCT ****')
    expect(lines).toContain('PASS ****')
    expect(lines.join('\n')).not.toMatch(/secret-account|geheim/)
  })

  test('refused', async () => {
    const server = await scripted({ verbs: { PASS: '530 Login incorrect.' } })
    await expect(connectTo(server)).rejects.toMatchObject({
      code: 'login-refused',
      message: expect.stringContaining('127.0.0.1'),
      reply: { code: 530 },
    })
  })
})
