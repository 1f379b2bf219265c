import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Direction, TransferRow } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar } from '../../../testing/eicar.ts'
import { startScriptedServer, type Behaviour, type ScriptedServer } from '../../../testing/scripted-server.ts'
import { startWorld, type World, type WorldOptions } from './environment.ts'
import { meddling } from './meddling.ts'

const SLOW = { config: { local_max_rate: '2000000' } }
/** More than the buffers between hold, and still slow enough. */
const FAST = { config: { local_max_rate: '6000000' } }
const DIRECTIONS: Direction[] = ['upload', 'download']

/** A world in which the target has the first `there` bytes of the source; null: nothing. */
async function world(
  direction: Direction,
  content: Buffer,
  there: number | null,
  options: WorldOptions = {},
): Promise<World & { source: string; target: string; folder: string; resume: () => Promise<TransferRow[]> }> {
  const made = await startWorld(options)
  const [from, folder] = direction === 'upload' ? [made.local, made.server.root] : [made.server.root, made.local]
  const [source, target] = [join(from, 'a.bin'), join(folder, 'a.bin')]
  await writeFile(source, content)
  if (there !== null) await writeFile(target, content.subarray(0, there))
  const request = {
    direction,
    sources: [{ path: direction === 'upload' ? source : '/a.bin' }],
    targetFolder: direction === 'upload' ? '/' : made.local,
    mode: 'resume' as const,
    transferType: 'auto' as const,
  }
  return { ...made, source, target, folder, resume: () => made.run(request) }
}

