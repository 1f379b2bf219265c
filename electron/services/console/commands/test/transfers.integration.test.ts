/** put, get and their kin on a real server with a real scanner. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../../../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../../../../testing/eicar.ts'
import { filesBelow } from '../../../../../testing/tree.ts'
import { startConsoleWorld } from '../../test/console-environment.ts'

/** Makes files (and their folders) below `root`. */
function plant(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'transfers in the console', () => {
  test('put sends a file under its own name, another, and into a folder; each is told with size and verdict', async () => {
    const world = await startConsoleWorld()
    plant(world.local, { 'my notes.txt': 'hello' })
    mkdirSync(join(world.server.root, 'pub'))
    const own = await world.run('put "my notes.txt"')
    expect(own.outcome).toBe('ok')
    expect(own.lines).toEqual([expect.stringMatching(/^OK {2}my notes\.txt {2}5 bytes in /)])
    expect(own.data).toEqual([
      {
        source: join(world.local, 'my notes.txt'),
        target: `ftp://${world.server.user}@127.0.0.1:${world.server.port}/my%20notes.txt`,
        bytes: 5,
        ms: expect.any(Number),
        state: 'done',
        verdict: 'OK',
        signature: null,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        error: null,
      },
    ])
    await world.run('put my\\ notes.txt pub')
    await world.run("put 'my notes.txt' new/deep/")
    await world.run('put "my notes.txt" other/name.txt')
    expect(filesBelow(world.server.root)).toEqual([
      'my notes.txt',
      'new/deep/my notes.txt',
      'other/name.txt',
      'pub/my notes.txt',
    ])
  })

  test('put of what is not there, and of a pattern, says what to do', async () => {
    const world = await startConsoleWorld({ scanner: false })
    const missing = await world.run('put nothing.txt')
    expect(missing).toMatchObject({ outcome: 'failed', data: [{ error: { code: 'local-not-found' } }] })
    const pattern = await world.run('put *.txt')
    expect(pattern.lines).toEqual([expect.stringContaining('use mput')])
  })

  test('put of a folder takes all that is in it', async () => {
    const world = await startConsoleWorld()
    plant(world.local, { 'src/a.txt': 'a', 'src/sub/b.txt': 'bb', 'src/sub/ü n.txt': 'c' })
    const end = await world.run('put src')
    expect(end.outcome).toBe('ok')
    expect(end.lines.at(-1)).toMatch(/^3 of 3 files, 4 B in /)
    expect(filesBelow(world.server.root)).toEqual(['src/a.txt', 'src/sub/b.txt', 'src/sub/ü n.txt'])
  })

  test('an infected file is not sent; the others are', async () => {
    const world = await startConsoleWorld({ settings: { confirmSeveral: false } })
    plant(world.local, { 'a.txt': 'a', 'virus.com': eicar() })
    const end = await world.run('mput a.txt virus.com')
    expect(end.outcome).toBe('infected')
    expect(end.lines).toContain(`INFECTED  virus.com  ${EICAR_SIGNATURE} (not sent)`)
    expect(end.data).toContainEqual(
      expect.objectContaining({ state: 'blocked', verdict: 'INFECTED', signature: EICAR_SIGNATURE, bytes: 0 }),
    )
    expect(filesBelow(world.server.root)).toEqual(['a.txt'])
  })

  test('an infected file is not received', async () => {
    const world = await startConsoleWorld()
    plant(world.server.root, { 'virus.com': eicar() })
    const end = await world.run('get virus.com')
    expect(end).toMatchObject({
      outcome: 'infected',
      lines: [`INFECTED  virus.com  ${EICAR_SIGNATURE} (quarantined)`],
    })
    expect(filesBelow(world.local)).toEqual([])
    expect(await world.core.gate.quarantine.list()).toHaveLength(1)
  })

  test('without a scanner nothing moves, and the outcome says why', async () => {
    const world = await startConsoleWorld({ scanner: false })
    plant(world.local, { 'a.txt': 'a' })
    const end = await world.run('put a.txt')
    expect(end.outcome).toBe('scan-failed')
    expect(end.lines[0]).toMatch(/^ERROR {2}a\.txt {2}/)
    expect(filesBelow(world.server.root)).toEqual([])
  })

  test('what moves while scanning is switched off is marked', async () => {
    const world = await startConsoleWorld({ scanner: false })
    plant(world.local, { 'a.txt': 'a' })
    world.core.gate.setPolicy({ upload: false, download: true })
    const end = await world.run('put a.txt')
    expect(end).toMatchObject({ outcome: 'ok', data: [{ state: 'done', verdict: null, signature: null }] })
    expect(end.lines[0]).toMatch(/^NOT SCANNED {2}a\.txt/)
  })

  test('mput keeps the folders of a pattern, and asks about each file', async () => {
    const world = await startConsoleWorld()
    plant(world.local, { 'src/a/b.py': '1', 'src/c.py': '2', 'src/d.txt': '3', 'src/.hidden/e.py': '4', 'x.py': '5' })
    const end = await world.run('mput src/**/*.py', { answers: ['y', 'n'] })
    expect(end.asked).toEqual(['Upload src/c.py? [y/n/all/quit] ', 'Upload src/a/b.py? [y/n/all/quit] '])
    expect(end.outcome).toBe('ok')
    expect(filesBelow(world.server.root)).toEqual(['src/c.py'])
    const all = await world.run('mput src/**/*.py x.py', { answers: ['what?', 'all'] })
    expect(all.asked).toHaveLength(2)
    expect(filesBelow(world.server.root)).toEqual(['src/a/b.py', 'src/c.py', 'x.py'])
  })

  test('quit ends the questions and keeps what was said before; nobody there means no questions', async () => {
    const world = await startConsoleWorld({ settings: { conflict: 'overwrite' } })
    plant(world.local, { 'a.txt': '1', 'b.txt': '2', 'c.txt': '3' })
    await world.run('mput a.txt b.txt c.txt', { answers: ['y', 'q'] })
    expect(filesBelow(world.server.root)).toEqual(['a.txt'])
    await world.run('mput *.txt')
    expect(filesBelow(world.server.root)).toEqual(['a.txt', 'b.txt', 'c.txt'])
  })

  test('mput of a pattern that matches nothing names it; a missing name leaves the others alone', async () => {
    const world = await startConsoleWorld()
    plant(world.local, { 'a.txt': '1' })
    expect(await world.run('mput *.xyz')).toMatchObject({ outcome: 'refused', lines: ['Nothing matches “*.xyz”.'] })
    const some = await world.run('mput a.txt gone.txt')
    expect(some.outcome).toBe('partial')
    expect(some.lines.some((text) => text.startsWith('FAILED  gone.txt'))).toBe(true)
    expect(filesBelow(world.server.root)).toEqual(['a.txt'])
  })

  test('a name with pattern characters is a name when quoted', async () => {
    const world = await startConsoleWorld({ settings: { confirmSeveral: false } })
    plant(world.local, { 'a[1]*.txt': 'odd', 'a1x.txt': 'even', '-dash.txt': 'd' })
    await world.run('mput "a[1]*.txt"')
    expect(filesBelow(world.server.root)).toEqual(['a[1]*.txt'])
    await world.run('put -- -dash.txt')
    expect(filesBelow(world.server.root)).toEqual(['-dash.txt', 'a[1]*.txt'])
    const back = await world.run('get "a[1]*.txt" back.txt')
    expect(back.outcome).toBe('ok')
    expect(readFileSync(join(world.local, 'back.txt'), 'utf8')).toBe('odd')
  })

  test('get receives a file, under another name, into a folder that is here or that is to be made', async () => {
    const world = await startConsoleWorld()
    plant(world.server.root, { 'it\'s "here".txt': 'hello', 'dir/x.txt': 'x' })
    mkdirSync(join(world.local, 'in'))
    await world.run(`get "it's \\"here\\".txt" plain.txt`)
    await world.run('get dir/x.txt in')
    await world.run('recv dir/x.txt made/deep/')
    await world.run('get dir copy')
    expect(filesBelow(world.local)).toEqual(['copy/x.txt', 'in/x.txt', 'made/deep/x.txt', 'plain.txt'])
    const missing = await world.run('get none.txt')
    expect(missing.outcome).toBe('refused')
    expect(missing.lines[0]).toMatch(/^FAILED {2}none\.txt/)
  })

  test('mget takes names, patterns and a folder at the end; a pattern keeps its folders', async () => {
    const world = await startConsoleWorld({ settings: { confirmSeveral: false } })
    plant(world.server.root, { 'src/a/b.py': '1', 'src/c.py': '2', 'src/d.txt': '3', 'top.txt': '4' })
    const end = await world.run('mget src/**/*.py top.txt into/')
    expect(end.outcome).toBe('ok')
    expect(filesBelow(world.local)).toEqual(['into/src/a/b.py', 'into/src/c.py', 'into/top.txt'])
    expect(await world.run('mget *.none')).toMatchObject({ outcome: 'refused' })
    await world.run('cd src')
    await world.run('mget a *.txt')
    expect(filesBelow(world.local)).toContain('a/b.py')
    expect(filesBelow(world.local)).toContain('d.txt')
  })

  test('reget, reput and append go on where a file ends', async () => {
    const world = await startConsoleWorld()
    plant(world.server.root, { 'down.bin': '0123456789', 'up.bin': '01234', 'log.txt': 'one\n' })
    plant(world.local, { 'down.bin': '01234', 'up.bin': '0123456789', 'log.txt': 'two\n' })
    const down = await world.run('reget down.bin')
    expect(down.outcome).toBe('ok')
    expect(readFileSync(join(world.local, 'down.bin'), 'utf8')).toBe('0123456789')
    expect((await world.run('reput up.bin')).outcome).toBe('ok')
    expect(readFileSync(join(world.server.root, 'up.bin'), 'utf8')).toBe('0123456789')
    expect((await world.run('append log.txt')).outcome).toBe('ok')
    expect(readFileSync(join(world.server.root, 'log.txt'), 'utf8')).toBe('one\ntwo\n')
    expect(world.server.commands()).toContain('REST 5')
  })

  test('Ctrl-C in mid-transfer ends the rows of the command and nothing else', async () => {
    const world = await startConsoleWorld({ vsftpd: { config: { local_max_rate: '100000' } } })
    plant(world.server.root, { 'big.bin': Buffer.alloc(3_000_000, 'x') })
    const controller = new AbortController()
    const stop = world.core.transfers.onChange(({ changed }) => {
      if (changed.some(({ state, transferred }) => state === 'transferring' && transferred > 0)) controller.abort()
    })
    const end = await world.run('get big.bin', { signal: controller.signal })
    stop()
    expect(end.outcome).toBe('cancelled')
    expect(end.lines).toContain('CANCELLED  big.bin')
    expect(world.core.transfers.list().rows).toMatchObject([{ state: 'cancelled' }])
    expect(readdirSync(world.local)).toEqual([])
    expect((await world.run('ls')).outcome).toBe('ok')
  })

  test('Ctrl-C while a folder is still planned ends that, too', async () => {
    const world = await startConsoleWorld()
    for (let at = 0; at < 40; at++) plant(world.local, { [`src/d${at}/f.txt`]: 'x'.repeat(100) })
    const controller = new AbortController()
    const onOutput = (): void => controller.abort()
    const { end } = await world.record('put src', { signal: controller.signal, onOutput })
    expect(end.outcome).toBe('cancelled')
    const { rows } = world.core.transfers.list()
    expect(rows.length).toBeLessThan(40)
    expect(rows.filter(({ endedAt }) => endedAt === null)).toEqual([])
  })

  test('mget asks about each of several', async () => {
    const world = await startConsoleWorld()
    plant(world.server.root, { 'a.txt': '1', 'b.txt': '2', 'dir/c.txt': '3' })
    const end = await world.run('mget *.txt dir', { answers: ['n', 'y', 'y'] })
    expect(end.asked).toEqual(['a.txt', 'b.txt', 'dir'].map((name) => `Download ${name}? [y/n/all/quit] `))
    expect(filesBelow(world.local)).toEqual(['b.txt', 'dir/c.txt'])
    expect(await world.run('mget *.txt', { answers: ['q'] })).toMatchObject({ outcome: 'ok', data: [] })
  })

  test('get of a pattern says what to use; a name to be is no pattern', async () => {
    const world = await startConsoleWorld()
    plant(world.server.root, { 'a.txt': '1' })
    plant(world.local, { 'b.txt': '1' })
    expect((await world.run('get *.txt')).lines.at(-1)).toBe('For several files by pattern use mget.')
    for (const command of ['get a.txt *.bak', 'put b.txt x*', 'mv a.txt ?'])
      expect((await world.run(command)).outcome).toBe('usage')
  })

  test('names that exist are skipped or asked about as the settings say', async () => {
    const world = await startConsoleWorld({ settings: { conflict: 'skip' } })
    plant(world.local, { 'a.txt': 'new' })
    plant(world.server.root, { 'a.txt': 'old' })
    const end = await world.run('put a.txt')
    expect(end.outcome).toBe('ok')
    expect(end.lines[0]).toMatch(/^SKIPPED {2}a\.txt/)
    await world.core.settings.update({ conflict: 'ask' })
    expect(await world.run('put a.txt')).toMatchObject({
      outcome: 'failed',
      data: [{ error: { code: 'needs-answer' } }],
    })
  })
})
