/** Attacks on data connections, and their failures. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { gone, type Behaviour, type ScriptedSession } from '../../../testing/scripted-server.ts'
import { bytesOf, connectTo, conversation, fetchBytes, namesIn, scripted } from './connect.ts'

const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })
const HALF = Buffer.alloc(50_000, 'a')
const timeouts = { connect: 1500, tls: 1500, reply: 1500, data: 1500 }

/** RETR or LIST that says 150 and leaves the rest to the test. */
function sending(rest: (data: Socket, session: ScriptedSession) => void | Promise<void>) {
  return async (_argument: string, session: ScriptedSession): Promise<void> => {
    session.reply('150 Here it comes')
    await rest(await session.data(), session)
  }
}

describe('where data connections go', () => {
  test('a foreign host in the reply to PASV is ignored', async () => {
    const { server, client } = await conversation({
      verbs: {
        EPSV: '500 Never heard of it',
        PASV: async (_argument, session) => {
          const port = await session.listenForData()
          session.reply(`227 Passive mode (10,255,255,1,${port >> 8},${port & 255})`)
        },
        RETR: sending((data, session) => {
          data.end('right')
          session.reply('226 Done')
        }),
      },
    })
    expect((await fetchBytes(client, '/a')).toString()).toBe('right')
    await fetchBytes(client, '/a')
    // That EPSV is unknown is remembered.
    expect(server.commands.filter((line) => line === 'EPSV')).toHaveLength(1)
  })

  test.each(['227 Somewhere', '227 (1,2,3)', '227 (127,0,0,1,0,0)', '229 (|||4711|)'])(
    'the reply %j to PASV names no port',
    async (answer) => {
      const { client } = await conversation({ verbs: { EPSV: '500 No', PASV: answer } })
      await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('protocol-violation'))
    },
  )

  test('an EPSV port that cannot be reached: PASV is tried', async () => {
    const { server, client } = await conversation({
      verbs: {
        EPSV: '229 Extended passive mode (|||1|)',
        RETR: sending((data, session) => {
          data.end('by PASV')
          session.reply('226 Done')
        }),
      },
    })
    expect((await fetchBytes(client, '/a')).toString()).toBe('by PASV')
    expect(server.commands).toContain('PASV')
  })

  test('active mode: a rival who connects first gets nothing and gives nothing', async () => {
    const { client } = await conversation(
      {
        verbs: {
          RETR: async (_path, session) => {
            session.reply('150 Here it comes')
            const rival = await session.rawData('127.0.0.2')
            rival.write('forged')
            await gone(rival)
            const data = await session.data()
            data.end('genuine')
            session.reply('226 Done')
          },
          STOR: async (_path, session) => {
            session.reply('150 Send')
            const rival = await session.rawData('127.0.0.2')
            let stolen = ''
            rival.setEncoding('utf8').on('data', (text: string) => (stolen += text))
            await gone(rival)
            const data = await session.data()
            await gone(data)
            data.end()
            session.reply(stolen === '' ? '226 Done' : '451 Stolen')
          },
        },
      },
      { dataMode: 'active' },
    )
    expect((await fetchBytes(client, '/a')).toString()).toBe('genuine')
    await client.upload('/a', bytesOf(HALF), { type: 'binary' })
  })

  test('active mode: nobody connects', async () => {
    const { client } = await conversation(
      { verbs: { RETR: '150 Soon', ABOR: '226 Aborted' } },
      { dataMode: 'active', timeouts },
    )
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('data-connection-failed'))
  })
})