const sent = (commands: string[]): string[] => commands.filter((line) => /^(REST|RETR|STOR|APPE)/.test(line))

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'resuming', () => {
  test.each(DIRECTIONS)('only the rest goes over the wire, and the whole is scanned (%s)', async (direction) => {
    const content = randomBytes(3_500_000)
    const made = await world(direction, content, 2_000_001, { vsftpd: { tls: 'explicit' } })
    expect(await made.resume()).toMatchObject([
      {
        state: 'done',
        error: null,
        size: content.length,
        transferred: content.length,
        resumedFrom: 2_000_001,
        transferType: 'binary',
        scan: { verdict: 'OK', bytes: content.length },
      },
    ])
    expect(content.equals(await readFile(made.target))).toBe(true)
    expect(await readdir(made.folder)).toEqual(['a.bin'])
    expect(sent(made.server.commands())[0]).toBe('REST 2000001')
    expect(sent(made.server.commands())).toHaveLength(2)
  })

  test.each(DIRECTIONS)('without a beginning the whole goes (%s)', async (direction) => {
    const content = randomBytes(100_000)
    const made = await world(direction, content, null)
    expect(await made.resume()).toMatchObject([{ state: 'done', transferred: content.length, resumedFrom: 0 }])
    expect(content.equals(await readFile(made.target))).toBe(true)
    expect(await readdir(made.folder)).toEqual(['a.bin'])
  })

  test.each(DIRECTIONS)('a target that appears during the scan is not written over (%s)', async (direction) => {
    const appear = (): Promise<void> => writeFile(made.target, 'theirs')
    const made = await world(direction, randomBytes(100_000), null, {
      gate: (gate) => ({
        ...meddling(gate, appear),
        openScan: async (options) => {
          await appear()
          return gate.openScan(options)
        },
      }),
    })
    expect(await made.resume()).toMatchObject([{ state: 'failed' }])
    expect(await readFile(made.target, 'utf8')).toBe('theirs')
    expect(await readdir(made.folder)).toEqual(['a.bin'])
  })

  test.each(DIRECTIONS)('an empty beginning is one too (%s)', async (direction) => {
    const content = randomBytes(1000)
    const made = await world(direction, content, 0)
    expect(await made.resume()).toMatchObject([{ state: 'done' }])
    expect(content.equals(await readFile(made.target))).toBe(true)
  })

  test.each(DIRECTIONS)('a whole file is skipped, a longer one fails, and both stay (%s)', async (direction) => {
    const content = randomBytes(1000)
    const made = await world(direction, content, 1000)
    expect(await made.resume()).toMatchObject([{ state: 'skipped', error: null }])
    await writeFile(made.target, Buffer.alloc(1001))
    const rows = await made.resume()
    expect(rows[1]).toMatchObject({ state: 'failed', error: { code: 'size-mismatch' } })
    expect(rows[1]?.error?.message).toMatch(/1001 bytes.*1000/)
    expect((await stat(made.target)).size).toBe(1001)
    expect(sent(made.server.commands())).toEqual([])
  })

  test.each(DIRECTIONS)('what EICAR only the whole shows is blocked (%s)', async (direction) => {
    const made = await world(direction, eicar(), 40)
    expect(await made.resume()).toMatchObject([
      { state: 'blocked', error: { code: 'infected' }, scan: { verdict: 'INFECTED', bytes: 68 } },
    ])
    // The beginning is as it was.
    expect((await readFile(made.target)).equals(eicar().subarray(0, 40))).toBe(true)
    expect(await readdir(made.folder)).toEqual(['a.bin'])
    if (direction === 'upload') expect(sent(made.server.commands())).toEqual([])
    else expect(await made.gate.quarantine.list()).toMatchObject([{ name: 'a.bin', bytes: 68 }])
  })

  test.each(DIRECTIONS)(
    'a cut in the middle of the rest costs another try (%s)',
    async (direction) => {
      const content = randomBytes(5_000_000)
      const made = await world(direction, content, 1_000_000, { vsftpd: SLOW, retryDelays: [500, 500] })
      const running = made.resume()
      await made.until((rows) => rows.some((row) => row.state === 'transferring' && row.transferred > 2_500_000))
      // What was there is not out of reach for long, and never cut short.
      if (direction === 'download') expect((await stat(made.target)).size).toBe(1_000_000)
      made.server.cut()
      const waiting = await made.until((rows) => rows[0]?.error !== null)
      expect(waiting[0]?.error?.message).toMatch(/try 2 of 3/)
      expect((await stat(made.target)).size).toBeGreaterThanOrEqual(1_000_000)
      expect(await running).toMatchObject([{ state: 'done', error: null }])
      expect(content.equals(await readFile(made.target))).toBe(true)
      expect(await readdir(made.folder)).toEqual(['a.bin'])
    },
    30_000,
  )

  test('a cancelled upload gives the file its name back, with what it got', async () => {
    const content = randomBytes(16_000_000)
    const made = await world('upload', content, 1_000_000, { vsftpd: FAST })
    const running = made.resume()
    const rows = await made.until((found) => found.some((row) => row.transferred > 2_500_000))
    made.transfers.cancel(rows.map(({ id }) => id))
    expect(await running).toMatchObject([{ state: 'cancelled', error: null }])
    expect(await readdir(made.folder)).toEqual(['a.bin'])
    const stored = await readFile(made.target)
    expect(stored.length).toBeGreaterThanOrEqual(1_000_000)
    expect(content.subarray(0, stored.length).equals(stored)).toBe(true)
    made.transfers.retry(rows.map(({ id }) => id))
    expect(await made.settled()).toMatchObject([{ state: 'done' }])
    expect(content.equals(await readFile(made.target))).toBe(true)
  }, 20_000)

  test('bytes that were not scanned never stay under the name', async () => {
    const content = randomBytes(3_000_000)
    const swap = (path: string): Promise<void> =>
      writeFile(path, Buffer.concat([content.subarray(0, 2_000_000), randomBytes(1_000_000)]))
    const made = await world('upload', content, 1_000_000, { gate: (gate) => meddling(gate, swap) })
    const rows = await made.resume()
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    expect(rows[0]?.error?.message).toMatch(/deleted/)
    expect(await readdir(made.folder)).toEqual([])
  })

  test('bytes that were not scanned do not get the name by a cut either', async () => {
    const content = randomBytes(16_000_000)
    const made = await world('upload', content, 1_000_000, {
      vsftpd: FAST,
      gate: (gate) =>
        meddling(gate, (path) =>
          writeFile(path, Buffer.concat([content.subarray(0, 1_500_000), randomBytes(14_500_000)])),
        ),
    })
    const running = made.resume()
    await made.until((rows) => rows.some((row) => row.transferred > 2_500_000))
    made.server.cut()
    expect(await running).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    expect(await readdir(made.folder)).toEqual([])
  }, 20_000)

  test('a file that only grew after its scan keeps what was sent of it', async () => {
    const content = randomBytes(3_000_000)
    const grow = async (path: string): Promise<void> => writeFile(path, Buffer.concat([content, Buffer.from('more')]))
    const made = await world('upload', content, 1_000_000, { gate: (gate) => meddling(gate, grow) })
    expect(await made.resume()).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    const stored = await readFile(made.target)
    expect(content.subarray(0, stored.length).equals(stored)).toBe(true)
    expect(stored.length).toBeGreaterThanOrEqual(1_000_000)
    expect(await readdir(made.folder)).toEqual(['a.bin'])
  })

  test.each(DIRECTIONS)('unscanned when that is switched off (%s)', async (direction) => {
    const made = await world(direction, eicar(), 40)
    made.gate.setPolicy({ upload: false, download: false })
    expect(await made.resume()).toMatchObject([{ state: 'done', unscanned: true, scan: null, scanned: 0 }])
    expect((await readFile(made.target)).equals(eicar())).toBe(true)
  })

  test.each(DIRECTIONS)('a folder is refused (%s)', async (direction) => {
    const made = await startWorld()
    await mkdir(join(made.local, 'folder'))
    await mkdir(join(made.server.root, 'folder'))
    const path = direction === 'upload' ? join(made.local, 'folder') : '/folder'
    const request = { direction, targetFolder: direction === 'upload' ? '/' : made.local, mode: 'resume' as const }
    expect(await made.run({ ...request, sources: [{ path }] })).toMatchObject([
      { state: 'failed', error: { code: 'bad-argument' } },
    ])
  })

  test('a local link is not gone on with', async () => {
    const made = await world('download', randomBytes(1000), null)
    await writeFile(join(made.local, 'real'), 'x')
    await symlink('real', made.target)
    expect(await made.resume()).toMatchObject([{ state: 'failed', error: { code: 'local-exists' } }])
    expect(await readFile(join(made.local, 'real'), 'utf8')).toBe('x')
  })

  test('a beginning that somebody goes on with meanwhile is not replaced', async () => {
    const content = randomBytes(4_000_000)
    const made = await world('download', content, 1_000_000, { vsftpd: SLOW })
    const running = made.resume()
    await made.until((rows) => rows.some((row) => row.transferred > 1_500_000))
    await truncate(made.target, 999_999)
    expect(await running).toMatchObject([{ state: 'failed', error: { code: 'local-io' } }])
    expect(await readdir(made.folder)).toEqual(['a.bin'])
    expect((await stat(made.target)).size).toBe(999_999)
  }, 20_000)
})

