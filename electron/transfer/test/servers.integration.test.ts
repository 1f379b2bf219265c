import { randomBytes } from 'node:crypto'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ConflictPolicy, TransferRow } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { startScriptedServer, type ScriptedServer, type ScriptedSession } from '../../../testing/scripted-server.ts'
import { startWorld, type World } from './environment.ts'

interface Quirks {
  /** RNTO over a file that exists is refused. */
  strictRename?: boolean
  /** RNTO is refused whatever the name. */
  noRename?: boolean
  /** Every upload is kept this many bytes short, without a word. */
  short?: number
  mfmt?: boolean
  /** Called when an upload was asked for, before the answer. */
  storing?: () => void
  /** Called when a file was renamed, before the answer. */
  renamed?: (from: string, to: string) => Promise<void>
}

/** A server that keeps files in memory, with the habits that a test asks for. */
async function memoryServer(quirks: Quirks): Promise<{ server: ScriptedServer; files: Map<string, Buffer> }> {
  const files = new Map<string, Buffer>()
  let from = ''
  const server = await startScriptedServer({
    features: ['UTF8', 'EPSV', 'SIZE', 'MLST type*;size*;modify*;', ...(quirks.mfmt ? ['MFMT'] : [])],
    verbs: {
      STOR: async (path: string, session: ScriptedSession) => {
        files.set(path, Buffer.alloc(0))
        quirks.storing?.()
        session.reply('150 Send it')
        const whole = await session.received()
        files.set(path, whole.subarray(0, whole.length - (quirks.short ?? 0)))
        session.reply('226 Stored')
      },
      SIZE: (path, session) => {
        const file = files.get(path)
        session.reply(file ? `213 ${file.length}` : '550 No such file')
      },
      MLST: (path, session) => {
        const file = files.get(path)
        if (file) session.reply('250-Listing', ` type=file;size=${file.length}; ${path}`, '250 End')
        else session.reply('550 No such file')
      },
      MFMT: '213 Modify=20200102030405;',
      RNFR: (path, session) => {
        from = path
        session.reply(files.has(path) ? '350 Go on' : '550 No such file')
      },
      RNTO: async (path, session) => {
        const file = files.get(from)
        if (quirks.noRename || !file || (quirks.strictRename && files.has(path)))
          return session.reply('553 Not that name')
        files.delete(from)
        files.set(path, file)
        await quirks.renamed?.(from, path)
        session.reply('250 Renamed')
      },
      DELE: (path, session) => session.reply(files.delete(path) ? '250 Gone' : '550 No such file'),
    },
  })
  onTestFinished(() => server.stop())
  return { server, files }
}