describe('downloads that are not whole', () => {
  const cut = (rest: Parameters<typeof sending>[0], size?: string) =>
    conversation({ verbs: { RETR: sending(rest), ...(size ? { SIZE: size } : {}) } }, { timeouts })
  const reset = async (data: Socket) => {
    await new Promise((resolve) => data.write(HALF, resolve))
    data.resetAndDestroy()
  }

  test('reset, then 226', async () => {
    const { client } = await cut(async (data, session) => {
      await reset(data)
      session.reply('226 Done')
    })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('data-truncated'))
    await client.noop()
  })

  test('226, then reset', async () => {
    const { client } = await cut(async (data, session) => {
      session.reply('226 Done')
      await reset(data)
    })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('data-truncated'))
    await client.noop()
  })

  test('a proper end and 226, but short of what SIZE said', async () => {
    const { client } = await cut((data, session) => {
      data.end(HALF)
      session.reply('226 Done')
    }, '213 100000')
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('data-truncated'))
    await expect(fetchBytes(client, '/a', { size: 50_001 })).rejects.toEqual(failsWith('data-truncated'))
    expect(await fetchBytes(client, '/a', { size: 50_000 })).toEqual(HALF)
    expect(await fetchBytes(client, '/a', { size: null })).toEqual(HALF)
  })

  test.each([
    ['426 Cut off', 'data-truncated'],
    ['451 Disk trouble', 'ftp-refused'],
    ['552 Quota', 'storage-full'],
    ['421 Going down', 'connection-lost'],
  ])('a proper end, then %s', async (answer, code) => {
    const { client } = await cut((data, session) => {
      data.end(HALF)
      session.reply(answer)
    })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith(code))
    expect(client.isOpen).toBe(!answer.startsWith('421'))
  })

  test('426 while the data connection stays open', async () => {
    const { client } = await cut((data, session) => {
      data.write(HALF)
      session.reply('426 Cut off')
    })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('data-truncated'))
    await client.noop()
  })

  test('a proper end and no final reply', async () => {
    const { client } = await cut((data) => void data.end(HALF))
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('timeout'))
    expect(client.isOpen).toBe(false)
  })

  test('a proper end, and the control connection goes', async () => {
    const { client } = await cut((data, session) => {
      data.end(HALF)
      session.socket.destroy()
    })
    await expect(fetchBytes(client, '/a')).rejects.toEqual(failsWith('connection-lost'))
  })

  test('silence in the middle', async () => {
    const { server, client } = await cut(async (data, session) => {
      data.write(HALF)
      await gone(data)
      session.reply('426 Cut off')
    })
    await expect(fetchBytes(client, '/a')).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('sent nothing'),
    })
    await client.noop()
    expect(server.commands).toContain('ABOR')
  })
})

describe('downloads that are whole, though the server is odd', () => {
  test.each<[string, Behaviour]>([
    [
      '226 before the data',
      async (_path, session) => {
        session.reply('150 Here', '226 Done')
        ;(await session.data()).end(HALF)
      },
    ],
    [
      'no 150 at all',
      async (_path, session) => {
        session.reply('226 Done')
        ;(await session.data()).end(HALF)
      },
    ],
    [
      'a 150 with a line that looks like 226',
      async (_path, session) => {
        session.reply('150-Here', '226 not yet', '150 comes')
        const data = await session.data()
        data.end(HALF)
        session.reply('226 Done')
      },
    ],
    [
      'replies byte by byte',
      async (_path, session) => {
        const slowly = async (text: string) => {
          for (const byte of Buffer.from(text)) {
            session.send(Buffer.of(byte))
            await new Promise(setImmediate)
          }
        }
        await slowly('150 Here\r\n')
        ;(await session.data()).end(HALF)
        await slowly('226 Done\r\n')
      },
    ],
    [
      'a file that has grown since SIZE',
      async (_path, session) => {
        session.reply('150 Here')
        ;(await session.data()).end(HALF)
        session.reply('226 Done')
      },
    ],
  ])('%s', async (_what, RETR) => {
    const { client } = await conversation({ verbs: { RETR, SIZE: '213 49000' } })
    expect(await fetchBytes(client, '/a')).toEqual(HALF)
    expect(await fetchBytes(client, '/a')).toEqual(HALF)
  })
})