/** The one file of a scripted server. */
interface Stored {
  name: string
  bytes: Buffer
}

/** A server that has the first bytes of one file, and does with uploads as `verbs` says. */
async function scripted(stored: Stored, verbs: Record<string, Behaviour>): Promise<ScriptedServer> {
  let from = ''
  const server = await startScriptedServer({
    verbs: {
      SIZE: (path, session) => session.reply(path === stored.name ? `213 ${stored.bytes.length}` : '550 No such file'),
      MDTM: '550 Not told',
      RNFR: (path, session) => {
        from = path
        session.reply(path === stored.name ? '350 To what?' : '550 No such file')
      },
      RNTO: (path, session) => {
        if (stored.name === from) stored.name = path
        session.reply('250 Renamed')
      },
      LIST: async (_path, session) => {
        session.reply('150 Here it comes')
        const data = await session.data()
        data.end()
        session.reply('226 Done')
      },
      ...verbs,
    },
  })
  onTestFinished(() => server.stop())
  return server
}

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'resuming on other servers', () => {
  test('where REST is refused the rest is appended', async () => {
    const content = randomBytes(300_000)
    const stored = { name: '/a.bin', bytes: content.subarray(0, 100_000) }
    const server = await scripted(stored, {
      REST: '502 No',
      APPE: async (path, session) => {
        expect(path).toBe(stored.name)
        session.reply('150 Go on')
        stored.bytes = Buffer.concat([stored.bytes, await session.received()])
        session.reply('226 Done')
      },
    })
    const made = await world('upload', content, null, { server })
    expect(await made.resume()).toMatchObject([{ state: 'done', error: null }])
    expect([stored.name, content.equals(stored.bytes)]).toEqual(['/a.bin', true])
  })

  test('a server that ignores REST is found out by the size', async () => {
    const content = randomBytes(300_000)
    const stored: Stored = { name: '/a.bin', bytes: content.subarray(0, 100_000) }
    const server = await scripted(stored, {
      REST: '350 As if',
      STOR: async (_path, session) => {
        session.reply('150 Go on')
        stored.bytes = await session.received()
        session.reply('226 Done')
      },
    })
    const made = await world('upload', content, null, { server })
    const rows = await made.resume()
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'size-mismatch' } }])
    expect(rows[0]?.error?.message).toMatch(/200000 bytes.*300000/)
  })

  test('a size nobody tells is a reason to refuse', async () => {
    const server = await scripted(
      { name: '/a.bin', bytes: Buffer.alloc(5) },
      {
        SIZE: '550 Not told',
        LIST: async (_path, session) => {
          session.reply('150 Here it comes')
          const data = await session.data()
          data.end('lrwxrwxrwx 1 owner group 4 Jan 01 2024 a.bin -> real\r\n')
          session.reply('226 Done')
        },
      },
    )
    const made = await world('upload', randomBytes(10), null, { server })
    expect(await made.resume()).toMatchObject([{ state: 'failed', error: { code: 'unsupported' } }])
  })

  test('a rest whose last answer is lost is done, and scanned, not skipped', async () => {
    const content = randomBytes(3000)
    const stored = { name: '/a.bin', bytes: content.subarray(0, 1000) }
    let from = ''
    let losing = true
    const server = await scripted(stored, {
      REST: '350 Go on',
      STOR: async (_path, session) => {
        session.reply('150 Go on')
        stored.bytes = Buffer.concat([stored.bytes, await session.received()])
        session.reply('226 Done')
      },
      RNFR: (path, session) => {
        from = path
        session.reply(path === stored.name ? '350 To what?' : '550 No such file')
      },
      RNTO: (path, session) => {
        if (stored.name === from) stored.name = path
        const last = losing && path === '/a.bin'
        if (last) losing = false
        if (last) session.socket.destroy()
        else session.reply('250 Renamed')
      },
    })
    const made = await world('upload', content, null, { server })
    expect(await made.resume()).toMatchObject([{ state: 'done', error: null, scan: { verdict: 'OK', bytes: 3000 } }])
    expect([stored.name, content.equals(stored.bytes)]).toEqual(['/a.bin', true])
  })

  test('a file that may not be renamed stays under its name, and the refusal is told', async () => {
    const content = randomBytes(3000)
    const stored = { name: '/a.bin', bytes: content.subarray(0, 1000) }
    const server = await scripted(stored, { RNFR: '550 Not allowed' })
    const made = await world('upload', content, null, {
      server,
      gate: (gate) =>
        meddling(gate, (path) => writeFile(path, Buffer.concat([content.subarray(0, 2000), randomBytes(1000)]))),
    })
    expect(await made.resume()).toMatchObject([{ state: 'failed', error: { reply: { code: 550 } } }])
    expect(server.commands.filter((line) => line.startsWith('DELE'))).toEqual([])
    expect(stored).toMatchObject({ name: '/a.bin', bytes: { length: 1000 } })
  })
})
