import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../../testing/describe-with.ts'
import { startScriptedServer, type ScriptedServer, type ScriptedSession } from '../../../testing/scripted-server.ts'
import { startWorld, type World } from './environment.ts'

/** A server whose folders hold what `listings` says, and whose every file is "evil". */
async function hostile(
  listings: Record<string, readonly string[]>,
  mlsd: boolean,
  beforeRetr: () => Promise<void> = async () => undefined,
): Promise<ScriptedServer> {
  const send = (text: (path: string) => string) => async (path: string, session: ScriptedSession) => {
    session.reply('150 Here it comes')
    const data = await session.data()
    data.end(text(path))
    session.reply('226 Done')
  }
  const retrieve = send(() => 'evil')
  let folder = '/'
  const listing = send((path) =>
    (listings[path.startsWith('/') ? path : folder] ?? []).map((line) => `${line}\r\n`).join(''),
  )
  const server = await startScriptedServer({
    features: mlsd ? ['UTF8', 'EPSV', 'MLST type*;size*;modify*;'] : ['UTF8', 'EPSV'],
    verbs: {
      CWD: (path, session) => {
        folder = path
        session.reply('250 Moved')
      },
      LIST: listing,
      ...(mlsd ? { MLSD: listing } : {}),
      RETR: async (path, session) => {
        await beforeRetr()
        await retrieve(path, session)
      },
    },
  })
  onTestFinished(() => server.stop())
  return server
}

/** Fetches "/evil" from it into a folder that has a sibling worth attacking. */
async function fetchFrom(server: ScriptedServer): Promise<World & { target: string; names: string[] }> {
  const world = await startWorld({ server })
  const target = join(world.local, 'inner')
  await mkdir(target)
  await writeFile(join(world.local, 'sibling'), 'untouched')
  await world.run({
    direction: 'download',
    sources: [{ path: '/evil', type: 'dir' }],
    targetFolder: target,
    conflict: 'overwrite',
  })
  expect(await readFile(join(world.local, 'sibling'), 'utf8')).toBe('untouched')
  expect((await readdir(world.local)).toSorted()).toEqual(['inner', 'sibling'])
  const names = await readdir(target, { recursive: true })
  return { ...world, target, names: names.toSorted() }
}

const unix = (name: string, type = '-', size = 4): string =>
  `${type}rw-r--r--   1 owner    group    ${size} Jan 01 2024 ${name}`
const facts = (name: string, type = 'file', size = 4): string =>
  `type=${type};size=${size};modify=20240101000000; ${name}`

const NAMES = [
  '../sibling',
  '/etc/sibling',
  '..\\sibling',
  'C:\\sibling',
  'a/../../sibling',
  'CON',
  'con.txt',
  'x:stream',
  'a\u202Eb',
  'bell\u0007',
  'dot.',
  'x'.repeat(256),
]

