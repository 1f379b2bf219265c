import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TransferRow } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { eicar } from '../../../testing/eicar.ts'
import { startScriptedServer } from '../../../testing/scripted-server.ts'
import { startWorld, type World, type WorldOptions } from './environment.ts'
import { meddling } from './meddling.ts'

/** A world with "a.log" here and, unless null, `before` under the same name on the server. */
async function world(
  added: Buffer,
  before: Buffer | null,
  options: WorldOptions = {},
): Promise<World & { source: string; target: string; append: () => Promise<TransferRow[]> }> {
  const made = await startWorld(options)
  const [source, target] = [join(made.local, 'a.log'), join(made.server.root, 'a.log')]
  await writeFile(source, added)
  if (before !== null) await writeFile(target, before)
  const request = { direction: 'upload', targetFolder: '/', mode: 'append', transferType: 'auto' } as const
  return { ...made, source, target, append: () => made.run({ ...request, sources: [{ path: source }] }) }
}

const sent = (commands: string[]): string[] => commands.filter((line) => /^(REST|STOR|APPE)/.test(line))
const spools = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`sluice-append-${process.pid}-`)).toSorted()

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'appending', () => {
  test('adds the file to the end, byte for byte, and leaves no copy behind', async () => {
    const [before, added] = [Buffer.from('one\r\n'), Buffer.concat([Buffer.from('two\n'), randomBytes(2_500_000)])]
    const made = await world(added, before)
    const copies = await spools()
    expect(await made.append()).toMatchObject([
      { state: 'done', error: null, transferred: added.length, scan: { verdict: 'OK', bytes: added.length } },
    ])
    expect(Buffer.concat([before, added]).equals(await readFile(made.target))).toBe(true)
    expect(sent(made.server.commands())).toEqual(['APPE /a.log'])
    expect(await spools()).toEqual(copies)
  })

  test('makes the target where there is none', async () => {
    const added = randomBytes(1000)
    const made = await world(added, null)
    expect(await made.append()).toMatchObject([{ state: 'done' }])
    expect(added.equals(await readFile(made.target))).toBe(true)
    expect(await readdir(made.server.root)).toEqual(['a.log'])
  })

  test('a target that appears during the scan is not written over', async () => {
    const made = await world(randomBytes(1000), null, {
      gate: (gate) => meddling(gate, () => writeFile(join(made.server.root, 'a.log'), 'theirs')),
    })
    const [row] = await made.append()
    expect(row).toMatchObject({ state: 'failed', error: { code: 'name-refused' } })
    expect(row?.error?.message).toMatch(/was not there before. It has 6 bytes now/)
    expect(await readFile(made.target, 'utf8')).toBe('theirs')
    expect(await readdir(made.server.root)).toEqual(['a.log'])
  })

  test('a program that ends in the middle leaves no copy behind', async () => {
    const made = await world(randomBytes(16_000_000), Buffer.from('good'), {
      vsftpd: { config: { local_max_rate: '6000000' } },
    })
    const copies = await spools()
    void made.append()
    await made.until((found) => found.some((row) => row.transferred > 0))
    expect(await spools()).toHaveLength(copies.length + 1)
    await made.transfers.dispose()
    expect(await spools()).toEqual(copies)
  }, 20_000)

  test('an infected file is not added', async () => {
    const made = await world(eicar(), Buffer.from('good'))
    expect(await made.append()).toMatchObject([{ state: 'blocked', error: { code: 'infected' } }])
    expect(await readFile(made.target, 'utf8')).toBe('good')
    expect(sent(made.server.commands())).toEqual([])
  })

  test('nothing is added of a file that was changed after its scan', async () => {
    const made = await world(randomBytes(68), Buffer.from('good'), {
      gate: (gate) => meddling(gate, (path) => writeFile(path, eicar())),
    })
    expect(await made.append()).toMatchObject([{ state: 'failed', error: { code: 'changed-after-scan' } }])
    expect(await readFile(made.target, 'utf8')).toBe('good')
    expect(sent(made.server.commands())).toEqual([])
  })

  test('what is swapped while it is sent does not matter any more', async () => {
    const added = randomBytes(8_000_000)
    const made = await world(added, null, { vsftpd: { config: { local_max_rate: '6000000' } } })
    await writeFile(made.target, 'good')
    const running = made.append()
    await made.until((rows) => rows.some((row) => row.transferred > 0))
    await writeFile(made.source, eicar())
    expect(await running).toMatchObject([{ state: 'done' }])
    expect(Buffer.concat([Buffer.from('good'), added]).equals(await readFile(made.target))).toBe(true)
  }, 20_000)

  test.each(['cut', 'cancelled'] as const)(
    'when it is %s in the middle it says how long the file is, and is not tried again',
    async (how) => {
      const made = await world(randomBytes(16_000_000), Buffer.from('good'), {
        vsftpd: { config: { local_max_rate: '6000000' } },
      })
      const running = made.append()
      const rows = await made.until((found) => found.some((row) => row.transferred > 8_000_000))
      if (how === 'cut') made.server.cut()
      else made.transfers.cancel(rows.map(({ id }) => id))
      const [row] = await running
      expect(row?.state).toBe(how === 'cut' ? 'failed' : 'cancelled')
      const told = Number(/It has (\d+) bytes now/.exec(row?.error?.message ?? '')?.[1])
      expect(told).toBeGreaterThan(4)
      expect(row?.error?.message).toMatch(/had 4 bytes/)
      if (how === 'cut') expect((await stat(made.target)).size).toBe(told)
      expect(sent(made.server.commands())).toHaveLength(1)
    },
    20_000,
  )

  test('a refusal says that nothing was added', async () => {
    const made = await world(randomBytes(10), Buffer.from('good'), { vsftpd: { config: { cmds_denied: 'APPE' } } })
    const [row] = await made.append()
    expect(row).toMatchObject({ state: 'failed', error: { reply: { code: 550 } } })
    expect(row?.error?.message).toMatch(/had 4 bytes before. It has 4 bytes now/)
    expect(sent(made.server.commands())).toHaveLength(1)
  })

  test('a folder of that name is refused', async () => {
    const made = await world(randomBytes(10), null)
    await mkdir(made.target)
    expect(await made.append()).toMatchObject([{ state: 'failed', error: { code: 'local-exists' } }])
  })

  test('a new file whose last answer is lost is not added a second time', async () => {
    const stored = new Map<string, number>()
    let from = ''
    const server = await startScriptedServer({
      verbs: {
        SIZE: (path, session) => session.reply(stored.has(path) ? `213 ${stored.get(path)}` : '550 No such file'),
        MDTM: '550 Not told',
        LIST: async (_path, session) => {
          session.reply('150 Here it comes')
          const data = await session.data()
          data.end()
          session.reply('226 Done')
        },
        STOR: async (path, session) => {
          session.reply('150 Go on')
          stored.set(path, (await session.received()).length)
          session.reply('226 Done')
        },
        DELE: '550 No such file',
        RNFR: (path, session) => {
          from = path
          session.reply('350 To what?')
        },
        RNTO: (path, session) => {
          stored.set(path, stored.get(from) ?? 0)
          stored.delete(from)
          session.socket.destroy()
        },
      },
    })
    onTestFinished(() => server.stop())
    const made = await world(randomBytes(1000), null, { server })
    const [row] = await made.append()
    expect(row).toMatchObject({ state: 'failed', error: { code: 'connection-lost' } })
    expect(row?.error?.message).toMatch(/was not there before. It has 1000 bytes now/)
    expect(sent(server.commands)).toHaveLength(1)
  })
})
