import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { serverCertificate } from '../../testing/certificates.ts'
import { curl, makePlace, runServer, startServer, untilReady, type Place, type Running } from './sluice-server.ts'

const ANY = ['--listen', '127.0.0.1:0']
const PASSWORD = 'correct horse'

/** A quick share without a scanner: the quickest to start. */
function quickShare(place: Place, ...args: string[]): Running {
  return startServer([...ANY, '--root', place.root, '--user', 'ann', '--no-scan', ...args], place, {
    SLUICE_SERVER_PASSWORD: PASSWORD,
  })
}

const url = (port: number, file = ''): string => `ftp://127.0.0.1:${port}/${file}`

/** Every file below the folder that holds the text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = path.join(folder, name)
    return statSync(file).isFile() && readFileSync(file, 'latin1').includes(text)
  })
}

test('help and version need nothing', async () => {
  const place = makePlace()
  expect(await runServer(['--version'], place)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^sluice-server \d/),
  })
  const help = await runServer(['--help'], place)
  expect(help.code).toBe(0)
  for (const word of ['--config', 'user add', '--no-scan', 'SIGHUP', 'Exit codes']) expect(help.stdout).toContain(word)
  expect(existsSync(place.data)).toBe(false)
})

test('a reader who has seen enough is no crash', async () => {
  const reading = startServer(['--help'], makePlace())
  reading.child.stdout?.destroy()
  expect(await reading.ended).toMatchObject({ code: 0, stderr: '' })
})

test.each([
  { args: ['--nonsense'], says: /--nonsense is not known/ },
  { args: ['frobnicate'], says: /“frobnicate” is not known/ },
  { args: ['--root', '/'], says: /cannot be shared/ },
  { args: ['--root', '/not/there'], says: /cannot be shared/ },
  { args: [], says: /Say which folder to share/ },
  { args: ['--listen', '0.0.0.0:0', '--config', 'plain.json'], says: /tls\.mode: allowed.*--plain-ok/ },
  { args: ['--user', 'ann', '--root', '.'], says: /Nobody is there to type the password of ann/ },
  { args: ['--user', 'ann:short', '--root', '.'], says: /Account ann, password: Use at least 8/ },
  { args: ['user', 'passwd', 'nobody'], code: 3, says: /no account nobody/ },
])('$args is refused with the reason', async ({ args, code = 2, says }) => {
  const place = makePlace()
  writeFileSync(path.join(place.base, 'plain.json'), JSON.stringify({ root: 'root', tls: { mode: 'allowed' } }))
  const ended = await runServer(args, place)
  expect(ended.stderr).toMatch(says)
  expect(ended.stderr).not.toContain('short')
  expect(ended.code).toBe(code)
})

test('a port that is taken is an error, and makes no account whose password nobody sees', async () => {
  const place = makePlace()
  const first = quickShare(place)
  const port = await untilReady(first)
  const second = await runServer(['--root', place.root, '--listen', `127.0.0.1:${port}`, '--no-scan'], place)
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(String(port)) })
  expect(await runServer(['user', 'list'], place)).toMatchObject({ stdout: 'There are no accounts.\n' })
})

describeWith(['curl'], 'with a client', () => {
  test('a first start without a terminal has the password in a file that only its owner reads, and nowhere else', async () => {
    const place = makePlace()
    writeFileSync(path.join(place.root, 'here.txt'), 'content')
    const args = [...ANY, '--root', place.root, '--no-scan', '--verbose']
    const first = startServer(args, place)
    const port = await untilReady(first)
    const file = path.join(place.data, 'first-password.txt')
    const password = readFileSync(file, 'utf8').trim()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(first.stdout()).toMatch(new RegExp(`WARN +first-account .*password.* ${file}`))
    expect(password.length).toBeGreaterThan(15)
    expect(await curl('-u', `sluice:${password}`, url(port, 'here.txt'))).toMatchObject({ code: 0, stdout: 'content' })
    first.child.kill('SIGTERM')
    const { code, stdout, stderr } = await first.ended
    expect(code).toBe(0)
    expect(`${stdout}${stderr}`).not.toContain(password)
    expect(stdout).toContain('PASS')
    expect(filesWith(place.data, password)).toEqual(['first-password.txt'])

    const second = startServer(args, place)
    await untilReady(second)
    expect(second.stdout()).not.toContain('first-account')
  })

  test('a log for programs is one object a line; the first password is in a file that only its owner reads', async () => {
    const place = makePlace()
    const server = startServer([...ANY, '--root', place.root, '--no-scan', '--log', 'json', '--verbose'], place)
    const port = await untilReady(server)
    const file = path.join(place.data, 'first-password.txt')
    const password = readFileSync(file, 'utf8').trim()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const upload = path.join(place.base, 'up.bin')
    writeFileSync(upload, 'x')
    expect(await curl('-u', `sluice:${password}`, '-T', upload, url(port))).toMatchObject({ code: 0 })
    expect(await curl('-u', 'sluice:wrong password', url(port))).toMatchObject({ code: 67 })
    server.child.kill('SIGINT')
    const { code, stdout, stderr } = await server.ended
    expect(code).toBe(0)
    const entries = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    for (const entry of entries) {
      expect(Object.keys(entry).slice(0, 6)).toEqual(['time', 'level', 'event', 'session', 'address', 'account'])
      expect(new Date(String(entry['time'])).toISOString()).toBe(entry['time'])
    }
    const events = entries.map(({ event }) => event)
    expect(stderr).toContain('NOT SCANNED')
    expect(entries).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('NOT SCANNED') }),
    )
    for (const event of ['listening', 'ready', 'login', 'upload', 'login-failed', 'command', 'reply', 'stopped']) {
      expect(events).toContain(event)
    }
    expect(entries.find(({ event }) => event === 'upload')).toMatchObject({
      level: 'info',
      session: expect.any(Number),
      account: 'sluice',
      address: '127.0.0.1',
      bytes: 1,
      path: '/up.bin',
    })
    expect(`${stdout}${stderr}`).not.toContain(password)
    expect(stdout).not.toContain('wrong password')
  })

  test('a quick share lasts as long as the process, warns of passwords in the command line, and scans nothing loudly', async () => {
    const place = makePlace()
    const args = [...ANY, '--root', place.root, '--user', 'bob:hunter:22:writer', '--no-scan']
    const server = startServer(args, place)
    const port = await untilReady(server)
    expect(server.stderr()).toMatch(/password of bob stands in the command line/)
    expect(server.stderr()).toMatch(/UPLOADS ARE NOT SCANNED/)
    const upload = path.join(place.base, 'up.bin')
    writeFileSync(upload, randomBytes(100_000))
    expect(await curl('-u', 'bob:hunter:22', '-T', upload, url(port, 'sub/'), '--ftp-create-dirs')).toMatchObject({
      code: 0,
    })
    expect(readFileSync(path.join(place.root, 'sub/up.bin')).equals(readFileSync(upload))).toBe(true)
    expect(`${server.stdout()}${server.stderr()}`).not.toContain('hunter')
    server.child.kill('SIGTERM')
    await server.ended
    expect(readdirSync(place.data)).toEqual(['certificate.pem'])
  })

  test('accounts are added, listed, changed, disabled and removed', async () => {
    const place = makePlace()
    const secret = path.join(place.base, 'secret')
    writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o644 })
    const add = [
      'user',
      'add',
      'eve',
      '--role',
      'writer',
      '--root',
      place.root,
      '--quota',
      '1M',
      '--password-file',
      secret,
    ]
    expect(await runServer(add, place)).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') })
    writeFileSync(secret, `${PASSWORD}\n`)
    chmodSync(secret, 0o600)
    expect(await runServer(add, place)).toMatchObject({
      code: 0,
      stdout: `Added eve (writer), folder ${place.root}.\n`,
    })
    expect(await runServer(add, place)).toMatchObject({ code: 2, stderr: expect.stringContaining('already') })

    const list = await runServer(['user', 'list', '--json'], place)
    expect(JSON.parse(list.stdout)).toMatchObject({
      name: 'eve',
      role: 'writer',
      root: place.root,
      quotaBytes: 1024 ** 2,
    })
    expect(list.stdout).not.toContain('scrypt')

    const server = startServer([...ANY, '--root', place.root, '--no-scan'], place)
    const port = await untilReady(server)
    expect(server.stdout()).not.toContain('first-account')
    const logIn = async (password: string): Promise<number | null> =>
      (await curl('-u', `eve:${password}`, url(port))).code
    expect(await logIn(PASSWORD)).toBe(0)
    const next = { SLUICE_SERVER_PASSWORD: 'another one 2' }
    expect(await runServer(['user', 'passwd', 'eve'], place, next)).toMatchObject({ code: 0 })
    expect(await logIn(PASSWORD)).toBe(67)
    expect(await logIn('another one 2')).toBe(0)
    expect(await runServer(['user', 'disable', 'eve'], place)).toMatchObject({ code: 0 })
    expect(await logIn('another one 2')).toBe(67)
    expect(await runServer(['user', 'enable', 'eve'], place)).toMatchObject({ code: 0 })
    expect(await logIn('another one 2')).toBe(0)
    expect(await runServer(['user', 'remove', 'eve'], place)).toMatchObject({ code: 0 })
    expect(await logIn('another one 2')).toBe(67)
    server.child.kill('SIGTERM')
    await server.ended

    const audit = await runServer(['audit', '--json', '--kind', 'login', '--kind', 'account-removed'], place)
    const kinds = audit.stdout
      .trimEnd()
      .split('\n')
      .map((text) => (JSON.parse(text) as { kind: string }).kind)
    expect(kinds).toEqual(['login', 'login', 'login', 'account-removed'])
    const csv = path.join(place.base, 'audit.csv')
    expect(await runServer(['audit', '--csv', csv, '--account', 'eve'], place)).toMatchObject({ code: 0 })
    expect(readFileSync(csv, 'utf8')).toMatch(/^id,time,kind,/)
    expect(await runServer(['audit', '--csv', csv], place)).toMatchObject({ code: 4 })
    expect(await runServer(['audit', 'eve', '--outcome', 'refused'], place)).toMatchObject({
      stdout: expect.stringMatching(/login-failed refused account=eve address=127\.0\.0\.1/),
    })
  })

  test('a configuration is enough: own certificate, anonymous users, an implicit port', async () => {
    const place = makePlace()
    const pair = serverCertificate('valid')
    for (const [name, text] of [
      ['s.crt', pair.cert],
      ['s.key', pair.key],
      ['ca.crt', pair.ca],
    ] as const) {
      writeFileSync(path.join(place.base, name), text)
    }
    writeFileSync(path.join(place.root, 'public.txt'), 'for all')
    const config = {
      port: 0,
      implicitPort: 0,
      root: 'root',
      scan: false,
      tls: { certificateFile: 's.crt', keyFile: 's.key', requireResumption: true },
      anonymous: { enabled: true, root: 'root' },
    }
    const file = path.join(place.base, 'server.json')
    writeFileSync(file, JSON.stringify(config))
    const server = startServer(['--config', file], place)
    await untilReady(server)
    const [, implicit] = /ftps:\/\/127\.0\.0\.1:(\d+)/.exec(server.stdout()) ?? []
    const trust = ['--cacert', path.join(place.base, 'ca.crt'), '--no-insecure']
    const got = await curl(...trust, '-u', 'anonymous:me@', `ftps://127.0.0.1:${implicit ?? ''}/public.txt`)
    expect(got).toMatchObject({ code: 0, stdout: 'for all' })
    expect(server.stdout()).toContain(pair.fingerprint)

    // The certificate is replaced and told to be read again.
    const next = serverCertificate('self-signed')
    writeFileSync(path.join(place.base, 's.crt'), next.cert)
    writeFileSync(path.join(place.base, 's.key'), next.key)
    server.child.kill('SIGHUP')
    await server.until(new RegExp(next.fingerprint))
    const again = await curl(
      '--cacert',
      path.join(place.base, 's.crt'),
      '--no-insecure',
      '-u',
      'anonymous:me@',
      url(0).replace(':0/', `:${await untilReady(server)}/public.txt`),
    )
    expect(again).toMatchObject({ code: 0, stdout: 'for all' })
  })
})

test('a log for programs says why the server ended', async () => {
  const place = makePlace()
  const ended = await runServer([...ANY, '--root', '/not/there', '--no-scan', '--log', 'json'], place)
  const last = ended.stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(JSON.parse(last)).toMatchObject({
    level: 'error',
    event: 'failed',
    message: expect.stringContaining('/not/there'),
  })
})
