/** The commands for files and folders of this computer. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../../testing/describe-with.ts'
import { startConsoleWorld, type ConsoleWorld } from '../../test/console-environment.ts'

async function worldWith(files: readonly string[]): Promise<ConsoleWorld> {
  const world = await startConsoleWorld({ scanner: false, connected: false })
  for (const path of files) {
    const full = join(world.local, path)
    mkdirSync(path.endsWith('/') ? full : join(full, '..'), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(full, 'hello')
  }
  return world
}

const names = (data: object[]): string[] => data.map((entry) => ('name' in entry ? String(entry.name) : '')).toSorted()

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'files and folders of this computer', () => {
  test('lcd goes up, back and home, and only to folders; no session is needed', async () => {
    const world = await worldWith(['a b/c/', 'file'])
    const here = (): string => world.host.folders.get().local
    expect(await world.run('lcd -')).toMatchObject({ outcome: 'usage' })
    expect(await world.run('lcd "a b/c"')).toMatchObject({ outcome: 'ok', lines: [join(world.local, 'a b/c')] })
    await world.run('lcd ..')
    expect(here()).toBe(join(world.local, 'a b'))
    await world.run('lcd -')
    expect(here()).toBe(join(world.local, 'a b/c'))
    await world.run('lcd')
    expect(here()).toBe(world.host.homeFolder)
    expect(here()).not.toBe(homedir())
    await world.run('lcd ~/local')
    expect(here()).toBe(world.local)
    expect((await world.run('lcd none')).outcome).toBe('failed')
    expect((await world.run('lcd file')).outcome).toBe('failed')
    expect((await world.run('lpwd')).data).toEqual([{ local: world.local }])
    expect((await world.run('pwd')).lines[0]).toBe('Remote  – (not connected)')
  })

  test('lls lists folders, files and patterns', async () => {
    const world = await worldWith(['a.txt', 'sub/b.txt', 'sub/deep/c.txt', 'd.log'])
    symlinkSync('a.txt', join(world.local, 'link'))
    expect(names((await world.run('lls')).data)).toEqual(['a.txt', 'd.log', 'link', 'sub'])
    expect((await world.run('lls')).lines.at(-1)).toBe('2 files, 1 folder, 1 link, 10 bytes')
    expect(names((await world.run('lls *.txt')).data)).toEqual(['a.txt'])
    expect(names((await world.run('lls sub/**/*.txt')).data)).toEqual(['sub/b.txt', 'sub/deep/c.txt'])
    expect((await world.run('lls sub/b.txt')).data).toMatchObject([{ name: 'sub/b.txt', size: 5 }])
    expect((await world.run('lls none')).outcome).toBe('failed')
    expect((await world.run('lls *.none')).outcome).toBe('refused')
  })

  test('lmkdir makes folders and tells the panes', async () => {
    const world = await worldWith([])
    expect((await world.run('lmkdir one "two 2" one/sub')).outcome).toBe('ok')
    expect(existsSync(join(world.local, 'one/sub'))).toBe(true)
    expect((await world.run('lmkdir one')).outcome).toBe('failed')
    expect(world.changed).toEqual([`local ${world.local}`, `local ${join(world.local, 'one')}`])
  })

  test('ldelete asks about each file, and never takes a folder', async () => {
    const world = await worldWith(['a.txt', 'b.txt', 'c.txt', 'dir.txt/inside'])
    symlinkSync('dir.txt', join(world.local, 'link.txt'))
    const end = await world.run('ldelete a.txt b.txt', { answers: ['n', 'y'] })
    expect(end.asked).toEqual(['Delete a.txt? [y/n/all/quit] ', 'Delete b.txt? [y/n/all/quit] '])
    expect(readdirSync(world.local).toSorted()).toEqual(['a.txt', 'c.txt', 'dir.txt', 'link.txt'])
    expect(await world.run('ldelete dir.txt')).toMatchObject({ outcome: 'usage' })
    await world.run('ldelete *.txt')
    expect(readdirSync(world.local)).toEqual(['dir.txt'])
    expect(existsSync(join(world.local, 'dir.txt/inside'))).toBe(true)
    expect(world.changed.at(-1)).toBe(`local ${world.local}`)
    expect((await world.run('ldelete none')).outcome).toBe('failed')
    expect(dirname(world.local)).toBe(world.host.homeFolder)
  })
})