describeWith(['vsftpd', 'pwdfile', 'clamd', 'openssl'], 'hostile servers', () => {
  test.each([
    ['LIST', unix, false],
    ['MLSD', facts, true],
  ] as const)('names that lead elsewhere are refused one by one, the rest arrives (%s)', async (_verb, line, mlsd) => {
    const server = await hostile({ '/evil': [...NAMES.map((name) => line(name)), line('good')] }, mlsd)
    const { names, transfers, gate } = await fetchFrom(server)
    expect(names).toEqual(['evil', 'evil/good'])
    const { rows } = transfers.list()
    expect(rows.filter((row) => row.state === 'done').map((row) => row.remotePath)).toEqual(['/evil/good'])
    const refused = rows.filter((row) => row.state === 'failed')
    // Nothing is left out in silence: a name, or a line that the parser would not read.
    expect(refused.length).toBeGreaterThan(0)
    for (const row of refused) expect(['unsafe-name', 'protocol-violation']).toContain(row.error?.code)
    if (mlsd)
      expect(refused.filter((row) => row.error?.code === 'unsafe-name').length).toBeGreaterThanOrEqual(NAMES.length - 2)
    expect(await gate.quarantine.list()).toEqual([])
    transfers.retry(rows.map((row) => row.id))
    expect(transfers.list().totals.queued).toBe(0)
  })

  test('folders with such names are not made either', async () => {
    const names = ['../up', 'a/b', 'NUL', 'c:', 'x\u2066']
    const server = await hostile(
      { '/evil': [...names.map((name) => facts(name, 'dir')), facts('fine', 'dir')], '/evil/fine': [facts('f')] },
      true,
    )
    const { names: made } = await fetchFrom(server)
    expect(made).toEqual(['evil', 'evil/fine', 'evil/fine/f'])
  })

  test('a name listed first as a link and then as a folder is used once, and no link is made (CVE-2014-4877)', async () => {
    const server = await hostile(
      {
        '/evil': [`lrwxrwxrwx   1 o  g   8 Jan 01 2024 x -> ../..`, unix('x', 'd'), unix('y'), unix('y')],
        '/evil/x': [unix('sibling')],
      },
      false,
    )
    const { names, target, transfers } = await fetchFrom(server)
    expect(names).toEqual(['evil', 'evil/y'])
    const states = transfers.list().rows.map((row) => [row.remotePath, row.state, row.error?.code])
    expect(states).toEqual([
      ['/evil/x', 'skipped', 'unsupported'],
      ['/evil/x', 'failed', 'unsafe-name'],
      ['/evil/y', 'done', undefined],
      ['/evil/y', 'failed', 'unsafe-name'],
    ])
    expect((await stat(join(target, 'evil'))).isDirectory()).toBe(true)
  })

  test('a link planted in the target tree is not written through', async () => {
    const server = await hostile({ '/evil': [facts('sub', 'dir')], '/evil/sub': [facts('sibling')] }, true)
    const world = await startWorld({ server })
    const target = join(world.local, 'inner')
    await mkdir(join(target, 'evil'), { recursive: true })
    await symlink('../..', join(target, 'evil', 'sub'))
    await writeFile(join(world.local, 'sibling'), 'untouched')
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/evil', type: 'dir' }],
      targetFolder: target,
      conflict: 'overwrite',
    })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'unsafe-name' } }])
    expect(await readFile(join(world.local, 'sibling'), 'utf8')).toBe('untouched')
  })

  test('a tree without end is left at a bounded depth, and says so', async () => {
    const endless: Record<string, string[]> = {}
    for (let path = '/evil', depth = 0; depth < 120; depth++, path += '/d') endless[path] = [facts('d', 'dir')]
    const server = await hostile(endless, true)
    const { names, transfers } = await fetchFrom(server)
    expect(names.length).toBe(100)
    expect(transfers.list().rows).toMatchObject([{ state: 'failed', error: { code: 'unsupported' } }])
  })

  test('more or fewer bytes than the server says are no whole file', async () => {
    const server = await hostile(
      { '/evil': [facts('short', 'file', 1000), facts('long', 'file', 2), facts('right')] },
      true,
    )
    const { names, transfers } = await fetchFrom(server)
    expect(transfers.list().rows.map((row) => [row.remotePath, row.state, row.error?.code])).toEqual([
      ['/evil/short', 'failed', 'size-mismatch'],
      ['/evil/long', 'failed', 'size-mismatch'],
      ['/evil/right', 'done', undefined],
    ])
    expect(names).toEqual(['evil', 'evil/right'])
  })

  test('a folder swapped for a link while the bytes come is noticed before the file gets its name', async () => {
    let swap = async (): Promise<void> => undefined
    const server = await hostile({ '/evil': [facts('sibling')] }, true, () => swap())
    const world = await startWorld({ server })
    const target = join(world.local, 'inner')
    await mkdir(target)
    await writeFile(join(world.local, 'sibling'), 'untouched')
    swap = async () => {
      await rename(join(target, 'evil'), join(world.local, 'moved'))
      await symlink('..', join(target, 'evil'))
    }
    const rows = await world.run({
      direction: 'download',
      sources: [{ path: '/evil', type: 'dir' }],
      targetFolder: target,
      conflict: 'overwrite',
    })
    expect(rows).toMatchObject([{ state: 'failed', error: { code: 'unsafe-name' } }])
    expect(await readFile(join(world.local, 'sibling'), 'utf8')).toBe('untouched')
  })
})
