/** The engine against a real vsftpd, which demands TLS session reuse on data connections. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Entry } from '../../../common/models.ts'
import { describeWith } from '../../../testing/describe-with.ts'
import { startVsftpd, type Vsftpd, type VsftpdOptions } from '../../../testing/vsftpd.ts'
import { FtpClient, type FtpOptions } from '../index.ts'
import { bytesOf, fetchBytes, namesIn } from './connect.ts'

const failsWith = (code: string) => expect.objectContaining({ name: 'SluiceError', code })
const SIZES = [0, 1, 1460, 50_000_000]
const ODD_NAMES = [
  'two  blanks',
  ' leading',
  '-dash',
  '[x]',
  '*?',
  '"quotes"',
  "it's",
  'größe 文 🚰',
  '#$%&;~`',
  'a\\b',
  '{a,b}',
]

async function start(options: VsftpdOptions = {}): Promise<Vsftpd> {
  const server = await startVsftpd(options)
  onTestFinished(() => server.stop())
  return server
}

async function connect(
  server: Vsftpd,
  protocol: FtpOptions['endpoint']['protocol'] = 'ftp',
  options: Partial<FtpOptions> = {},
): Promise<FtpClient> {
  const client = await FtpClient.connect({
    endpoint: { protocol, host: server.host, port: server.port, user: server.user },
    password: server.password,
    dataMode: 'passive',
    ...(server.ca ? { ca: server.ca } : {}),
    ...options,
  })
  onTestFinished(() => client.destroy())
  return client
}

describeWith(['vsftpd', 'pwdfile', 'openssl'], 'vsftpd', () => {
  describe.each([
    ['ftp', 'none'],
    ['ftpes', 'explicit'],
    ['ftps', 'implicit'],
  ] as const)('%s', (protocol, tls) => {
    test.each(['passive', 'active'] as const)('%s: files of all sizes, both ways, byte for byte', async (dataMode) => {
      const server = await start({ tls })
      const client = await connect(server, protocol, { dataMode })
      expect(client.home).toBe('/')
      expect(client.system).toMatch(/UNIX/)
      expect(client.features.has('EPSV')).toBe(true)
      if (protocol === 'ftp') expect(client.tls).toBeNull()
      else expect(client.tls?.fingerprint).toBe(server.fingerprint)
      for (const size of SIZES) {
        const data = randomBytes(size)
        expect(await client.upload(`/${size}`, bytesOf(data), { type: 'binary' })).toEqual({ bytes: size })
        expect(readFileSync(path.join(server.root, String(size))).equals(data)).toBe(true)
        expect((await fetchBytes(client, `/${size}`)).equals(data)).toBe(true)
        expect(await client.size(`/${size}`)).toBe(size)
      }
      expect(server.commands().includes('EPSV')).toBe(dataMode === 'passive')
      expect(server.commands().some((line) => line.startsWith('PORT '))).toBe(dataMode === 'active')
    })

    test('many small files, one after another', async () => {
      const server = await start({ tls })
      const client = await connect(server, protocol)
      for (let number = 0; number < 40; number += 1) {
        const data = randomBytes(4096)
        await client.upload('/small', bytesOf(data), { type: 'binary' })
        // A TLS 1.3 server that is reset by us would keep a short file.
        expect(statSync(path.join(server.root, 'small')).size).toBe(data.length)
        expect((await fetchBytes(client, '/small')).equals(data)).toBe(true)
      }
    })

    // Without close_notify vsftpd answers 426, which happened to a quarter of them.
    test('many empty files, each ended properly', async () => {
      const server = await start({ tls })
      const client = await connect(server, protocol)
      for (let number = 0; number < 40; number += 1) {
        expect(await client.upload('/empty', bytesOf(Buffer.alloc(0)), { type: 'binary' })).toEqual({ bytes: 0 })
      }
      expect(statSync(path.join(server.root, 'empty')).size).toBe(0)
    })

    test('the server dies in the middle of a download', async () => {
      const server = await start({ tls })
      writeFileSync(path.join(server.root, 'large'), Buffer.alloc(64 * 1024 * 1024, 'k'))
      const client = await connect(server, protocol)
      let killed = false
      const downloading = client.download(
        '/large',
        () => {
          if (!killed) server.kill()
          killed = true
        },
        { type: 'binary' },
      )
      await expect(downloading).rejects.toEqual(failsWith('connection-lost'))
      expect(await client.closed).toEqual(failsWith('connection-lost'))
    })

    test('the server dies in the middle of an upload', async () => {
      const server = await start({ tls })
      const client = await connect(server, protocol)
      const source = async function* () {
        const chunk = Buffer.alloc(1024 * 1024, 'k')
        for (let count = 0; ; count += 1) {
          if (count === 8) server.kill()
          yield chunk
        }
      }
      await expect(client.upload('/large', source(), { type: 'binary' })).rejects.toEqual(failsWith('connection-lost'))
    })
  })

  test('session reuse is what makes TLS data connections work: the server demands it', async () => {
    const server = await start({ tls: 'explicit', requireReuse: true, config: { debug_ssl: 'YES' } })
    const client = await connect(server, 'ftpes')
    await client.upload('/a', bytesOf(Buffer.from('a')), { type: 'binary' })
    expect(server.log()).toMatch(/, reused/)
  })

  test('10,000 entries, in batches', async () => {
    const server = await start()
    mkdirSync(path.join(server.root, 'many'))
    for (let number = 0; number < 10_000; number += 1)
      writeFileSync(path.join(server.root, 'many', `file ${number}`), '')
    const client = await connect(server)
    const names = new Set<string>()
    let batches = 0
    for await (const batch of client.list('/many')) {
      batches += 1
      for (const entry of batch) {
        names.add(entry.name)
        expect(entry).toMatchObject({ type: 'file', size: 0 })
      }
    }
    expect(names.size).toBe(10_000)
    expect(names.has('file 9999')).toBe(true)
    expect(batches).toBeGreaterThan(1)
  })

  test('odd names: written, listed, looked up, renamed, read, deleted', async () => {
    const server = await start()
    const client = await connect(server)
    for (const name of ODD_NAMES) {
      const folder = `/${name} folder`
      await client.mkdir(folder)
      expect(statSync(path.join(server.root, folder)).isDirectory()).toBe(true)
      expect(await namesIn(client, folder)).toEqual([])
      const data = randomBytes(100)
      await client.upload(`${folder}/new`, bytesOf(data), { type: 'binary' })
      await client.rename(`${folder}/new`, `${folder}/${name}`)
      expect(await namesIn(client, folder)).toEqual([name])
      expect(await client.stat1(`${folder}/${name}`)).toMatchObject({ name, type: 'file', size: 100 })
      expect(await client.stat1(folder)).toMatchObject({ name: `${name} folder`, type: 'dir' })
      expect((await fetchBytes(client, `${folder}/${name}`)).equals(data)).toBe(true)
      await client.remove(`${folder}/${name}`)
      await client.rmdir(folder)
      expect(existsSync(path.join(server.root, folder))).toBe(false)
    }
    expect(await client.stat1('/no such thing')).toBeNull()
    expect(await client.stat1('/no such folder/thing')).toBeNull()
    expect(await client.size('/no such thing')).toBeNull()
  })

  test('names that begin with a dot are listed', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, '.hidden'), '')
    expect(await namesIn(await connect(server), '/')).toEqual(['.hidden'])
  })

  test('folders: where we are, up, relative paths', async () => {
    const server = await start()
    mkdirSync(path.join(server.root, 'a/b "c"'), { recursive: true })
    const client = await connect(server)
    await client.cwd('/a/b "c"')
    expect(await client.pwd()).toBe('/a/b "c"')
    await namesIn(client, '/')
    await client.upload('here', bytesOf(Buffer.from('x')), { type: 'binary' })
    expect(readdirSync(path.join(server.root, 'a/b "c"'))).toEqual(['here'])
    await client.cdup()
    expect(await client.pwd()).toBe('/a')
    await expect(client.cwd('/nowhere')).rejects.toEqual(failsWith('not-found'))
    await expect(namesIn(client, '/nowhere')).rejects.toEqual(failsWith('not-found'))
    expect(await client.stat()).toContain('FTP server status')
    expect((await client.command('NOOP')).code).toBe(200)
  })

  test('permissions are changed by SITE CHMOD', async () => {
    const server = await start()
    const file = path.join(server.root, 'two words')
    writeFileSync(file, 'x')
    const client = await connect(server)
    await client.chmod('/two words', '600')
    expect(statSync(file).mode & 0o7777).toBe(0o600)
    await client.chmod('/two words', '0644')
    expect(statSync(file).mode & 0o7777).toBe(0o644)
    await expect(client.chmod('/nowhere', '600')).rejects.toMatchObject({ reply: { code: 550 } })
    for (const mode of ['', '64', '888', 'u+x', '06440', '644 /other']) {
      await expect(client.chmod('/two words', mode)).rejects.toEqual(failsWith('bad-argument'))
    }
    await expect(client.chmod('/a\r\nDELE /two words', '600')).rejects.toEqual(failsWith('illegal-characters'))
    expect(server.commands().filter((line) => line.startsWith('SITE'))).toHaveLength(3)
    expect(existsSync(file)).toBe(true)
  })

  test('a listing gives the lines as the server sent them, when asked', async () => {
    const server = await start()
    writeFileSync(path.join(server.root, 'a b'), 'abc')
    const client = await connect(server)
    const entriesOf = async (options: { raw?: boolean }) => {
      const entries: Entry[] = []
      for await (const batch of client.list('/', options)) entries.push(...batch)
      return entries
    }
    const [entry] = await entriesOf({ raw: true })
    expect(entry?.raw).toMatch(/^-rw.* 3 .* a b$/)
    expect(await entriesOf({})).toEqual([expect.not.objectContaining({ raw: expect.anything() })])
  })

  test('tells whose certificate protects it', async () => {
    const server = await start({ tls: 'explicit' })
    const { tls } = await connect(server, 'ftpes')
    expect(tls).toEqual({
      version: expect.stringMatching(/^TLSv1\.[23]$/),
      cipher: expect.any(String),
      fingerprint: server.fingerprint,
      subject: 'O=Sluice tests, CN=localhost',
      issuer: 'O=Sluice tests, CN=Sluice test authority',
      validFrom: expect.any(Number),
      validTo: expect.any(Number),
    })
    expect(tls?.validTo).toBeGreaterThan(Date.now())
  })

  test('going on where a download or an upload stopped, and adding to a file', async () => {
    const server = await start()
    const client = await connect(server)
    const data = randomBytes(300_000)
    await client.upload('/a', bytesOf(data.subarray(0, 100_000)), { type: 'binary' })
    await client.upload('/a', bytesOf(data.subarray(100_000, 200_000)), { type: 'binary', offset: 100_000 })
    await client.append('/a', bytesOf(data.subarray(200_000)), { type: 'binary' })
    expect(readFileSync(path.join(server.root, 'a')).equals(data)).toBe(true)
    expect((await fetchBytes(client, '/a', { offset: 123_456 })).equals(data.subarray(123_456))).toBe(true)
    const time = await client.modified('/a')
    expect(Math.abs((time ?? 0) - statSync(path.join(server.root, 'a')).mtimeMs)).toBeLessThan(1000)
  })

  test.each(['ftp', 'ftpes'] as const)('%s: a download cancelled in the middle, and going on', async (protocol) => {
    const server = await start({ tls: protocol === 'ftp' ? 'none' : 'explicit' })
    writeFileSync(path.join(server.root, 'large'), Buffer.alloc(64 * 1024 * 1024, 'k'))
    writeFileSync(path.join(server.root, 'small'), 'small')
    const client = await connect(server, protocol)
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController()
      const downloading = client.download('/large', () => controller.abort(), {
        type: 'binary',
        signal: controller.signal,
      })
      await expect(downloading).rejects.toEqual(failsWith('cancelled'))
      expect((await fetchBytes(client, '/small')).toString()).toBe('small')
    }
    expect(client.isOpen).toBe(true)
    // A TLS connection is ended in order first, and a slow machine's server may notice before it is told.
    if (protocol === 'ftp') expect(server.commands()).toContain('ABOR')
  })

  // vsftpd ends the session, in clear, when a data connection's handshake is cut or close_notify is missing.
  test.each(['passive', 'active'] as const)(
    'ftpes, %s: cancelled while TLS begins, the session lives on',
    async (dataMode) => {
      const server = await start({ tls: 'explicit' })
      writeFileSync(path.join(server.root, 'large'), Buffer.alloc(8 * 1024 * 1024, 'k'))
      const moments = [/^(LIST|RETR|STOR) ?/, /^150 /]
      for (const moment of moments) {
        let controller = new AbortController()
        const onLine = ({ text }: { text: string }) => {
          if (moment.test(text)) controller.abort()
        }
        const client = await connect(server, 'ftpes', { dataMode, onLine })
        const { signal } = controller
        await expect(client.list('/', { signal }).next()).rejects.toEqual(failsWith('cancelled'))
        controller = new AbortController()
        const downloading = client.download('/large', () => undefined, { type: 'binary', signal: controller.signal })
        await expect(downloading).rejects.toEqual(failsWith('cancelled'))
        controller = new AbortController()
        const source = bytesOf(Buffer.alloc(1000))
        const uploading = client.upload('/up', source, { type: 'binary', signal: controller.signal })
        await expect(uploading).rejects.toEqual(failsWith('cancelled'))
        controller = new AbortController()
        await client.noop()
        expect(client.isOpen).toBe(true)
      }
    },
  )

  test('an upload cancelled in the middle, and going on', async () => {
    const server = await start()
    const client = await connect(server)
    const controller = new AbortController()
    const uploading = client.upload('/a', bytesOf(Buffer.alloc(64 * 1024 * 1024)), {
      type: 'binary',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(uploading).rejects.toEqual(failsWith('cancelled'))
    await client.remove('/a')
    expect(client.isOpen).toBe(true)
  })

  test('wrong password', async () => {
    const server = await start()
    await expect(connect(server, 'ftp', { password: 'wrong' })).rejects.toMatchObject({
      code: 'login-refused',
      reply: { code: 530 },
    })
  })

  test('a password is needed over TLS only: plain FTP is refused by the server, not by us', async () => {
    const server = await start({ tls: 'explicit' })
    await expect(connect(server, 'ftp')).rejects.toEqual(failsWith('login-refused'))
  })

  test('TLS that the server does not have', async () => {
    const server = await start()
    await expect(connect(server, 'ftpes')).rejects.toEqual(failsWith('tls-refused'))
    expect(server.commands().join()).not.toContain('PASS')
  })

  test('refusals say what they mean', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'sluice-refusals-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    chmodSync(root, 0o755)
    const server = await start({ root, config: { guest_username: 'ftp' } })
    writeFileSync(path.join(server.root, 'secret'), 'x', { mode: 0o600 })
    const client = await connect(server)
    await expect(fetchBytes(client, '/nothing')).rejects.toBeInstanceOf(Error)
    await expect(fetchBytes(client, '/secret', { size: null })).rejects.toMatchObject({ reply: { code: 550 } })
    await expect(client.mkdir('/new')).rejects.toMatchObject({ code: 'ftp-refused', reply: { code: 550 } })
    await expect(client.upload('/new', bytesOf(Buffer.from('x')), { type: 'binary' })).rejects.toEqual(
      failsWith('name-refused'),
    )
    await client.noop()
  })

  test('nothing listens', async () => {
    const server = await start()
    server.kill()
    await expect(connect(server)).rejects.toEqual(failsWith('connect-failed'))
  })

  test('a name that does not exist', async () => {
    const server = await start()
    await expect(connect({ ...server, host: 'nowhere.invalid' as '127.0.0.1' })).rejects.toEqual(
      failsWith('host-not-found'),
    )
  })
})
