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

/** In its window without any setting changed: empty places in the lists of files, left and right. */
const LOCAL_LIST = ['300', '560']
const REMOTE_LIST = ['900', '560']
/** What it does with files that are there already. */
const RESUME = 5
const BY_HAND = 'by keys alone one file is hard to choose'

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

/** Everything in a list, by the first entry of its context menu: "Upload" on the left, "Download" on the right. */
async function transferAll({ tool, windows }: Screen, window: string, place: readonly string[]): Promise<void> {
  await tool('mousemove', '--window', window, ...place, 'click', '1', 'key', 'ctrl+a')
  const before = (await windows('')).length
  await tool('key', 'Menu')
  await until(async () => (await windows('')).length > before)
  await tool('key', 'Down', 'Return')
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
  const said = (text: RegExp): number => task.lines().filter((line) => text.test(line)).length
  await until(() => said(/> 226 The listing/) > 0)
  const [window = ''] = await screen.windows(`${task.user}@`)
  await transferAll(screen, window, LOCAL_LIST)
  await until(() => said(/> 226 Stored/) === 2)
  await transferAll(screen, window, REMOTE_LIST)
  const whole = (name: string): boolean => statSync(path.join(task.local, name)).size === BYTES
  // The disk knows it before the log does.
  await until(() => [NAMES.get, NAMES.resumeGet].every(whole) && said(/ < RETR /) === said(/> 226 Sent/))
  return ''
}

describeClient({
  name: 'FileZilla',
  peers: ['filezilla', 'xvfb', 'xdotool'],
  cannot: { mkdir: BY_HAND, rename: BY_HAND, delete: BY_HAND },
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
