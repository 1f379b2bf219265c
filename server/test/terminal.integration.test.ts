import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ControlClient } from '../../testing/control-client.ts'
import { describeWith } from '../../testing/describe-with.ts'
import { peer } from '../../testing/peers.ts'
import { ENTRY, makePlace, runServer, type Place } from './sluice-server.ts'

const PASSWORD = 'correct horse'

/** The command in a terminal of its own. */
function inTerminal(place: Place, args: readonly string[]) {
  const name = `sluice-${randomBytes(6).toString('hex')}`
  const tmux = (...words: string[]): string =>
    spawnSync(peer('tmux'), ['-L', name, '-f', '/dev/null', ...words], { encoding: 'utf8' }).stdout
  const command = [process.execPath, ENTRY, ...args].map((word) => `'${word}'`).join(' ')
  const size = ['-x', '180', '-y', '40']
  const env = ['-e', `STATE_DIRECTORY=${place.data}`]
  tmux('new-session', '-d', '-s', 'it', ...size, ...env, `${command}; echo ENDED $?; exec cat`)
  onTestFinished(() => void tmux('kill-server'))
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    vi.waitUntil(() => pattern.exec(tmux('capture-pane', '-p', '-t', 'it')), { timeout: 15_000 })
  return {
    until,
    type: (text: string) => void tmux('send-keys', '-t', 'it', '-l', text),
    close: () => void tmux('kill-server'),
  }
}

describeWith(['tmux'], 'at a terminal', () => {
  test('a password is asked for twice and not shown, and Ctrl-C stops the server', async () => {
    const place = makePlace()
    const args = ['--listen', '127.0.0.1:0', '--root', place.root, '--user', 'ann', '--no-scan', '--plain-ok']
    const terminal = inTerminal(place, args)
    await terminal.until(/Password of ann:/)
    terminal.type(`${PASSWORD}\r`)
    await terminal.until(/Once more:/)
    terminal.type(`${PASSWORD}\r`)
    const [screen, port] = await terminal.until(/^[^]*127\.0\.0\.1:(\d+)[^]* ready /)
    expect(screen).not.toContain(PASSWORD)
    const client = await ControlClient.connect('127.0.0.1', Number(port))
    onTestFinished(() => client.destroy())
    await client.reply()
    await client.command('USER ann')
    expect(await client.command(`PASS ${PASSWORD}`)).toMatchObject({ code: 230 })
    terminal.type('\u0003')
    await terminal.until(/ENDED 0/)
  })

  test('the first start shows the password of its account, and keeps it in no file', async () => {
    const place = makePlace()
    const terminal = inTerminal(place, ['--listen', '127.0.0.1:0', '--root', place.root, '--no-scan'])
    await terminal.until(/user {6}sluice\s+password {2}[a-z2-9-]{20,}[^]* ready /)
    expect(readdirSync(place.data)).not.toContain('first-password.txt')
    terminal.type('\u0003')
    await terminal.until(/ENDED 0/)
  })

  test('two passwords that differ are refused, and so is Ctrl-C in their place', async () => {
    const place = makePlace()
    const add = ['user', 'add', 'ann', '--root', place.root]
    const differing = inTerminal(place, add)
    await differing.until(/Password of ann:/)
    // At once, as pasting does.
    differing.type('one password\ranother password\r')
    await differing.until(/not the same[^]*ENDED 2/)
    const cancelled = inTerminal(place, add)
    await cancelled.until(/Password of ann:/)
    cancelled.type('\u0003')
    await cancelled.until(/Cancelled[^]*ENDED 1/)
    expect(await runServer(['user', 'list'], place)).toMatchObject({ stdout: 'There are no accounts.\n' })
  })

  test('a terminal that is closed takes its server along', async () => {
    const place = makePlace()
    const terminal = inTerminal(place, ['--listen', '127.0.0.1:0', '--root', place.root, '--no-scan'])
    const [, port] = await terminal.until(/127\.0\.0\.1:(\d+)[^]* ready /)
    const client = await ControlClient.connect('127.0.0.1', Number(port))
    onTestFinished(() => client.destroy())
    await client.reply()
    terminal.close()
    await client.closed()
    const stopped = async (): Promise<boolean> =>
      (await runServer(['audit', '--kind', 'server-stopped'], place)).stdout.includes('server-stopped')
    await vi.waitUntil(stopped, { timeout: 15_000 })
    expect(await runServer(['audit', '--kind', 'server-started', '--json'], place)).toMatchObject({ code: 0 })
  })
})