describe('the sink', () => {
  const LARGE = 96 * 1024 * 1024
  test('a slow sink holds the server, not our memory; then every byte comes', async () => {
    let written = 0
    const { client } = await conversation({
      verbs: {
        RETR: sending(async (data, session) => {
          const piece = Buffer.alloc(1024 * 1024, 'z')
          for (; written < LARGE; written += piece.length) {
            if (!data.write(piece)) await once(data, 'drain')
          }
          data.end()
          session.reply('226 Done')
        }),
      },
    })
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let got = 0
    let first = true
    const downloading = client.download(
      '/a',
      (chunk) => {
        got += chunk.length
        if (!first) return undefined
        first = false
        return gate
      },
      { type: 'binary' },
    )
    // Until nothing moves any more.
    for (let before = -1; before !== written || written === 0;) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(written).toBeLessThan(LARGE / 2)
    open()
    expect(await downloading).toEqual({ bytes: LARGE })
    expect(got).toBe(LARGE)
  })

  test('its error comes out as it is, and the connection goes on', async () => {
    const { server, client } = await conversation({
      verbs: {
        RETR: sending((data) => void data.write(HALF)),
        ABOR: (_argument, session) => session.reply('426 Cut', '226 Aborted'),
      },
    })
    const broken = new Error('disk full')
    for (const sink of [
      () => {
        throw broken
      },
      () => Promise.reject(broken),
    ]) {
      await expect(client.download('/a', sink, { type: 'binary' })).rejects.toBe(broken)
    }
    await client.noop()
    expect(server.commands.filter((line) => line === 'ABOR')).toHaveLength(2)
  })

  test('cancelling in the middle, and going on', async () => {
    const { client } = await conversation({
      verbs: {
        RETR: sending((data, session) => {
          data.write(HALF)
          void gone(data).then(() => session.reply('426 Cut off'))
        }),
        ABOR: '226 Aborted',
      },
    })
    const controller = new AbortController()
    const downloading = client.download('/a', () => controller.abort(), { type: 'binary', signal: controller.signal })
    await expect(downloading).rejects.toEqual(failsWith('cancelled'))
    await client.noop()
  })

  test.each(['225 Aborted', '226 Aborted'])('with ABOR answered by 426 and %s', async (answer) => {
    const { client } = await conversation({
      verbs: {
        RETR: sending((data) => void data.write(HALF)),
        ABOR: (_argument, session) => session.reply('426 Cut', answer),
      },
    })
    const controller = new AbortController()
    const downloading = client.download('/a', () => controller.abort(), { type: 'binary', signal: controller.signal })
    await expect(downloading).rejects.toEqual(failsWith('cancelled'))
    await client.noop()
  })

  test('with ABOR answered by 225 only', async () => {
    const { client } = await conversation({
      verbs: { RETR: sending((data) => void data.write(HALF)), ABOR: '225 Aborted' },
    })
    const controller = new AbortController()
    const downloading = client.download('/a', () => controller.abort(), { type: 'binary', signal: controller.signal })
    await expect(downloading).rejects.toEqual(failsWith('cancelled'))
    await client.noop()
  })

  test('a server that does not come to rest after ABOR loses the connection', async () => {
    const { client } = await conversation(
      { verbs: { RETR: sending((data) => void data.write(HALF)), ABOR: () => undefined } },
      { timeouts },
    )
    const controller = new AbortController()
    const downloading = client.download('/a', () => controller.abort(), { type: 'binary', signal: controller.signal })
    await expect(downloading).rejects.toEqual(failsWith('cancelled'))
    await expect(client.noop()).rejects.toEqual(failsWith('timeout'))
  })
})

