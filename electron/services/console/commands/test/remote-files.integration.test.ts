/** The commands for files and folders of the server, on a real one. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../../../../testing/eicar.ts'
import { startConsoleWorld, type ConsoleWorld, type ConsoleWorldOptions } from '../../test/console-environment.ts'

/** A world with these files on the server; a path that ends with "/" is a folder. */
async function worldWith(
  files: Record<string, string | Buffer>,
  o: ConsoleWorldOptions = { scanner: false },
): Promise<ConsoleWorld> {
  const world = await startConsoleWorld(o)
  for (const [path, content] of Object.entries(files)) {
    const full = join(world.server.root, path)
    mkdirSync(path.endsWith('/') ? full : join(full, '..'), { recursive: true })
    if (path.endsWith('/')) continue
    writeFileSync(full, content)
    utimesSync(full, new Date('2026-03-09T10:00:00Z'), new Date('2026-03-09T10:00:00Z'))
  }
  return world
}

const names = (data: object[]): string[] => data.map((entry) => ('name' in entry ? String(entry.name) : ''))

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'looking at files on the server', () => {
  test('ls shows a folder as a table with totals, and whole entries to programs', async () => {
    const world = await worldWith({ 'a b.txt': 'hello', 'sub/': '', '.hidden': '' })
    symlinkSync('sub', join(world.server.root, 'link'))
    const { outcome, lines, data } = await world.run('ls')
    expect(outcome).toBe('ok')
    expect(lines.some((text) => /^- +5 B {2}2026-03-09 \d\d:\d\d {2}a b\.txt$/.test(text))).toBe(true)
    expect(lines.some((text) => /^d .* sub$/.test(text))).toBe(true)
    expect(lines.some((text) => /^l .* link -> sub$/.test(text))).toBe(true)
    expect(lines.at(-1)).toBe('2 files, 1 folder, 1 link, 5 bytes')
    expect(data).toContainEqual({
      name: 'a b.txt',
      type: 'file',
      size: 5,
      modified: expect.stringMatching(/^2026-03-09T/),
      permissions: 'rw-r--r--',
      owner: expect.any(String),
      group: expect.any(String),
      target: null,
      raw: expect.stringMatching(/^-rw-r--r--.* a b\.txt$/),
    })
  })

  test('ls takes a folder, a file, patterns with and without folders', async () => {
    const world = await worldWith({ 'sub/a.txt': '1', 'sub/b.log': '2', 'sub/deep/c.txt': '3', 'top.txt': '4' })
    expect(names((await world.run('ls sub')).data).toSorted()).toEqual(['a.txt', 'b.log', 'deep'])
    expect((await world.run('ls sub/a.txt')).data).toMatchObject([{ name: 'sub/a.txt', type: 'file', size: 1 }])
    expect(names((await world.run('dir *.txt')).data)).toEqual(['top.txt'])
    expect(names((await world.run('ls sub/*.txt')).data)).toEqual(['sub/a.txt'])
    expect(names((await world.run('ls **/*.txt')).data).toSorted()).toEqual(['sub/a.txt', 'sub/deep/c.txt', 'top.txt'])
    expect(names((await world.run('ls /sub/d*')).data)).toEqual(['/sub/deep'])
    await world.run('cd sub')
    expect(names((await world.run('ls ../*.txt')).data)).toEqual(['../top.txt'])
    expect(await world.run('ls nothing')).toMatchObject({
      outcome: 'refused',
      data: [{ error: { code: 'not-found' } }],
    })
    expect(await world.run('ls *.none')).toMatchObject({ outcome: 'refused', lines: ['Nothing matches “*.none”.'] })
    expect(await world.run('ls ""')).toMatchObject({ outcome: 'usage' })
  })

  test('cd goes up, back, home and nowhere that is not there; the shared folder follows', async () => {
    const world = await worldWith({ 'a b/c/x': '' })
    const here = (): string | null => world.host.folders.get().remote
    expect(await world.run('cd -')).toMatchObject({ outcome: 'usage' })
    expect(await world.run('cd "a b/c"')).toMatchObject({
      outcome: 'ok',
      lines: ['/a b/c'],
      data: [{ remote: '/a b/c' }],
    })
    await world.run('cd ..')
    expect(here()).toBe('/a b')
    await world.run('cd -')
    expect(here()).toBe('/a b/c')
    await world.run('cd')
    expect(here()).toBe('/')
    await world.run('cd ~/"a b"')
    expect(here()).toBe('/a b')
    expect((await world.run('cd nowhere')).outcome).toBe('refused')
    expect((await world.run('cd c/x')).outcome).toBe('refused')
    expect(here()).toBe('/a b')
    expect((await world.run('pwd')).lines).toEqual(['Remote  /a b', `Local   ${world.local}`])
  })

  test('find walks everything, or what a pattern is held against; du adds up', async () => {
    const world = await worldWith({ 'a/x.txt': '12345', 'a/b/.y.txt': '1', 'a/b/z.log': '22', 'top.txt': '333' })
    expect((await world.run('find')).lines.toSorted()).toEqual(
      ['a/', 'a/b/', 'a/b/.y.txt', 'a/b/z.log', 'a/x.txt', 'top.txt', '4 files, 2 folders, 11 bytes'].toSorted(),
    )
    expect((await world.run('find a *.txt')).lines.slice(0, -1).toSorted()).toEqual(['a/b/.y.txt', 'a/x.txt'])
    expect((await world.run('find *.txt')).lines.slice(0, -1).toSorted()).toEqual(['a/b/.y.txt', 'a/x.txt', 'top.txt'])
    expect((await world.run('find a b/*')).lines.slice(0, -1).toSorted()).toEqual(['a/b/.y.txt', 'a/b/z.log'])
    expect(await world.run('find a *.none')).toMatchObject({ outcome: 'refused' })
    expect(await world.run('find nowhere')).toMatchObject({ outcome: 'refused' })
    const du = await world.run('du')
    expect(du.lines).toEqual(
      ['8 B  3 files  a/', '3 B   1 file  (files in the folder itself)', '11 B  4 files  in all below /'].map((text) =>
        expect.stringContaining(text),
      ),
    )
    expect(du.data).toContainEqual({ name: '/', bytes: 11, files: 4 })
  })

  test('size and modtime tell of each file and go on past what is missing', async () => {
    const world = await worldWith({ 'a.txt': '12345', 'b.txt': '1' })
    expect(await world.run('size a.txt')).toMatchObject({
      lines: ['a.txt  5 bytes'],
      data: [{ path: '/a.txt', size: 5 }],
    })
    const some = await world.run('size a.txt none b.txt')
    expect(some.outcome).toBe('partial')
    expect(some.lines).toHaveLength(3)
    expect((await world.run('modtime a.txt')).data).toEqual([{ path: '/a.txt', modified: '2026-03-09T10:00:00.000Z' }])
    expect((await world.run('modtime none')).outcome).toBe('refused')
  })

  test('a listing of many thousand entries comes in parts, the first at once', async () => {
    const world = await worldWith({ 'many/': '' })
    const folder = join(world.server.root, 'many')
    for (let at = 0; at < 12_000; at++) writeFileSync(join(folder, `file-${at}.txt`), '')
    const { outputs } = await world.record('ls many')
    expect(outputs.length).toBeGreaterThan(10)
    expect(Math.max(...outputs.map(({ lines }) => lines.length))).toBeLessThan(12_000)
    expect(outputs.at(-1)?.lines[0]?.text).toBe('12,000 files, 0 folders, 0 bytes')
  })

  test('a connection that the server closed is opened again by the next command, in the same folder', async () => {
    const world = await worldWith({ 'sub/a.txt': '1' })
    await world.run('cd sub')
    world.server.cut()
    expect(names((await world.run('ls')).data)).toEqual(['a.txt'])
    expect(world.host.folders.get().remote).toBe('/sub')
  })

  test('Ctrl-C ends a listing, and the session goes on', async () => {
    const world = await worldWith({ 'many/': '', 'a.txt': '' })
    for (let at = 0; at < 5_000; at++) writeFileSync(join(world.server.root, 'many', `f${at}`), '')
    expect((await world.run('find', { signal: AbortSignal.abort() })).outcome).toBe('cancelled')
    const controller = new AbortController()
    const { end } = await world.record('ls many', { signal: controller.signal, onOutput: () => controller.abort() })
    expect(end.outcome).toBe('cancelled')
    expect((await world.run('ls a.txt')).outcome).toBe('ok')
  })
})

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'changing files on the server', () => {
  test('mkdir makes one folder, with -p all that are missing; panes are told', async () => {
    const world = await worldWith({})
    expect((await world.run('mkdir one "two 2"')).outcome).toBe('ok')
    expect((await world.run('mkdir one')).outcome).toBe('refused')
    expect((await world.run('mkdir x/y/z')).outcome).toBe('refused')
    expect((await world.run('mkdir -p x/y/z')).outcome).toBe('ok')
    expect(await world.run('mkdir -p x/y/z')).toMatchObject({ outcome: 'ok', lines: ['Already there: /x/y/z'] })
    expect(readdirSync(world.server.root).toSorted()).toEqual(['one', 'two 2', 'x'])
    expect(existsSync(join(world.server.root, 'x/y/z'))).toBe(true)
    expect(world.changed).toEqual(['remote /', 'remote /', 'remote /x', 'remote /x/y'])
    expect((await world.run('mkdir a.txt/b -p')).outcome).toBe('ok')
    expect(world.host.folders.get().remote).toBe('/')
  })

  test('mkdir -p below a file fails as the server says', async () => {
    const world = await worldWith({ file: '' })
    expect((await world.run('mkdir -p file/x')).outcome).toBe('refused')
  })

  test('rmdir removes empty folders; with -r it lists what goes, and asks', async () => {
    const world = await worldWith({ 'empty/': '', 'full/sub/x.txt': '1', 'full/y.txt': '22' })
    expect((await world.run('rmdir empty')).outcome).toBe('ok')
    expect((await world.run('rmdir full')).outcome).toBe('refused')
    const kept = await world.run('rmdir -r full', { answers: ['no'] })
    expect(kept.lines.toSorted()).toEqual(['Kept /full', 'full/sub/', 'full/sub/x.txt', 'full/y.txt'])
    expect(kept.asked).toEqual(['Remove /full, with all that is in it (3 entries, 3 bytes)? [y/n] '])
    expect(existsSync(join(world.server.root, 'full/y.txt'))).toBe(true)
    await world.run('cd full/sub')
    expect((await world.run('rmdir -r /full', { answers: ['y'] })).outcome).toBe('ok')
    expect(readdirSync(world.server.root)).toEqual([])
    expect(world.host.folders.get().remote).toBe('/')
  })

  test('rmdir -r removes nothing where nobody can be asked, unless with -f', async () => {
    const world = await worldWith({ 'full/x.txt': '1' })
    expect(await world.run('rmdir -r full')).toMatchObject({
      outcome: 'failed',
      data: [{ error: { code: 'needs-answer' } }],
    })
    expect(existsSync(join(world.server.root, 'full/x.txt'))).toBe(true)
    expect((await world.run('rmdir -rf full')).outcome).toBe('ok')
    expect(readdirSync(world.server.root)).toEqual([])
  })

  test('rmdir -r shows at most twenty names of many', async () => {
    const world = await worldWith({ 'full/': '' })
    for (let at = 0; at < 360; at++) writeFileSync(join(world.server.root, 'full', `f${at}`), '')
    const { lines } = await world.run('rmdir -r full', { answers: ['n'] })
    expect(lines).toHaveLength(22)
    expect(lines).toContain('… and 340 more')
  })

  test('rmdir -r goes through no link and takes neither files nor the root', async () => {
    const world = await worldWith({ 'real/x.txt': '1' })
    symlinkSync('real', join(world.server.root, 'link'))
    for (const name of ['link', 'real/x.txt', '/', 'none', '""'])
      expect(['usage', 'refused']).toContain((await world.run(`rmdir -rf ${name}`)).outcome)
    expect(existsSync(join(world.server.root, 'real/x.txt'))).toBe(true)
    expect((await world.run('delete link')).outcome).toBe('ok')
    expect(readdirSync(world.server.root)).toEqual(['real'])
  })

  test('delete goes on past what is missing and never takes a pattern', async () => {
    const world = await worldWith({ 'a.txt': '', 'b.txt': '', '-x': '', 'q"uote': '', 'sub/': '' })
    const some = await world.run('delete a.txt none.txt b.txt')
    expect(some.outcome).toBe('partial')
    expect(some.lines.filter((text) => text.startsWith('Deleted'))).toEqual(['Deleted a.txt', 'Deleted b.txt'])
    expect((await world.run('rm none1 none2')).outcome).toBe('refused')
    expect((await world.run('delete sub')).lines).toEqual([
      '/sub is a folder: "rmdir" removes it, "rmdir -r" with all that is in it.',
    ])
    expect((await world.run('delete *')).lines).toEqual([expect.stringContaining('use mdelete')])
    expect((await world.run(`delete -- -x 'q"uote'`)).outcome).toBe('ok')
    expect(readdirSync(world.server.root)).toEqual(['sub'])
  })

  test('mdelete asks about each file and leaves folders alone', async () => {
    const world = await worldWith({ 'a.txt': '', 'b.txt': '', 'c.txt': '', 'd.txt/': '', 'sub/e.txt': '' })
    const end = await world.run('mdelete *.txt', { answers: ['y', 'n', 'quit'] })
    expect(end.asked[0]).toBe('Delete a.txt? [y/n/all/quit] ')
    expect(readdirSync(world.server.root).toSorted()).toEqual(['b.txt', 'c.txt', 'd.txt', 'sub'])
    await world.run('mdelete **/*.txt', { answers: ['a'] })
    expect(readdirSync(world.server.root).toSorted()).toEqual(['d.txt', 'sub'])
    expect(readdirSync(join(world.server.root, 'sub'))).toEqual([])
    expect((await world.run('mdelete *.txt')).outcome).toBe('refused')
  })

  test('rename gives another name, moves into a folder, and never replaces', async () => {
    const world = await worldWith({ 'a.txt': 'a', 'b.txt': 'b', 'dir/': '', 'dir2/b.txt': 'old' })
    expect((await world.run('rename a.txt "new name.txt"')).outcome).toBe('ok')
    expect((await world.run('mv "new name.txt" b.txt')).outcome).toBe('refused')
    expect(readFileSync(join(world.server.root, 'b.txt'), 'utf8')).toBe('b')
    expect((await world.run('mv "new name.txt" dir')).outcome).toBe('ok')
    expect(readdirSync(join(world.server.root, 'dir'))).toEqual(['new name.txt'])
    expect((await world.run('mv b.txt dir2')).outcome).toBe('refused')
    expect(readFileSync(join(world.server.root, 'dir2/b.txt'), 'utf8')).toBe('old')
    expect((await world.run('mv none x')).outcome).toBe('refused')
    expect((await world.run('mv b.txt nowhere/')).outcome).toBe('refused')
    expect(world.changed).toContain('remote /dir')
  })

  test('chmod changes permissions; a wrong mode is refused before anything is sent', async () => {
    const world = await worldWith({ 'a b.txt': '' })
    expect((await world.run('chmod 600 "a b.txt"')).outcome).toBe('ok')
    expect(statSync(join(world.server.root, 'a b.txt')).mode & 0o777).toBe(0o600)
    expect((await world.run('chmod rwx "a b.txt"')).outcome).toBe('usage')
    expect((await world.run('chmod 600 none')).outcome).toBe('refused')
  })
})

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'cat', () => {
  test('shows a text once it was scanned, with its control characters made visible', async () => {
    const world = await worldWith(
      { 'a.txt': 'one\n\ttwo \u001b[31mred\u001b[0m\r\nlast', 'latin.txt': Buffer.from('caf\xe9', 'latin1') },
      {},
    )
    const end = await world.run('cat a.txt latin.txt')
    expect(end.outcome).toBe('ok')
    expect(end.lines).toEqual(['one', '\ttwo <U+001B>[31mred<U+001B>[0m', 'last', 'café'])
    expect(end.data[0]).toMatchObject({ path: '/a.txt', verdict: 'OK', bytes: 27 })
  })

  test('nothing of an infected file is shown', async () => {
    const world = await worldWith({ 'v.txt': eicar(), 'a.txt': 'fine' }, {})
    const end = await world.run('cat v.txt a.txt')
    expect(end.outcome).toBe('infected')
    expect(end.lines).toEqual([`INFECTED  v.txt  ${EICAR_SIGNATURE} (nothing of it is shown)`, 'fine'])
    expect(JSON.stringify(end)).not.toContain('EICAR-STANDARD')
  })

  test('without a scanner nothing is shown', async () => {
    const world = await worldWith({ 'a.txt': 'secret' })
    const end = await world.run('cat a.txt')
    expect(end.outcome).toBe('scan-failed')
    expect(JSON.stringify(end)).not.toContain('secret')
  })

  test('neither binary files nor large ones are shown', async () => {
    const world = await worldWith({ 'a.bin': Buffer.from([1, 0, 2]), 'big.txt': Buffer.alloc(5_000_000, 'x') }, {})
    expect((await world.run('cat a.bin')).lines).toEqual(['a.bin is not text (3 B); it is not shown.'])
    const big = await world.run('cat big.txt')
    expect(big).toMatchObject({ outcome: 'refused', lines: [expect.stringContaining('larger than 4.2 MB')] })
    expect((await world.run('cat none')).outcome).toBe('refused')
    expect((await world.run('pwd')).outcome).toBe('ok')
  })
})
