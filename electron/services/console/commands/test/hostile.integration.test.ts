/** The console's commands against servers that lie. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../../../../testing/describe-with.ts'
import { startScriptedServer, type Behaviour, type ScriptedServer } from '../../../../../testing/scripted-server.ts'
import { startConsoleWorld, type ConsoleWorld } from '../../test/console-environment.ts'

const ESCAPES = 'red\u001b[31m\u0007\u009b2J\u202etxt.exe'

/** A server whose every folder holds what `list` says, line by line, and whose every file holds "content". */
async function lyingServer(
  list: (folder: string) => readonly string[],
  verbs: Record<string, Behaviour> = {},
): Promise<ScriptedServer> {
  const folders = new WeakMap<object, string>()
  const server = await startScriptedServer({
    verbs: {
      CWD: (folder, session) => {
        folders.set(session, folder)
        session.reply('250 Moved')
      },
      LIST: async (_argument, session) => {
        session.reply('150 Here it comes')
        const data = await session.data()
        data.end(
          list(folders.get(session) ?? '/')
            .map((line) => `${line}\r\n`)
            .join(''),
        )
        session.reply('226 Done')
      },
      RETR: async (_path, session) => {
        session.reply('150 Here it comes')
        const data = await session.data()
        data.end('content')
        session.reply('226 Done')
      },
      DELE: '250 Deleted',
      RMD: '250 Removed',
      ...verbs,
    },
  })
  onTestFinished(() => server.stop())
  return server
}

const file = (name: string): string => `-rw-r--r--    1 0  0  7 Mar 09 2026 ${name}`
const folder = (name: string): string => `drwxr-xr-x    1 0  0  4096 Mar 09 2026 ${name}`

function worldAt(server: ScriptedServer, scanner = false): Promise<ConsoleWorld> {
  return startConsoleWorld({
    scanner,
    address: server,
    settings: { confirmSeveral: false, transferType: 'binary', conflict: 'overwrite' },
  })
}

const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'commands against servers that lie', () => {
  test('escape sequences in names are shown, never obeyed, by all that prints names', async () => {
    const world = await worldAt(
      await lyingServer((where) => (where === '/' ? [file(ESCAPES), folder(`d${ESCAPES}`), 'junk \u001b[2J'] : [])),
    )
    for (const command of ['ls', 'ls *', 'find', 'du', 'mdelete *', 'rmdir -r d*', `ls "${ESCAPES}"`]) {
      const { lines } = await world.run(command, { answers: () => 'y' })
      expect(lines.join('').length, command).toBeGreaterThan(0)
      expect(
        lines.filter((text) => DANGEROUS.test(text)),
        command,
      ).toEqual([])
    }
    const asked = await world.run('mdelete *', { answers: () => 'n' })
    expect(asked.asked.filter((text) => DANGEROUS.test(text))).toEqual([])
  })

  test('mget writes only names that are names, and nothing outside its folder', async () => {
    const names = ['../escape', 'a/../../escape', 'C:\\escape', 'CON', '..\\escape', ESCAPES, 'fine.txt']
    const world = await worldAt(await lyingServer((where) => (where === '/' ? names.map(file) : [])), true)
    const end = await world.run('mget * in/')
    expect(end.outcome).toBe('partial')
    expect(readdirSync(world.local)).toEqual(['in'])
    expect(readdirSync(join(world.local, 'in'))).toEqual(['fine.txt'])
    expect(readFileSync(join(world.local, 'in/fine.txt'), 'utf8')).toBe('content')
    expect(existsSync(join(world.local, '../escape'))).toBe(false)
    expect(end.lines.filter((text) => DANGEROUS.test(text))).toEqual([])
  })

  test('folders that a pattern keeps are held against the rules for local names, too', async () => {
    const lists: Record<string, string[]> = { '/': [folder('CON'), folder('x:y'), folder('good')] }
    const server = await lyingServer((where) => lists[where] ?? [file('f.txt')])
    const world = await worldAt(server, true)
    const end = await world.run('mget */f.txt')
    expect(end.outcome).toBe('partial')
    expect(readdirSync(world.local)).toEqual(['good'])
    expect(readdirSync(join(world.local, 'good'))).toEqual(['f.txt'])
  })

  test('rmdir -r removes nothing outside its folder', async () => {
    const server = await lyingServer((where) => (where === '/' ? [folder('d')] : [file('../precious'), file('own')]))
    const world = await worldAt(server)
    const end = await world.run('rmdir -rf d')
    expect(end.outcome).not.toBe('ok')
    expect(server.commands.filter((line) => line.startsWith('DELE'))).toEqual(['DELE /d/own'])
  })

  test('walks and patterns never lead out of the folder they began in', async () => {
    const lies = [file('../precious'), file('a/../../precious'), folder('..'), folder('../up'), file('own')]
    const server = await lyingServer((where) => (where === '/d' ? lies : [file('precious')]))
    const world = await worldAt(server)
    await world.run('cd d')
    expect((await world.run('find')).lines).toContain('own')
    await world.run('mdelete ** *')
    expect(server.commands.filter((line) => line.startsWith('DELE'))).toEqual(['DELE /d/own'])
    expect(server.commands.filter((line) => line.startsWith('CWD') && !/^CWD \/d$/.test(line))).toEqual([])
  })

  test('folders without end come to an end', { timeout: 60_000 }, async () => {
    const server = await lyingServer(() => [folder('again'), folder('again')])
    const world = await worldAt(server)
    const end = await world.run('find')
    expect(end.outcome).toBe('partial')
    expect(end.lines.some((text) => text.includes('looks like a loop'))).toBe(true)
    expect(server.commands.filter((line) => line.startsWith('LIST')).length).toBeLessThan(450)
  })

  test('a path with a line break never becomes a second command', async () => {
    const server = await lyingServer(() => [])
    const world = await worldAt(server, true)
    for (const command of ['mkdir', 'delete', 'cd', 'size', 'rmdir', 'cat', 'chmod 644', 'rename x'])
      expect((await world.run(`${command} "a\r\nDELE precious"`)).outcome, command).not.toBe('ok')
    expect(server.commands.filter((line) => line.startsWith('DELE'))).toEqual([])
  })

  test('a file larger than can be shown is broken off early', async () => {
    let sent = 0
    const server = await lyingServer(() => [], {
      RETR: async (_path, session) => {
        session.reply('150 Here it comes')
        const data = await session.data()
        const more = (): void => {
          while (!data.destroyed && data.write(Buffer.alloc(65_536, 'x'))) sent += 65_536
        }
        data.on('drain', more)
        more()
        data.once('close', () => session.reply('426 Broken off'))
      },
    })
    const world = await worldAt(server, true)
    const end = await world.run('cat endless.txt')
    expect(end.lines).toEqual([expect.stringContaining('larger than 4.2 MB')])
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })
})
