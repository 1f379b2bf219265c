import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { askClamd, startClamd, type Clamd, type ClamdOptions } from './clamd.ts'
import { describeWith } from './describe-with.ts'
import { eicar, EICAR_SIGNATURE } from './eicar.ts'
import { startMariadb } from './mariadb.ts'
import { findPeer, peer, peersAreRequired, rootPrefix, whyWithout } from './peers.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from './vsftpd.ts'

const run = promisify(execFile)

async function vsftpd(options?: VsftpdOptions): Promise<Vsftpd> {
  const server = await startVsftpd(options)
  onTestFinished(() => server.stop())
  return server
}

async function clamd(options?: ClamdOptions): Promise<Clamd> {
  const daemon = await startClamd(options)
  onTestFinished(() => daemon.stop())
  return daemon
}

async function curl(server: Vsftpd, target: string, ...args: string[]): Promise<string> {
  const common = ['-sS', '--max-time', '20', '--user', `${server.user}:${server.password}`]
  const scheme = args.includes('--implicit') ? 'ftps' : 'ftp'
  const rest = args.filter((arg) => arg !== '--implicit')
  const { stdout } = await run(peer('curl'), [...common, ...rest, `${scheme}://127.0.0.1:${server.port}${target}`])
  return stdout
}

async function instream(daemon: Clamd, ...parts: Buffer[]): Promise<string> {
  const socket = connect(daemon.path)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(Buffer.concat([Buffer.from('zINSTREAM\0'), ...parts]))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('utf8')
}

/** One chunk and the end of the stream, as clamd's INSTREAM wants them. */
function stream(bytes: Buffer): Buffer {
  return Buffer.concat([length(bytes.length), bytes, length(0)])
}

function length(bytes: number): Buffer {
  const field = Buffer.alloc(4)
  field.writeUInt32BE(bytes)
  return field
}

