/** Attacks on the way to TLS and under it. */
import { TLSSocket } from 'node:tls'
import { expect, test, vi } from 'vitest'
import { serverCertificate } from '../../../testing/certificates.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import type { CertificateInfo } from '../../../common/models.ts'
import { gone, type ScriptedSession } from '../../../testing/scripted-server.ts'
import { bytesOf, connectTo, conversation, fetchBytes, scripted } from './connect.ts'

const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })

describeWith(['openssl'], 'TLS', () => {
  const tls = () => serverCertificate('valid')
  const trusted = () => ({ protocol: 'ftpes', ca: serverCertificate('valid').ca }) as const

  test.each(['502 What?', '431 Not now', '534 No', '220 Hello', '200 Fine', '334 More', '235 Nearly'])(
    'only 234 goes on after AUTH TLS: %s ends it before any password',
    async (answer) => {
      const server = await scripted({ verbs: { AUTH: answer } })
      await expect(connectTo(server, { protocol: 'ftpes' })).rejects.toEqual(failsWith('tls-refused'))
      expect(server.commands).toEqual(['AUTH TLS'])
    },
  )

  test('garbage after AUTH TLS', async () => {
    const server = await scripted({ verbs: { AUTH: 'no reply at all' } })
    await expect(connectTo(server, { protocol: 'ftpes' })).rejects.toEqual(failsWith('protocol-violation'))
    expect(server.commands).toEqual(['AUTH TLS'])
  })

  test.each(['234 Go on\r\n230 Logged in\r\n', '234 Go on\r\n2', '234 Go on\r\n230-Welcome\r\n'])(
    'bytes behind 234 are fatal: %j',
    async (bytes) => {
      const server = await scripted({
        tls: tls(),
        verbs: {
          AUTH: (_argument, session) => {
            session.send(bytes)
            session.startTls()
          },
        },
      })
      await expect(connectTo(server, trusted())).rejects.toEqual(failsWith('protocol-violation'))
      expect(server.commands).toEqual(['AUTH TLS'])
    },
  )

  test('what is no TLS after 234 is a failed handshake', async () => {
    const server = await scripted({
      verbs: {
        AUTH: async (_argument, session) => {
          session.reply('234 Go on')
          await session.line()
          session.reply('230 Welcome')
          await session.closed()
        },
      },
    })
    await expect(connectTo(server, trusted())).rejects.toEqual(failsWith('tls-failed'))
  })

  test.each([
    ['PBSZ', '500 What?'],
    ['PROT', '536 No'],
    ['PROT', '534 No'],
    ['PROT', '502 No'],
  ])('%s refused with %s: no transfer in clear', async (verb, answer) => {
    const server = await scripted({ tls: tls(), verbs: { [verb]: answer } })
    await expect(connectTo(server, trusted())).rejects.toEqual(failsWith('tls-refused'))
    expect(server.commands.join()).not.toMatch(/EPSV|PASV|RETR|LIST/)
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: data connections resume the session', async (version) => {
    const reused: boolean[] = []
    const data = async (session: ScriptedSession) => {
      session.reply('150 Here')
      const socket = await session.data()
      reused.push(socket instanceof TLSSocket && socket.isSessionReused())
      return socket
    }
    const { client } = await conversation(
      {
        tls: { ...tls(), minVersion: version, maxVersion: version },
        verbs: {
          RETR: async (_path, session) => {
            const socket = await data(session)
            socket.end('data')
            session.reply('226 Done')
          },
          STOR: async (_path, session) => {
            const socket = await data(session)
            await gone(socket)
            socket.end()
            session.reply('226 Done')
          },
        },
      },
      trusted(),
    )
    expect(client.tls).toMatchObject({ version, fingerprint: tls().fingerprint })
    for (let round = 0; round < 3; round += 1) {
      expect((await fetchBytes(client, '/a')).toString()).toBe('data')
      await client.upload('/a', bytesOf(Buffer.from('data')), { type: 'binary' })
    }
    expect(reused).toEqual([true, true, true, true, true, true])
  })

  test('a data port that cannot be reached does not hold us', async () => {
    const { client } = await conversation(
      { tls: tls(), verbs: { EPSV: '229 (|||1|)', RETR: () => undefined } },
      trusted(),
    )
    await expect(fetchBytes(client, '/a', { size: null })).rejects.toEqual(failsWith('data-connection-failed'))
  })

  test('a data connection on which TLS never begins', async () => {
    const { client } = await conversation(
      {
        tls: tls(),
        verbs: {
          RETR: async (_path, session) => {
            session.reply('150 Here')
            await gone(await session.rawData())
            session.reply('426 Cut off')
          },
        },
      },
      { ...trusted(), timeouts: { tls: 1000 } },
    )
    await expect(fetchBytes(client, '/a', { size: null })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('TLS handshake of the data connection'),
    })
    await client.noop()
  })

  test('data in clear where TLS was agreed is not believed', async () => {
    const { client } = await conversation(
      {
        tls: tls(),
        verbs: {
          RETR: async (_path, session) => {
            session.reply('150 Here')
            const raw = await session.rawData()
            raw.end('in clear')
            await gone(raw)
            session.reply('226 Done')
          },
        },
      },
      trusted(),
    )
    const chunks: Buffer[] = []
    const downloading = client.download('/a', (chunk) => void chunks.push(chunk), { type: 'binary', size: null })
    await expect(downloading).rejects.toEqual(failsWith('tls-failed'))
    expect(chunks).toEqual([])
    await client.noop()
  })

  test('by name as well as by address', async () => {
    const reused: boolean[] = []
    const server = await scripted({
      tls: tls(),
      verbs: {
        RETR: async (_path, session) => {
          session.reply('150 Here')
          const socket = await session.data()
          reused.push(socket instanceof TLSSocket && socket.isSessionReused())
          socket.end('data')
          session.reply('226 Done')
        },
      },
    })
    const client = await connectTo({ host: 'localhost', port: server.port }, trusted())
    await fetchBytes(client, '/a')
    expect(reused).toEqual([true])
  })

  test('old TLS versions are refused', async () => {
    const server = await scripted({ tls: { ...tls(), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } })
    await expect(connectTo(server, trusted())).rejects.toEqual(failsWith('tls-failed'))
    expect(server.commands).toEqual(['AUTH TLS'])
  })

  test('another certificate on the data connection: nothing is believed, nothing is sent', async () => {
    let got = ''
    const { server, client } = await conversation(
      {
        tls: tls(),
        dataTls: serverCertificate('self-signed'),
        verbs: {
          RETR: async (_path, session) => {
            session.reply('150 Here')
            const data = await session.data()
            data.end('forged')
            session.reply('226 Done')
          },
          STOR: async (_path, session) => {
            session.reply('150 Send')
            const data = await session.data()
            data.setEncoding('utf8').on('data', (text: string) => (got += text))
            data.on('close', () => session.reply('226 Done'))
          },
        },
      },
      trusted(),
    )
    const chunks: Buffer[] = []
    await expect(
      client.download('/a', (chunk) => void chunks.push(chunk), { type: 'binary', size: null }),
    ).rejects.toEqual(failsWith('certificate-rejected'))
    expect(chunks).toEqual([])
    expect(client.isOpen).toBe(false)

    const again = await connectTo(server, trusted())
    const source = async function* () {
      yield Buffer.from('secret')
    }
    await expect(again.upload('/a', source(), { type: 'binary' })).rejects.toEqual(failsWith('certificate-rejected'))
    expect(got).toBe('')
  })

  test.each([
    ['self-signed', /self-signed/],
    ['wrong-name', /not for 127\.0\.0\.1/],
    ['expired', /expired/],
  ] as const)('a %s certificate is put to the person; no means no', async (kind, reason) => {
    const certificate = serverCertificate(kind)
    const server = await scripted({ tls: certificate })
    const asked: CertificateInfo[] = []
    const options = {
      protocol: 'ftpes',
      ca: certificate.ca,
      onUntrustedCertificate: (info: CertificateInfo) => {
        asked.push(info)
        return Promise.resolve(false)
      },
    } as const
    await expect(connectTo(server, options)).rejects.toEqual(failsWith('certificate-rejected'))
    expect(server.commands).toEqual(['AUTH TLS'])
    const host = kind === 'wrong-name' ? 'elsewhere.example' : 'localhost'
    expect(asked).toEqual([
      {
        host: '127.0.0.1',
        port: server.port,
        reason: expect.stringMatching(reason),
        subject: `O=Sluice tests, CN=${host}`,
        issuer: kind === 'self-signed' ? `O=Sluice tests, CN=${host}` : 'O=Sluice tests, CN=Sluice test authority',
        names: kind === 'wrong-name' ? [host] : ['127.0.0.1', '0:0:0:0:0:0:0:1', host],
        validFrom: expect.any(Number),
        validTo: expect.any(Number),
        fingerprint: certificate.fingerprint,
      },
    ])
    expect(asked[0]?.validTo).toBeGreaterThan(asked[0]?.validFrom ?? 0)
  })

  test('nobody to ask: refused', async () => {
    const server = await scripted({ tls: serverCertificate('self-signed') })
    await expect(connectTo(server, { protocol: 'ftpes' })).rejects.toMatchObject({
      code: 'certificate-rejected',
      message: expect.stringContaining(serverCertificate('self-signed').fingerprint),
    })
  })

  test('yes, and a pin without asking', async () => {
    const server = await scripted({ tls: serverCertificate('self-signed') })
    let asked = 0
    const ask = () => {
      asked += 1
      return Promise.resolve(true)
    }
    expect((await connectTo(server, { protocol: 'ftpes', onUntrustedCertificate: ask })).isOpen).toBe(true)
    expect(asked).toBe(1)
    const pins = [serverCertificate('self-signed').fingerprint]
    expect((await connectTo(server, { protocol: 'ftpes', pins, onUntrustedCertificate: ask })).isOpen).toBe(true)
    expect(asked).toBe(1)
    const others = [serverCertificate('valid').fingerprint]
    await connectTo(server, { protocol: 'ftpes', pins: others, onUntrustedCertificate: ask })
    expect(asked).toBe(2)
  })

  test.each(['ftpes', 'ftps'] as const)(
    'a demanded certificate (%s): another one is refused before any password, though it verifies',
    async (protocol) => {
      const server = await scripted({ tls: tls(), implicit: protocol === 'ftps' })
      const ask = vi.fn(() => Promise.resolve(true))
      const connecting = connectTo(server, {
        ...trusted(),
        protocol,
        onlyFingerprint: serverCertificate('self-signed').fingerprint,
        pins: [tls().fingerprint],
        onUntrustedCertificate: ask,
      })
      await expect(connecting).rejects.toEqual(failsWith('certificate-rejected'))
      expect(server.commands).toEqual(protocol === 'ftps' ? [] : ['AUTH TLS'])
      expect(ask).not.toHaveBeenCalled()
    },
  )

  test('the demanded certificate is taken without a question, for control and data connections', async () => {
    const certificate = serverCertificate('self-signed')
    const ask = vi.fn(() => Promise.resolve(false))
    const options = {
      protocol: 'ftpes',
      onlyFingerprint: certificate.fingerprint,
      onUntrustedCertificate: ask,
    } as const
    const RETR = async (_path: string, session: ScriptedSession): Promise<void> => {
      session.reply('150 Here')
      const data = await session.data()
      data.end('abc')
      session.reply('226 Done')
    }
    const { client } = await conversation({ tls: certificate, verbs: { RETR } }, options)
    expect((await fetchBytes(client, '/a', { size: null })).toString()).toBe('abc')
    const forged = await conversation({ tls: certificate, dataTls: tls(), verbs: { RETR } }, options)
    await expect(fetchBytes(forged.client, '/a', { size: null })).rejects.toEqual(failsWith('certificate-rejected'))
    expect(ask).not.toHaveBeenCalled()
  })

  test('plain FTP cannot show the demanded certificate, so nothing is said to it', async () => {
    const server = await scripted()
    await expect(connectTo(server, { onlyFingerprint: tls().fingerprint })).rejects.toEqual(
      failsWith('certificate-rejected'),
    )
    expect(server.commands).toEqual([])
  })

  test('a server that goes away while the person thinks takes the question back', async () => {
    const server = await scripted({ tls: serverCertificate('self-signed'), implicit: true })
    const connecting = connectTo(server, {
      protocol: 'ftps',
      onUntrustedCertificate: (_info, signal) => {
        for (const session of server.sessions) session.socket.destroy()
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(true)))
      },
    })
    await expect(connecting).rejects.toEqual(failsWith('connection-lost'))
  })
})