describe('uploads', () => {
  const receiving = (rest: (data: Socket, session: ScriptedSession) => void | Promise<void>) => ({
    verbs: {
      STOR: (async (_argument, session) => {
        session.reply('150 Send it')
        await rest(await session.data(), session)
      }) satisfies Behaviour,
      ABOR: '226 Aborted',
    },
  })
  const LARGE = Buffer.alloc(32 * 1024 * 1024, 'u')

  test('arrive whole; the server need not close its side', async () => {
    let got = 0
    const { client } = await conversation(
      receiving(async (data, session) => {
        data.on('data', (chunk: Buffer) => (got += chunk.length))
        await gone(data)
        session.reply('226 Done')
      }),
    )
    const progress: number[] = []
    const result = await client.upload('/a', bytesOf(LARGE), {
      type: 'binary',
      onProgress: (bytes) => progress.push(bytes),
    })
    expect(result).toEqual({ bytes: LARGE.length })
    expect(got).toBe(LARGE.length)
    expect(progress.at(-1)).toBe(LARGE.length)
  })

  test.each([
    ['552 Quota exceeded', 'storage-full'],
    ['451 Disk trouble', 'ftp-refused'],
    ['426 Cut off', 'data-truncated'],
  ])('%s in the middle', async (answer, code) => {
    const { client } = await conversation(
      receiving(async (data, session) => {
        data.resume()
        await once(data, 'data')
        data.destroy()
        session.reply(answer)
      }),
    )
    await expect(client.upload('/a', bytesOf(LARGE), { type: 'binary' })).rejects.toEqual(failsWith(code))
    await client.noop()
  })

  test('226 before the end is a lie', async () => {
    const { client } = await conversation(
      receiving(async (data, session) => {
        data.resume()
        await once(data, 'data')
        data.pause()
        session.reply('226 Done already')
      }),
    )
    await expect(client.upload('/a', bytesOf(LARGE), { type: 'binary' })).rejects.toEqual(failsWith('data-truncated'))
  })

  test('reset in the middle, with 226', async () => {
    const { client } = await conversation(
      receiving(async (data, session) => {
        data.resume()
        await once(data, 'data')
        data.resetAndDestroy()
        await once(data, 'close')
        session.reply('226 Done')
      }),
    )
    await expect(client.upload('/a', bytesOf(LARGE), { type: 'binary' })).rejects.toEqual(failsWith('data-truncated'))
  })

  test('a server that takes nothing', async () => {
    const { client } = await conversation(
      receiving(() => undefined),
      { timeouts },
    )
    await expect(client.upload('/a', bytesOf(LARGE), { type: 'binary' })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('took no data'),
    })
  })

  test('a server that talks back without end', async () => {
    const { client } = await conversation(
      receiving(async (data) => {
        data.resume()
        while (!data.destroyed) {
          if (!data.write(HALF)) await Promise.race([once(data, 'drain'), once(data, 'close')]).catch(() => undefined)
        }
      }),
    )
    const endless = async function* () {
      for (;;) yield HALF
    }
    await expect(client.upload('/a', endless(), { type: 'binary' })).rejects.toEqual(failsWith('protocol-violation'))
  })

  test("the source's error comes out as it is, its end is seen to, and the connection goes on", async () => {
    const { server, client } = await conversation(
      receiving((data, session) => {
        void gone(data).then(() => session.reply('426 Cut off'))
      }),
    )
    const broken = new Error('cannot read')
    const source = async function* () {
      yield HALF
      throw broken
    }
    await expect(client.upload('/a', source(), { type: 'binary' })).rejects.toBe(broken)
    await client.noop()
    expect(server.commands).toContain('ABOR')

    let ended = false
    const controller = new AbortController()
    const patient = async function* () {
      try {
        for (;;) {
          yield HALF
          controller.abort()
        }
      } finally {
        ended = true
      }
    }
    const cancelled = client.upload('/a', patient(), { type: 'binary', signal: controller.signal })
    await expect(cancelled).rejects.toEqual(failsWith('cancelled'))
    await client.noop()
    expect(ended).toBe(true)
  })

  test('a refusal before the data: 553 is about the name', async () => {
    const { client } = await conversation({ verbs: { STOR: '553 Not that name' } })
    await expect(client.upload('/a', bytesOf(HALF), { type: 'binary' })).rejects.toMatchObject({
      code: 'name-refused',
      message: expect.stringContaining('/a'),
    })
    await client.noop()
  })
})