describeWith(['vsftpd', 'pwdfile', 'openssl', 'curl'], 'vsftpd', () => {
  test('lists, sends and takes files, and logs every command', async () => {
    const server = await vsftpd()
    writeFileSync(path.join(server.root, 'down.txt'), 'down')
    mkdirSync(path.join(server.root, 'größe'))
    expect(await curl(server, '/')).toContain('größe')
    expect(await curl(server, '/down.txt')).toBe('down')
    const source = path.join(server.root, '..', 'source.bin')
    writeFileSync(source, Buffer.from([0, 13, 10, 255]))
    await curl(server, '/gr%C3%B6%C3%9Fe/up.bin', '-T', source)
    expect(readFileSync(path.join(server.root, 'größe', 'up.bin'))).toEqual(Buffer.from([0, 13, 10, 255]))
    expect(server.commands()).toContain('RETR down.txt')
    expect(server.commands()).toContain('STOR up.bin')
    expect(server.log()).not.toContain(server.password)
  })

  test('active mode works', async () => {
    const server = await vsftpd()
    writeFileSync(path.join(server.root, 'a'), 'active')
    expect(await curl(server, '/a', '--ftp-port', '-')).toBe('active')
  })

  test('refuses a wrong password, at once', async () => {
    const server = await vsftpd()
    const login = run(peer('curl'), ['-sS', '--user', `${server.user}:wrong`, `ftp://127.0.0.1:${server.port}/`])
    await expect(login).rejects.toMatchObject({ code: 67 })
  })

  test('several instances have their own accounts and folders', async () => {
    const [one, two] = await Promise.all([vsftpd(), vsftpd({ users: [{ name: 'zoe.2', password: 'pa:ss ü' }] })])
    writeFileSync(path.join(one.root, 'one'), '')
    writeFileSync(path.join(two.root, 'two'), '')
    expect(await curl(one, '/', '--list-only')).toBe('one\n')
    expect(await curl(two, '/', '--list-only')).toBe('two\n')
    const foreign = run(peer('curl'), ['-sS', '--user', `${one.user}:${one.password}`, `ftp://127.0.0.1:${two.port}/`])
    await expect(foreign).rejects.toMatchObject({ code: 67 })
  })

  test('explicit TLS verifies against our authority and with nothing else', async () => {
    const server = await vsftpd({ tls: 'explicit' })
    writeFileSync(path.join(server.root, 'a'), 'tls')
    expect(await curl(server, '/a', '--ssl-reqd', '--cacert', server.caFile)).toBe('tls')
    await expect(curl(server, '/a', '--ssl-reqd')).rejects.toMatchObject({ code: 60 })
    await expect(curl(server, '/a')).rejects.toThrow(/530/)
    expect(server.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  test('implicit TLS', async () => {
    const server = await vsftpd({ tls: 'implicit' })
    writeFileSync(path.join(server.root, 'a'), 'tls')
    expect(await curl(server, '/a', '--implicit', '--cacert', server.caFile)).toBe('tls')
  })

  test('requires TLS session reuse on data connections unless told otherwise', async () => {
    const strict = await vsftpd({ tls: 'explicit' })
    const lenient = await vsftpd({ tls: 'explicit', requireReuse: false })
    const flags = ['--ssl-reqd', '--insecure', '--no-sessionid']
    writeFileSync(path.join(strict.root, 'a'), 'a')
    writeFileSync(path.join(lenient.root, 'a'), 'a')
    await expect(curl(strict, '/a', ...flags)).rejects.toThrow()
    // curl gives up as soon as the data connection is closed; vsftpd writes its reply after that.
    await expect.poll(() => strict.log()).toContain('522 SSL connection failed')
    expect(await curl(lenient, '/a', ...flags)).toBe('a')
  })

  test.for(['self-signed', 'wrong-name', 'expired'] as const)(
    'a %s certificate does not verify',
    async (certificate) => {
      const server = await vsftpd({ tls: 'explicit', certificate })
      await expect(curl(server, '/', '--ssl-reqd', '--cacert', server.caFile)).rejects.toMatchObject({ code: 60 })
      expect(await curl(server, '/', '--ssl-reqd', '--insecure')).toBe('')
    },
  )

  test('what a killed test process left behind is removed by the next', async () => {
    const ended = spawnSync(process.execPath, ['--version'])
    const stale = `/etc/pam.d/sluice-test-${ended.pid}-0`
    const asRoot = rootPrefix() ?? []
    expect(spawnSync([...asRoot, 'touch', stale].join(' '), { shell: true }).status).toBe(0)
    await vsftpd()
    expect(existsSync(stale)).toBe(false)
  })

  test('kill() ends sessions and the listener; stop() leaves nothing', async () => {
    const server = await startVsftpd()
    onTestFinished(() => server.stop())
    const control = connect(server.port, '127.0.0.1')
    control.on('error', () => undefined)
    await once(control, 'data')
    expect(server.sessions).toBe(1)
    server.kill()
    await new Promise((resolve) => control.once('close', resolve))
    const again = connect(server.port, '127.0.0.1')
    await expect(once(again, 'connect')).rejects.toThrow(/ECONNREFUSED/)
    await server.stop()
    await server.stop()
    expect(server.sessions).toBe(0)
    expect(existsSync(server.root)).toBe(false)
  })
})

describeWith(['clamd'], 'clamd', () => {
  test('finds EICAR by INSTREAM and nothing else', async () => {
    const daemon = await clamd()
    expect(await instream(daemon, stream(eicar()))).toBe(`stream: ${EICAR_SIGNATURE} FOUND\0`)
    expect(await instream(daemon, stream(Buffer.from('harmless')))).toBe('stream: OK\0')
    expect(await askClamd(daemon.path, 'VERSION')).toMatch(/^ClamAV \d/)
  })

  test('options reach it: stream limit and signatures', async () => {
    const daemon = await clamd({ config: { StreamMaxLength: '1K' }, signatures: ['Test.Mark:0:*:6d61726b6d61726b'] })
    expect(await instream(daemon, stream(Buffer.from('with markmark inside')))).toContain('Test.Mark.UNOFFICIAL FOUND')
    // The length alone: bytes that clamd leaves unread would turn its answer into a reset.
    expect(await instream(daemon, length(4096))).toContain('INSTREAM size limit exceeded')
  })

  test('kill() breaks connections, stop() removes its folder', async () => {
    const daemon = await clamd()
    const socket = connect(daemon.path)
    // A reset or an end: both are a broken connection.
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    daemon.kill()
    await new Promise((resolve) => socket.once('close', resolve))
    await daemon.stop()
    await daemon.stop()
    expect(existsSync(path.dirname(daemon.path))).toBe(false)
  })

  test('a configuration it does not take is told in its own words', async () => {
    await expect(startClamd({ config: { NoSuchOption: 'yes' } })).rejects.toThrow(/NoSuchOption/i)
  })
})

describeWith(['mariadb'], 'mariadb', () => {
  test('databases are fresh, survive kill() and restart(), and stop() leaves nothing', async () => {
    const server = await startMariadb({ port: true })
    onTestFinished(() => server.stop())
    const [one, two] = [server.newDatabase(), server.newDatabase()].map((spec) => new URL(spec).pathname.slice(1))
    server.sql('CREATE TABLE t (a INT); INSERT INTO t VALUES (7)', one)
    expect(server.sql('SHOW TABLES', two)).toBe('')
    const { pid, socket, port } = server
    await server.kill()
    expect(() => server.sql('SELECT 1')).toThrow(/connect/)
    await server.restart()
    expect(server.pid).not.toBe(pid)
    expect(server.sql('SELECT a FROM t', one)).toBe('7')
    const client = connect(port, '127.0.0.1')
    await once(client, 'data')
    client.destroy()
    await server.stop()
    await server.stop()
    expect(existsSync(path.dirname(socket))).toBe(false)
  })
})

test('a missing peer is named with its package', () => {
  expect(findPeer('openssl')).toMatch(/openssl/)
  expect(whyWithout('openssl')).toBeNull()
})

test('a missing peer fails on Linux build machines alone: hosted services set CI on every system', () => {
  const { platform } = process
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }))
  const required = (system: NodeJS.Platform, ci: string): boolean => {
    Object.defineProperty(process, 'platform', { value: system })
    vi.stubEnv('CI', ci)
    return peersAreRequired()
  }
  expect(required('linux', 'true')).toBe(true)
  expect(required('linux', '')).toBe(false)
  expect(required('darwin', 'true')).toBe(false)
  expect(required('win32', 'true')).toBe(false)
})
