/** `sluice` as scripts use it: pipes instead of a terminal, a real server, a real scanner. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { eicar, EICAR_SIGNATURE } from '../../testing/eicar.ts'
import { testOnLinux } from '../../testing/test-unless.ts'
import type { Vsftpd } from '../../testing/vsftpd.ts'
import { startScanner, startServer } from './peers.ts'
import { ENTRY, makePlace, objects, runSluice, startSluice, urlOf, type Place } from './sluice.ts'

/** The environment of somebody who may log in. */
const asUser = (server: Vsftpd): Record<string, string> => ({ SLUICE_PASSWORD: server.password })

/** A file in the folder where the program runs. */
function put(place: Place, name: string, content: string | Buffer): string {
  const file = path.join(place.folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

test('help and version need nothing', async () => {
  const place = makePlace()
  expect(await runSluice(['--version'], { place })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^sluice \d/),
    stderr: '',
  })
  expect(await runSluice(['--help'], { place })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Exit codes:'),
  })
  expect(existsSync(place.data)).toBe(false)
})

test('a command line that is wrong ends with 2, also as JSON', async () => {
  const place = makePlace()
  expect(await runSluice(['--tsl', 'none'], { place })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--tsl'),
  })
  const { code, stdout } = await runSluice(['--json', '--tls', 'sometimes'], { place })
  expect(code).toBe(2)
  expect(objects(stdout)).toEqual([{ error: { code: 'bad-argument', message: expect.stringContaining('sometimes') } }])
})

test('a script of somebody else cannot move the cursor', async () => {
  const place = makePlace()
  for (const args of [[], ['--keep-going']]) {
    const { code, stderr } = await runSluice(args, { place, input: 'frob \u001b[2Jx\n' })
    expect(code).toBe(2)
    expect(stderr).toContain('frob <U+001B>[2Jx')
    expect(stderr).not.toContain('\u001b')
  }
})

test('commands that scan nothing start no agent, and leave nothing behind', async () => {
  const place = makePlace()
  put(place, 'a b.txt', 'x')
  // The agent would say at once that it knows no such engine address.
  const { code, stdout, stderr } = await runSluice(['-v', '--clamd', 'nonsense', '-c', 'lpwd; lls'], { place })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(place.folder)
  expect(stdout).toContain('a b.txt')
  expect(existsSync(place.data)).toBe(false)
})