describe('listings', () => {
  const line = (name: string) => `-rw-r--r-- 1 me us 5 Nov 19 08:30 ${name}\r\n`
  const listing = (text: string) =>
    sending((data, session) => {
      data.end(text)
      session.reply('226 Done')
    })

  test('an endless listing ends at the limit', async () => {
    const { client } = await conversation(
      {
        verbs: {
          LIST: sending(async (data) => {
            while (!data.destroyed) {
              if (!data.write(line('x').repeat(1000))) {
                await Promise.race([once(data, 'drain'), once(data, 'close')]).catch(() => undefined)
              }
            }
          }),
          ABOR: (_argument, session) => session.reply('426 Cut', '226 Aborted'),
        },
      },
      { limits: { listingLines: 50_000 } },
    )
    await expect(namesIn(client, '/')).rejects.toEqual(failsWith('protocol-violation'))
  })

  test('one endless line', async () => {
    const { client } = await conversation({
      verbs: {
        LIST: sending((data) => void data.write(Buffer.alloc(1024 * 1024, 'x'))),
        ABOR: (_argument, session) => session.reply('426 Cut', '226 Aborted'),
      },
    })
    await expect(namesIn(client, '/')).rejects.toEqual(failsWith('protocol-violation'))
  })

  test('MLSD where it is offered; LIST when it is not there after all', async () => {
    const features = ['MLST type*;size*;']
    const good = await conversation({ features, verbs: { MLSD: listing('type=file;size=1; a b\r\ntype=cdir; .\r\n') } })
    expect(await namesIn(good.client, '/')).toEqual(['a b'])
    const bad = await conversation({ features, verbs: { LIST: listing(line('c')) } })
    expect(await namesIn(bad.client, '/')).toEqual(['c'])
    expect(await namesIn(bad.client, '/')).toEqual(['c'])
    expect(bad.server.commands.filter((each) => each === 'MLSD')).toHaveLength(1)
  })

  test('"-a" is left out where it is not understood', async () => {
    for (const refusal of ['501 No options', '450 -a: no such file']) {
      const { client } = await conversation({
        verbs: {
          LIST: (argument, session) => {
            if (argument === '-a') return session.reply(refusal)
            return listing(line('c'))(argument, session)
          },
        },
      })
      await expect(namesIn(client, '/')).resolves.toEqual(['c'])
    }
  })

  test('a missing folder is an error, not an empty listing', async () => {
    const { server, client } = await conversation({ verbs: { CWD: '550 No such directory', LIST: listing('') } })
    await expect(namesIn(client, '/no')).rejects.toEqual(failsWith('not-found'))
    expect(server.commands).not.toContain('LIST')
  })

  test('unreadable lines are reported', async () => {
    const { client } = await conversation({ verbs: { LIST: listing(`${line('a')}what?\r\n${line('b')}`) } })
    const unreadable: string[] = []
    expect(await namesIn(client, '/', (text) => unreadable.push(text))).toEqual(['a', 'b'])
    expect(unreadable).toEqual(['what?'])
  })

  test('stopping the iteration stops the server, and the connection goes on', async () => {
    const { client } = await conversation({
      verbs: {
        LIST: sending((data, session) => {
          data.write(line('a'))
          void gone(data).then(() => session.reply('426 Cut off'))
        }),
        ABOR: '226 Aborted',
      },
    })
    for await (const batch of client.list('/')) {
      expect(batch).toHaveLength(1)
      break
    }
    await client.noop()
  })

  test('stopping at the first batch of a listing that is over already', async () => {
    const { client } = await conversation({
      verbs: { LIST: listing(`${line('a')}-rw-r--r-- 1 me us 5 Nov 19 08:30 no end of line`) },
    })
    for await (const batch of client.list('/')) {
      expect(batch.map((entry) => entry.name)).toEqual(['a'])
      break
    }
    await client.noop()
    expect(await namesIn(client, '/')).toEqual(['a', 'no end of line'])
  })

  test('relative paths keep their meaning though listing goes elsewhere', async () => {
    let folder = '/home'
    const { server, client } = await conversation({
      verbs: {
        PWD: (_argument, session) => session.reply(`257 "${folder}"`),
        CWD: (path, session) => {
          folder = path
          session.reply('250 Moved')
        },
        LIST: listing(line('a')),
        DELE: '250 Gone',
      },
    })
    await client.cwd('/work')
    await namesIn(client, '/elsewhere')
    await client.remove('file')
    expect(server.commands.slice(-2)).toEqual(['CWD /work', 'DELE file'])
    expect(await client.pwd()).toBe('/work')
  })
})

test('raw commands that would change our state, or open data connections, are refused', async () => {
  const { server, client } = await conversation()
  for (const line of ['PASV', 'prot C', 'TYPE A', 'RETR x', 'CCC', 'USER you', '']) {
    await expect(client.command(line)).rejects.toEqual(failsWith('bad-argument'))
  }
  expect(await client.command('SITE HELP')).toEqual({ code: 502, text: 'Not implemented' })
  expect(server.commands.slice(-1)).toEqual(['SITE HELP'])
})

test('the type is sent when it changes, and only then', async () => {
  const server = await scripted({
    verbs: {
      RETR: sending((data, session) => {
        data.end('x')
        session.reply('226 Done')
      }),
    },
  })
  const client = await connectTo(server)
  await fetchBytes(client, '/a', { size: null })
  await fetchBytes(client, '/a', { size: null })
  await fetchBytes(client, '/a', { type: 'ascii' })
  await client.size('/a')
  expect(server.commands.filter((line) => line.startsWith('TYPE'))).toEqual(['TYPE I', 'TYPE A', 'TYPE I'])
})