/** Uploads "new" as /a and gives the rows. */
async function uploadNew(world: World, conflict?: ConflictPolicy): Promise<TransferRow[]> {
  const source = join(world.local, 'a')
  await writeFile(source, 'new')
  return world.run({
    direction: 'upload',
    sources: [{ path: source }],
    targetFolder: '/',
    ...(conflict && { conflict }),
  })
}

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'habits of servers', () => {
  test('a server that will not rename over a file has the old file or the new one at every moment', async () => {
    const { server, files } = await memoryServer({ strictRename: true })
    const world = await startWorld({ server })
    files.set('/a', Buffer.from('old'))
    const rows = await uploadNew(world, 'overwrite')
    expect(rows).toMatchObject([{ state: 'done' }])
    expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([['/a', 'new']])
    const order = server.commands.map((line) => line.split(' ')[0]).filter((verb) => /STOR|DELE|RNTO/.test(verb ?? ''))
    // Refused; the old one aside; the new one in place; the old one gone.
    expect(order).toEqual(['STOR', 'RNTO', 'RNTO', 'RNTO', 'DELE'])
  })

  test('a cancel before the first byte leaves no empty file', async () => {
    let cancel = (): void => undefined
    const { server, files } = await memoryServer({ storing: () => cancel() })
    const world = await startWorld({ server })
    cancel = () => world.transfers.cancel([1])
    const rows = await uploadNew(world)
    expect(rows).toMatchObject([{ state: 'cancelled' }])
    expect([...files.keys()]).toEqual([])
  })

  test.each([
    ['over the old file', false],
    ['the old file out of the way', true],
  ])('a cancel while the server renames (%s) comes too late: the file is there', async (_what, strictRename) => {
    let cancel = (): void => undefined
    const renamed = async (): Promise<void> => {
      cancel()
      cancel = () => undefined
      // The answer comes a moment after the cancel.
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const { server, files } = await memoryServer({ strictRename, renamed })
    const world = await startWorld({ server })
    cancel = () => world.transfers.cancel([1])
    files.set('/a', Buffer.from('old'))
    const rows = await uploadNew(world, 'overwrite')
    expect(rows).toMatchObject([{ state: 'done' }])
    expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([['/a', 'new']])
  })

  test('a connection lost while the old file is put aside is told with the name it may have now', async () => {
    const { server, files } = await memoryServer({
      strictRename: true,
      renamed: async () => {
        for (const session of server.sessions) session.socket.destroy()
      },
    })
    const world = await startWorld({ server, retryDelays: [] })
    files.set('/a', Buffer.from('old'))
    const [row] = await uploadNew(world, 'overwrite')
    expect(row).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } })
    const [aside] = [...files.keys()]
    expect(row?.error?.message).toContain(`may be named "${aside}" now`)
  })

  test('a connection lost with the old file out of the way costs another try, not the name', async () => {
    let renamings = 0
    const { server, files } = await memoryServer({
      strictRename: true,
      renamed: async () => {
        if (++renamings === 2) for (const session of server.sessions) session.socket.destroy()
      },
    })
    const world = await startWorld({ server })
    files.set('/a', Buffer.from('old'))
    const rows = await uploadNew(world, 'overwrite')
    expect(rows).toMatchObject([{ state: 'done' }])
    expect(files.get('/a')?.toString()).toBe('new')
  })

  test('without the word overwrite nothing is deleted for a rename', async () => {
    const { server, files } = await memoryServer({ noRename: true })
    const world = await startWorld({ server })
    const rows = await uploadNew(world)
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'name-refused', reply: { code: 553 } } }])
    expect([...files.keys()]).toEqual([])
  })

  test('a server that renames nothing keeps the old file, and no temporary one', async () => {
    const { server, files } = await memoryServer({ noRename: true })
    const world = await startWorld({ server })
    files.set('/a', Buffer.from('old'))
    const rows = await uploadNew(world, 'overwrite')
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'name-refused' } }])
    expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([['/a', 'old']])
  })

  test('a server that keeps a short file without a word is found out, and the file does not get its name', async () => {
    const { server, files } = await memoryServer({ short: 1 })
    const world = await startWorld({ server })
    await writeFile(join(world.local, 'a'), 'content')
    const rows = await world.run({
      direction: 'upload',
      sources: [{ path: join(world.local, 'a') }],
      targetFolder: '/',
    })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'size-mismatch' } }])
    expect([...files.keys()]).toEqual([])
  })

  test('the time of the last change travels along where the server takes it', async () => {
    const { server } = await memoryServer({ mfmt: true })
    const world = await startWorld({ server })
    await writeFile(join(world.local, 'a'), 'content')
    await utimes(join(world.local, 'a'), 0, Date.UTC(2020, 0, 2, 3, 4, 5) / 1000)
    await world.run({ direction: 'upload', sources: [{ path: join(world.local, 'a') }], targetFolder: '/' })
    expect(server.commands).toContainEqual(expect.stringMatching(/^MFMT 20200102030405 \/\.a\./))
  })

  test('the number of files at a time can be changed while they move', async () => {
    const world = await startWorld({ vsftpd: { config: { local_max_rate: '1000000' } }, parallel: 1 })
    world.pool.resize(4)
    await mkdir(join(world.local, 'in'))
    for (let at = 0; at < 6; at++) await writeFile(join(world.server.root, `${at}.bin`), randomBytes(1_000_000))
    const busy: number[] = []
    const stop = world.transfers.onChange(({ totals }) => busy.push(totals.active))
    const running = world.run({
      direction: 'download',
      sources: Array.from({ length: 6 }, (_, at) => ({ path: `/${at}.bin`, type: 'file' as const })),
      targetFolder: join(world.local, 'in'),
    })
    await world.until((rows) => rows.some((row) => row.transferred > 0))
    expect(Math.max(...busy)).toBe(1)
    world.transfers.setParallel(4)
    await world.until((rows) => rows.filter((row) => row.state === 'transferring').length === 4)
    await running
    stop()
    expect(await readdir(join(world.local, 'in'))).toHaveLength(6)
  })
})