describeWith(['vsftpd', 'pwdfile', 'openssl', 'clamd'], 'the command line with a server and a scanner', () => {
  test('ls gives objects alone with --json, and text alone without', async () => {
    const place = makePlace()
    const server = await startServer()
    writeFileSync(path.join(server.root, 'notes.txt'), 'hello')
    mkdirSync(path.join(server.root, 'a folder'))
    const json = await runSluice(['--json', 'ls', urlOf(server, '/')], { place, env: asUser(server) })
    expect(json.code).toBe(0)
    expect(objects(json.stdout)).toEqual([
      expect.objectContaining({ name: 'a folder', type: 'dir', raw: expect.stringContaining('a folder') }),
      expect.objectContaining({ name: 'notes.txt', type: 'file', size: 5, permissions: 'rw-r--r--', target: null }),
    ])
    const text = await runSluice(['ls', urlOf(server)], { place, env: asUser(server) })
    expect(text.stdout).toMatch(/a folder\n.*notes\.txt\n/)
    expect(text.stdout).not.toContain('Logged in')
    expect(text.stdout + text.stderr).not.toContain('\u001b')
  })

  test('put and get move a file through the scan, and say so as JSON', async () => {
    const place = makePlace()
    const [server, clamd] = [await startServer(), await startScanner()]
    put(place, 'my file.txt', 'what is in it\n')
    const scanner = ['--clamd', clamd.socket, '--json', '--type', 'binary']
    mkdirSync(path.join(server.root, 'in'))
    const up = await runSluice([...scanner, 'put', 'my file.txt', urlOf(server, '/in/')], {
      place,
      env: asUser(server),
    })
    expect(up).toMatchObject({ code: 0 })
    expect(objects(up.stdout)).toEqual([
      {
        source: path.join(place.folder, 'my file.txt'),
        target: expect.stringMatching(/^ftp:.*\/in\/my%20file\.txt$/),
        bytes: 14,
        ms: expect.any(Number),
        state: 'done',
        verdict: 'OK',
        signature: null,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        error: null,
      },
    ])
    expect(readFileSync(path.join(server.root, 'in/my file.txt'), 'utf8')).toBe('what is in it\n')
    const down = await runSluice([...scanner, 'get', urlOf(server, '/in/my file.txt'), 'back.txt'], {
      place,
      env: asUser(server),
    })
    expect(down.code).toBe(0)
    expect(readFileSync(path.join(place.folder, 'back.txt'), 'utf8')).toBe('what is in it\n')
  })

  test('several files are put into a folder at once', async () => {
    const place = makePlace()
    const [server, clamd] = [await startServer(), await startScanner()]
    mkdirSync(path.join(server.root, 'in'))
    for (const name of ['a', 'b', 'c d', 'e[1]']) put(place, name, name)
    const args = ['--clamd', clamd.socket, 'put', 'a', 'b', 'c d', 'e[1]', urlOf(server, '/in')]
    expect(await runSluice(args, { place, env: asUser(server) })).toMatchObject({ code: 0 })
    expect(readdirSync(path.join(server.root, 'in')).sort()).toEqual(['a', 'b', 'c d', 'e[1]'])
  })

  test('an infected file ends with 3, and neither end gets it', async () => {
    const place = makePlace()
    const [server, clamd] = [await startServer(), await startScanner()]
    writeFileSync(path.join(server.root, 'evil.com'), eicar())
    put(place, 'bad.com', eicar())
    const scanner = ['--clamd', clamd.socket, '--json']
    const down = await runSluice([...scanner, 'get', urlOf(server, '/evil.com')], { place, env: asUser(server) })
    expect(down.code).toBe(3)
    expect(objects(down.stdout)).toEqual([
      expect.objectContaining({ state: 'blocked', verdict: 'INFECTED', signature: EICAR_SIGNATURE }),
    ])
    expect(existsSync(path.join(place.folder, 'evil.com'))).toBe(false)
    const up = await runSluice([...scanner, 'put', 'bad.com', urlOf(server, '/')], { place, env: asUser(server) })
    expect(up.code).toBe(3)
    expect(readdirSync(server.root)).toEqual(['evil.com'])
  })

  test('without a scanner nothing passes: 4; with --no-scan it does, loudly', async () => {
    const place = makePlace()
    const server = await startServer()
    put(place, 'token', 'x'.repeat(40))
    put(place, 'file', 'content')
    const nobody = ['--agent', 'http://127.0.0.1:9', '--token-file', 'token']
    const held = await runSluice([...nobody, 'put', 'file', urlOf(server, '/')], { place, env: asUser(server) })
    expect(held.code).toBe(4)
    expect(readdirSync(server.root)).toEqual([])
    const passed = await runSluice(['--quiet', '--no-scan', 'put', 'file', urlOf(server, '/')], {
      place,
      env: asUser(server),
    })
    expect(passed).toMatchObject({ code: 0, stderr: expect.stringMatching(/WARNING.*NOT SCANNED/) })
    expect(readdirSync(server.root)).toEqual(['file'])
  })

  test('a refused login ends with 5, a server that is not there with 7', async () => {
    const place = makePlace()
    const server = await startServer()
    const env = { SLUICE_PASSWORD: 'wrong' }
    const refused = await runSluice(['--json', 'ls', urlOf(server)], { place, env })
    expect(refused.code).toBe(5)
    expect(objects(refused.stdout)).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code: 'login-refused' }) }),
    ])
    server.kill()
    expect(await runSluice(['ls', urlOf(server)], { place, env })).toMatchObject({ code: 7, stdout: '' })
  })

  test('a certificate that does not verify is refused with its fingerprint, and taken with the flag', async () => {
    const place = makePlace()
    const server = await startServer({ tls: 'explicit', certificate: 'self-signed' })
    const run = (...flags: string[]) =>
      runSluice([...flags, 'ls', urlOf(server, '/', 'ftpes')], { place, env: asUser(server) })
    const refused = await run()
    expect(refused.code).toBe(7)
    expect(refused.stderr).toContain(`--fingerprint ${server.fingerprint}`)
    expect(server.commands().join()).not.toContain('USER')
    expect(await run('--fingerprint', server.fingerprint.replaceAll(':', '').toLowerCase())).toMatchObject({ code: 0 })
    expect(await run('--fingerprint', 'ab'.repeat(32))).toMatchObject({ code: 7 })
    expect(await run('--insecure')).toMatchObject({ code: 0, stderr: expect.stringContaining('WARNING') })
  })

  test('--tls decides about a bare host and an ftp:// address, --active about data connections', async () => {
    const place = makePlace()
    const server = await startServer({ tls: 'implicit', certificate: 'self-signed', requireReuse: false })
    const flags = ['--tls', 'implicit', '--fingerprint', server.fingerprint, '--user', server.user]
    const bare = await runSluice([...flags, `${server.host}:${server.port}`, 'ls'], { place, env: asUser(server) })
    expect(bare).toMatchObject({ code: 0 })
    const active = await runSluice([...flags, '--active', 'ls', urlOf(server, '/')], { place, env: asUser(server) })
    expect(active).toMatchObject({ code: 0 })
    expect(server.commands().filter((command) => /^(EPSV|PASV|EPRT|PORT)/.test(command))).toEqual([
      expect.stringMatching(/^EPSV/),
      expect.stringMatching(/^(EPRT|PORT)/),
    ])
    const contradiction = await runSluice([...flags, 'ls', urlOf(server, '/', 'ftpes')], { place, env: asUser(server) })
    expect(contradiction).toMatchObject({ code: 2, stderr: expect.stringContaining('contradict') })
  })

  test('a certificate that was trusted in the window is trusted here', async () => {
    const place = makePlace()
    const server = await startServer({ tls: 'explicit', certificate: 'self-signed' })
    mkdirSync(place.data)
    const pins = { [`${server.host}:${server.port}`]: server.fingerprint }
    writeFileSync(path.join(place.data, 'certificates.json'), JSON.stringify(pins))
    const { code } = await runSluice(['ls', urlOf(server, '/', 'ftpes')], { place, env: asUser(server) })
    expect(code).toBe(0)
  })

  test('a standard output or input as a file is refused, not taken for a name', async () => {
    const place = makePlace()
    const server = await startServer()
    writeFileSync(path.join(server.root, 'a.txt'), 'a')
    const got = await runSluice(['get', urlOf(server, '/a.txt'), '-'], { place, env: asUser(server) })
    expect(got).toMatchObject({ code: 2, stderr: expect.stringMatching(/cat.*\.\/-/) })
    const sent = await runSluice(['put', '-', urlOf(server, '/b.txt')], { place, env: asUser(server), input: 'x' })
    expect(sent).toMatchObject({ code: 2, stderr: expect.stringContaining('./-') })
    expect([readdirSync(place.folder), readdirSync(server.root)]).toEqual([[], ['a.txt']])
  })

  test('what is no file is told, and is no success', async () => {
    const place = makePlace()
    const server = await startServer()
    const url = urlOf(server, '/x')
    const sent = await runSluice(['-q', '--no-scan', 'put', '/dev/zero', url], { place, env: asUser(server) })
    expect(sent).toMatchObject({ code: 1, stderr: expect.stringContaining('is not a file or folder') })
  })

  test('a scanner that cannot start says why', async () => {
    const place = makePlace()
    const server = await startServer()
    put(place, 'a.txt', 'a')
    const PATH = path.dirname(process.execPath)
    const args = ['--engine', 'clamscan', 'put', 'a.txt', urlOf(server, '/')]
    const { code, stderr } = await runSluice(args, { place, env: { ...asUser(server), PATH } })
    expect(code).toBe(4)
    expect(stderr.match(/There is no clamscan here/g)).toHaveLength(1)
  })

  test('a target that exists fails the file and names the flag', async () => {
    const place = makePlace()
    const [server, clamd] = [await startServer(), await startScanner()]
    writeFileSync(path.join(server.root, 'a.txt'), 'theirs')
    put(place, 'a.txt', 'mine')
    const get = (...flags: string[]) =>
      runSluice(['--clamd', clamd.socket, ...flags, 'get', urlOf(server, '/a.txt')], { place, env: asUser(server) })
    expect(await get()).toMatchObject({ code: 1, stderr: expect.stringContaining('--conflict overwrite') })
    expect(readFileSync(path.join(place.folder, 'a.txt'), 'utf8')).toBe('mine')
    expect(await get('--conflict', 'overwrite')).toMatchObject({ code: 0 })
    expect(readFileSync(path.join(place.folder, 'a.txt'), 'utf8')).toBe('theirs')
  })

  test('a script stops at the first command that fails and says where; --keep-going goes on', async () => {
    const place = makePlace()
    const server = await startServer()
    const script = `# a comment\nopen ${urlOf(server)}\nmkdir one\n\ncd nowhere\nmkdir two\n`
    put(place, 'script', script)
    const stopped = await runSluice(['-f', 'script'], { place, env: asUser(server) })
    expect(stopped).toMatchObject({ code: 5, stderr: expect.stringContaining('line 5 of script: cd nowhere') })
    expect(readdirSync(server.root)).toEqual(['one'])
    const others = script.replace('one', 'three')
    expect(await runSluice(['--keep-going'], { place, env: asUser(server), input: others })).toMatchObject({ code: 5 })
    expect(readdirSync(server.root).sort()).toEqual(['one', 'three', 'two'])
  })

  test('commands that make no sense are refused before anybody connects', async () => {
    const place = makePlace()
    const server = await startServer()
    const run = (...args: string[]) => runSluice([urlOf(server), ...args], { place, env: asUser(server) })
    expect(await run('-c', 'ls "a')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sluice: The quote " is not/),
    })
    expect(await run('-f', 'missing')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^sluice: missing cannot be/),
    })
    expect(await run('-f', '.')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^sluice: \. is a folder/) })
    expect(server.commands()).toEqual([])
  })

  test('a password comes from a file or .netrc, and is warned of in an address', async () => {
    const place = makePlace()
    const server = await startServer()
    const bare = `ftp://${server.host}:${server.port}/`
    put(place, 'password', `${server.password}\n`)
    put(place, '../.netrc', `machine ${server.host} login ${server.user} password ${server.password}\n`)
    for (const name of ['password', '../.netrc']) {
      chmodSync(path.join(place.folder, name), 0o600)
    }
    expect(await runSluice(['ls', bare], { place })).toMatchObject({ code: 0 })
    const flags = ['--netrc-file', 'password', '--user', server.user, '--password-file', 'password']
    expect(await runSluice([...flags, 'ls', bare], { place })).toMatchObject({ code: 0 })
    const inAddress = `ftp://${server.user}:${server.password}@${server.host}:${server.port}/`
    const warned = await runSluice(['--verbose', 'ls', inAddress], { place })
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('can be read by every user') })
    expect(warned.stdout + warned.stderr).not.toContain(server.password)
  })

  test('nothing waits for an answer that nobody can give', async () => {
    const place = makePlace()
    const server = await startServer()
    const noPassword = await runSluice(['ls', urlOf(server)], { place, input: null })
    expect(noPassword).toMatchObject({ code: 1, stderr: expect.stringContaining('SLUICE_PASSWORD') })
    const noUser = await runSluice(['ls', `ftp://${server.host}:${server.port}/`], { place, input: null })
    expect(noUser).toMatchObject({ code: 1, stderr: expect.stringContaining('--user') })
  })

  test('a reader that has gone ends it quietly', async () => {
    const place = makePlace()
    const server = await startServer()
    for (let at = 0; at < 3000; at++) writeFileSync(path.join(server.root, `file-${at}`), '')
    const url = urlOf(server, '/')
    const command = `"${process.execPath}" "${ENTRY}" ls "${url}" | head -n 1; echo "code \${PIPESTATUS[0]}"`
    const shell = spawn('bash', ['-c', command], { cwd: place.folder, env: { ...place.env, ...asUser(server) } })
    let stdout = ''
    let stderr = ''
    shell.stdout.on('data', (part) => (stdout += String(part)))
    shell.stderr.on('data', (part) => (stderr += String(part)))
    await once(shell, 'close')
    expect(stdout).toMatch(/^- .*file-0\ncode 141\n$/)
    expect(stderr).not.toMatch(/EPIPE|Error|at |Cancelled/)
  })

  testOnLinux('an output that cannot be written is a failure, not a reader that has gone', async () => {
    const place = makePlace()
    const server = await startServer()
    const command = `"${process.execPath}" "${ENTRY}" pwd "${urlOf(server, '/')}" > /dev/full`
    const shell = spawn('sh', ['-c', command], { cwd: place.folder, env: { ...place.env, ...asUser(server) } })
    let stderr = ''
    shell.stderr.on('data', (part) => (stderr += String(part)))
    await once(shell, 'close')
    expect(shell.exitCode).toBe(1)
    expect(stderr).toContain('cannot be written')
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s during a download puts everything in order and ends with %i', async (signal, code) => {
    const place = makePlace()
    const [server, clamd] = [await startServer({ config: { local_max_rate: '100000' } }), await startScanner()]
    writeFileSync(path.join(server.root, 'big.bin'), Buffer.alloc(20_000_000, 1))
    const args = ['--clamd', clamd.socket, '-c', `get big.bin; lpwd`, urlOf(server)]
    const running = startSluice(args, { place, env: asUser(server), input: null })
    // A part of it is here: the download is under way.
    await vi.waitFor(() => expect(readdirSync(place.folder).some((name) => partOf(place, name) > 0)).toBe(true), {
      timeout: 15_000,
    })
    running.child.kill(signal)
    expect(await running.ended).toMatchObject({ code, stdout: expect.not.stringContaining(place.folder) })
    expect(readdirSync(place.folder)).toEqual([])
  })

  test('the agent goes with its program, even when that is killed while the agent starts', async () => {
    const place = makePlace()
    const [server, clamd] = [await startServer({ config: { local_max_rate: '100000' } }), await startScanner()]
    writeFileSync(path.join(server.root, 'big.bin'), Buffer.alloc(20_000_000, 1))
    const args = ['--clamd', clamd.socket, 'get', urlOf(server, '/big.bin')]
    const running = startSluice(args, { place, env: asUser(server) })
    const agents = (): number[] => agentsOf(running.child.pid ?? 0)
    await vi.waitFor(() => expect(agents()).toHaveLength(1), { timeout: 15_000 })
    const [agent = 0] = agents()
    running.child.kill('SIGKILL')
    await running.ended
    await vi.waitFor(() => expect(existsSync(`/proc/${agent}`)).toBe(false), { timeout: 15_000 })
  })
})

function partOf(place: Place, name: string): number {
  return statSync(path.join(place.folder, name), { throwIfNoEntry: false })?.size ?? 0
}

/** Children of a process, by /proc. */
function agentsOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    try {
      return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === parent
    } catch {
      return false
    }
  })
}
