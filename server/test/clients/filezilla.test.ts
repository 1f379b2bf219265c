/** FileZilla on a screen of its own, driven by mouse and keys. What it did is seen on the disk and by the server. */
import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { peer } from '../../../testing/peers.ts'
import { environment } from './program.ts'
import { startScreen, until, type Screen } from './screen.ts'
import { BYTES, describeClient, NAMES, type Task } from './suite.ts'

/**
 * In its window without any setting changed: places in the lists of files, left and right, beside the names. A click on
 * the name of what is chosen already would rename it.
 */
const LOCAL_LIST = ['300', '560']
const REMOTE_LIST = ['900', '560']
/** What it does with files that are there already. */
const RESUME = 5
/** Milliseconds. Longer than the second in which letters typed one after the other are one name to it. */
const AGAIN = 2500

/** Settings that keep it from asking: no greeting, no look for updates, resume what is there, trust the certificate. */
function configure(task: Task): void {
  const folder = path.join(task.home, '.config/filezilla')
  mkdirSync(folder, { recursive: true })
  const settings = {
    'Greeting version': '99.0.0',
    'Update Check': 0,
    'Use Pasv mode': task.mode === 'passive' ? 1 : 0,
    'Allow transfermode fallback': 0,
    'File exists action download': RESUME,
    'File exists action upload': RESUME,
  }
  const rows = Object.entries(settings).map(([name, value]) => `<Setting name="${name}">${value}</Setting>`)
  write(folder, 'filezilla.xml', `<Settings>${rows.join('')}</Settings>`)
}

function trust({ home, host, port, certificate }: Task): void {
  const folder = path.join(home, '.config/filezilla')
  const { raw, validFromDate, validToDate } = new X509Certificate(certificate)
  const fields = {
    Data: raw.toString('hex'),
    ActivationTime: validFromDate.getTime() / 1000,
    ExpirationTime: validToDate.getTime() / 1000,
    Host: host,
    Port: port,
    TrustSANs: 0,
  }
  const rows = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  write(folder, 'trustedcerts.xml', `<TrustedCerts><Certificate>${rows.join('')}</Certificate></TrustedCerts>`)
}

function write(folder: string, name: string, content: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<FileZilla3>${content}</FileZilla3>\n`
  writeFileSync(path.join(folder, name), text)
}

/** Opens the context menu of what is chosen. */
async function openMenu({ tool, windows }: Screen): Promise<void> {
  const before = (await windows('')).length
  await tool('key', 'Menu')
  await until(async () => (await windows('')).length > before)
}

/** The first entry of that menu: "Upload" on the left, "Download" on the right. */
async function transfer(screen: Screen): Promise<void> {
  await openMenu(screen)
  await screen.tool('key', 'Down', 'Return')
}

/**
 * Presses keys that open a dialog, again when none came: on a busy machine they have been lost, if rarely.
 * Types into it, and sees it close. No window manager gives it the keys: the mouse does.
 */
async function inDialog(
  { tool, windows }: Screen,
  title: string,
  keys: readonly string[],
  text: string | null,
): Promise<void> {
  let dialog: string | undefined
  let pressed = -Infinity
  await until(async () => {
    if (Date.now() - pressed > AGAIN) {
      await tool('key', ...keys)
      pressed = Date.now()
    }
    ;[dialog] = await windows(title)
    return dialog !== undefined
  })
  await tool('mousemove', '--window', dialog ?? '', '5', '5')
  if (text !== null) await tool('type', text)
  await tool('key', 'Return')
  await until(async () => (await windows(title)).length === 0)
}

/** Does each step, and waits until the server has said that it is done. */
async function work(screen: Screen, { user, local, lines }: Task): Promise<void> {
  const { tool } = screen
  const said = (text: RegExp): number => lines().filter((line) => text.test(line)).length
  const listings = (): number => said(/> 226 The listing/)
  await until(() => listings() > 0)
  const [window = ''] = await screen.windows(`${user}@`)
  const click = (place: readonly string[]): Promise<string> =>
    tool('mousemove', '--window', window, ...place, 'click', '1')

  // A list has ".." first, then the folders, then the files by name. The first letter of a name goes to it: one letter
  // alone, because how fast a second one must follow is a matter of luck.
  await click(LOCAL_LIST)
  await tool('key', 'Home', 'h')
  await transfer(screen)
  await until(() => said(/> 226 Stored/) === 1)

  await click(REMOTE_LIST)
  await tool('key', 'ctrl+a')
  await transfer(screen)
  const whole = (name: string): boolean => statSync(path.join(local, name)).size === BYTES
  // The disk knows it before the log does.
  await until(() => [NAMES.get, NAMES.resumeGet].every(whole) && said(/ < RETR /) === said(/> 226 Sent/))

  await tool('key', 'End', 'F2')
  await tool('type', NAMES.renameTo)
  await tool('key', 'Return')
  await until(() => said(/> 250 It was renamed/) === 1)

  await inDialog(screen, 'Confirmation needed', ['Home', 'g', 'Delete'], null)
  await until(() => said(/> 250 The file was deleted/) === 1)

  const before = listings()
  await tool('mousemove', '--window', window, ...REMOTE_LIST)
  // "Create directory and enter it": what is sent then goes there.
  await openMenu(screen)
  await inDialog(screen, 'Create directory', ['y'], NAMES.folder)
  await until(() => listings() > before)

  await click(LOCAL_LIST)
  await tool('key', 'End')
  await transfer(screen)
  await until(() => said(/> 226 Stored/) === 2)
}

async function run(task: Task): Promise<string> {
  configure(task)
  const screen = await startScreen()
  const scheme = { plain: 'ftp', 'explicit TLS': 'ftpes', 'implicit TLS': 'ftps' }[task.tls]
  const url = `${scheme}://${task.user}:${task.password}@${task.urlHost}:${task.port}/`
  trust(task)
  const program = spawn(peer('filezilla'), [`--local=${task.local}`, url], {
    env: { ...environment(task), DISPLAY: screen.display },
    stdio: 'ignore',
  })
  const ended = once(program, 'exit')
  onTestFinished(async () => {
    program.kill('SIGKILL')
    await ended
  })
  await work(screen, task)
  return ''
}

describeClient({
  name: 'FileZilla',
  peers: ['filezilla', 'xvfb', 'xdotool'],
  cannot: {},
  // A program with a window starts slowly: each way once.
  routes: [
    { tls: 'explicit TLS', mode: 'passive', family: 'IPv4' },
    { tls: 'explicit TLS', mode: 'active', family: 'IPv6' },
    { tls: 'implicit TLS', mode: 'passive', family: 'IPv6' },
    { tls: 'plain', mode: 'active', family: 'IPv4' },
  ],
  resumes: true,
  silentListing: true,
  run,
})
