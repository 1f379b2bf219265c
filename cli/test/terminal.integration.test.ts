/** `sluice` as a person uses it: a real terminal, a real server. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import type { Vsftpd, VsftpdOptions } from '../../testing/vsftpd.ts'
import { startScanner, startServer } from './peers.ts'
import { makePlace, urlOf, type Place } from './sluice.ts'
import { Terminal } from './terminal.ts'

// A terminal on a busy machine takes its time; every wait in here has a shorter limit of its own.
vi.setConfig({ testTimeout: 60_000 })

/** Not a random one: it has to be looked for on the screen. */
const PASSWORD = 'open-sesame-4711'

/** A server that knows ann. */
function serverOfAnn(options: VsftpdOptions = {}): Promise<Vsftpd> {
  return startServer({ users: [{ name: 'ann', password: PASSWORD }], ...options })
}

async function scanner(): Promise<string[]> {
  const { socket } = await startScanner()
  return ['--clamd', socket]
}

/** A terminal with the program in it, logged in. */
async function logIn(server: Vsftpd, place: Place, flags: string[] = []): Promise<Terminal> {
  const terminal = await Terminal.open(place)
  await terminal.sluice(...flags, urlOf(server))
  await terminal.see('Password of ann')
  await terminal.type(PASSWORD)
  await terminal.press('Enter')
  await terminal.at('127.0.0.1:/>')
  return terminal
}

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd', 'tmux'], 'the command line in a terminal', () => {
  test('Tab completes commands and remote names with spaces', async () => {
    const place = makePlace()
    const server = await serverOfAnn()
    mkdirSync(path.join(server.root, 'my folder'))
    writeFileSync(path.join(server.root, 'my folder/notes one.txt'), 'x')
    writeFileSync(path.join(server.root, 'my folder/notes two.txt'), 'x')
    const terminal = await logIn(server, place)
    await terminal.type('his')
    await terminal.press('Tab')
    await terminal.at('/> history')
    await terminal.press('C-u')
    // Typed in one go: what stands behind a Tab waits for the completion.
    await terminal.type('cd my\t\n')
    await terminal.at('/my folder>')
    await terminal.type('size n\t')
    await terminal.until((screen) => /size .*notes\\? $|size .*notes\\?$/.test(screen))
    await terminal.press('Tab')
    const listed = await terminal.until((screen) => /notes one\.txt +notes two\.txt/.test(screen))
    expect(listed).toMatch(/> size .*notes/)
    await terminal.type('o\t\n')
    await terminal.until(
      (screen) => screen.includes('1 byte') || /\b1\b.*notes one\.txt|notes one\.txt.*\b1\b/.test(screen),
    )
  })

  test('the arrow recalls commands, of earlier runs too, and no password is in the file', async () => {
    const place = makePlace()
    const server = await serverOfAnn()
    const terminal = await logIn(server, place)
    await terminal.type('lpwd\n')
    await terminal.see(place.folder)
    await terminal.press('Up')
    await terminal.at('/> lpwd')
    await terminal.press('C-u')
    await terminal.type('quit\n')
    await terminal.at('shell$')
    const history = path.join(place.data, 'command-line-history.json')
    expect(readFileSync(history, 'utf8')).not.toContain(PASSWORD)
    expect(readFileSync(history, 'utf8')).toContain('lpwd')
    expect(statSync(history).mode & 0o777).toBe(0o600)
    await terminal.sluice()
    await terminal.at('sluice>')
    await terminal.press('Up', 'Up')
    await terminal.at('sluice> lpwd')
  })

  test('a password is never on the screen, not even when it was typed too early', async () => {
    const place = makePlace()
    const server = await serverOfAnn()
    const terminal = await Terminal.open(place)
    await terminal.sluice()
    await terminal.at('sluice>')
    await terminal.type(`open ${urlOf(server)}\n${PASSWORD}\n`)
    const screen = await terminal.at('127.0.0.1:/>')
    expect(screen).toContain('Password of ann')
    expect(screen).not.toContain(PASSWORD)
    expect(screen).not.toContain('****')
  })

  test('Ctrl-C ends the running command and comes back to the prompt, with the scanner alive', async () => {
    const place = makePlace()
    const server = await serverOfAnn({ config: { local_max_rate: '200000' } })
    writeFileSync(path.join(server.root, 'big.bin'), Buffer.alloc(50_000_000, 1))
    writeFileSync(path.join(server.root, 'small.bin'), 'small')
    const terminal = await logIn(server, place, [...(await scanner()), '--type', 'binary'])
    await terminal.type('get big.bin\n')
    await terminal.until((screen) => /big\.bin +\[.*\] +\d+%/.test(screen))
    await terminal.press('C-c')
    const screen = await terminal.at('127.0.0.1:/>')
    expect(screen).toMatch(/cancelled/i)
    expect(screen).not.toMatch(/\[=* *\] +\d+%/)
    expect(readdirSync(place.folder)).toEqual([])
    await terminal.type('get small.bin\n')
    await terminal.see('OK  small.bin')
    await terminal.at('127.0.0.1:/>')
    expect(existsSync(path.join(place.folder, 'small.bin'))).toBe(true)
  })

  test('Ctrl-C at the prompt gives the line up, and tells how to leave; Ctrl-D leaves', async () => {
    const terminal = await Terminal.open(makePlace())
    await terminal.sluice()
    await terminal.at('sluice>')
    await terminal.type('half a com')
    await terminal.press('C-c')
    await terminal.until((screen) => /half a com\^C\nsluice>$/.test(screen))
    await terminal.press('C-c')
    await terminal.until((screen) => /To leave, type quit or press Ctrl-D\.\nsluice>$/.test(screen))
    await terminal.press('C-d')
    await terminal.at('shell$')
    await terminal.type('stty -a | grep -c -- "-echo "; echo "code $?"\n')
    // The terminal is as it was: what is typed is shown.
    expect(await terminal.see('code 1')).toMatch(/^0$/m)
  })

  test('many lines leave nothing behind at the terminal', async () => {
    // Each line once left a listener for changes of the window's size: after ten of them Node warned on the screen.
    const terminal = await Terminal.open(makePlace())
    await terminal.sluice()
    await terminal.at('sluice>')
    await terminal.type('auto\n'.repeat(15))
    const screen = await terminal.until((text) => text.split('sluice> auto').length === 16 && text.endsWith('sluice>'))
    expect(screen).not.toContain('Warning')
  })

  test('a window that changes its size under the progress line leaves no pieces of it', async () => {
    const place = makePlace()
    const server = await serverOfAnn({ config: { local_max_rate: '200000' } })
    writeFileSync(path.join(server.root, 'a big file with a long name.bin'), Buffer.alloc(50_000_000, 1))
    const terminal = await logIn(server, place, [...(await scanner()), '--type', 'binary'])
    await terminal.type('get "a big file with a long name.bin"\n')
    const bars = (screen: string): number => screen.match(/MB of 50\.0 MB/g)?.length ?? 0
    await terminal.until((screen) => bars(screen) === 1)
    let before = 100
    for (const columns of [60, 45, 120, 70, 100]) {
      await terminal.resize(columns, 40)
      // Drawn anew for this width, and once: the line of the width before is too long or too short.
      await terminal.until((screen) => {
        const { length } = screen.slice(screen.lastIndexOf('\n') + 1)
        const isNew = length < columns && (columns < before || length >= before)
        return isNew && bars(screen) === 1 && /MB of 50\.0 MB.*\/s$/.test(screen)
      })
      before = columns
    }
    await terminal.press('C-c')
    const screen = await terminal.at('127.0.0.1:/>')
    expect(bars(screen)).toBe(0)
    // The command is still to be seen: nothing above the line was taken away.
    expect(screen).toContain('get "a big file with a long name.bin"')
  })

  test('an unknown certificate is shown and asked about, once or for good', async () => {
    const place = makePlace()
    const server = await serverOfAnn({ tls: 'explicit', certificate: 'self-signed' })
    const terminal = await Terminal.open(place)
    const open = async (answer: string): Promise<string> => {
      await terminal.sluice('ls', urlOf(server, '/', 'ftpes'))
      await terminal.see('Password of ann')
      await terminal.type(`${PASSWORD}\n`)
      const screen = await terminal.see('Trust it?')
      await terminal.type(`${answer}\n`)
      await terminal.at('shell$')
      return screen
    }
    const shown = await open('no')
    expect(shown).toContain(server.fingerprint)
    expect(shown).toContain('Sluice tests')
    await open('always')
    await terminal.sluice('ls', urlOf(server, '/', 'ftpes'))
    await terminal.see('Password of ann')
    await terminal.type(`${PASSWORD}\n`)
    expect(await terminal.until((screen) => screen.endsWith('shell$') && screen.includes('0 files'))).not.toContain(
      'Trust it?',
    )
  })

  test('scanning that a line switches on is there for the next command of that line', async () => {
    const place = makePlace()
    const server = await serverOfAnn()
    writeFileSync(path.join(place.folder, 'a.txt'), 'mine')
    const terminal = await logIn(server, place, ['--no-scan', ...(await scanner())])
    await terminal.type('scan on; put a.txt\n')
    await terminal.see('OK  a.txt')
    expect(readFileSync(path.join(server.root, 'a.txt'), 'utf8')).toBe('mine')
  })

  test('an existing target is asked about', async () => {
    const place = makePlace()
    const server = await serverOfAnn()
    writeFileSync(path.join(server.root, 'a.txt'), 'theirs')
    writeFileSync(path.join(place.folder, 'a.txt'), 'mine')
    const terminal = await logIn(server, place, await scanner())
    await terminal.type('get a.txt\n')
    await terminal.see('(o)verwrite')
    await terminal.type('o\n')
    await terminal.see('OK  a.txt')
    expect(readFileSync(path.join(place.folder, 'a.txt'), 'utf8')).toBe('theirs')
  })
})
