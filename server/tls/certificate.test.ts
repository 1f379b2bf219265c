import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkServerIdentity, connect as connectTls, TLSSocket, type SecureContext, type SecureVersion } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serverCertificate } from '../../testing/certificates.ts'
import { testOnPosix } from '../../testing/test-unless.ts'
import { openCertificate, type CertificateHolder, type CertificateOptions } from './index.ts'
import { makeCertificate } from './make-certificate.ts'

/** Looks by itself would only race the tests' own. */
const NEVER = 2 ** 31 - 1

function freshFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-certificate-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function open(options: Partial<CertificateOptions> = {}): Promise<CertificateHolder> {
  const holder = await openCertificate({
    folder: options.folder ?? freshFolder(),
    certificateFile: '',
    keyFile: '',
    lookEvery: NEVER,
    ...options,
  })
  onTestFinished(() => holder.dispose())
  return holder
}

/** The user's own pair in files; `put` replaces it. */
function ownFiles() {
  const folder = freshFolder()
  const certificateFile = path.join(folder, 'server.crt')
  const keyFile = path.join(folder, 'server.key')
  const put = (pair: { cert: string; key: string }): void => {
    writeFileSync(certificateFile, pair.cert)
    writeFileSync(keyFile, pair.key)
  }
  put(serverCertificate('valid'))
  return { certificateFile, keyFile, put }
}

test('the first start makes a certificate for this computer, later ones keep it', async () => {
  const folder = path.join(freshFolder(), 'not', 'there', 'yet')
  const holder = await open({ folder })
  const { cert, fingerprint } = holder.current()
  const certificate = new X509Certificate(cert)
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  expect(certificate.checkHost('localhost')).toBe('localhost')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.subjectAltName).toContain('IP Address:0:0:0:0:0:0:0:1')
  expect(certificate.checkIssued(certificate)).toBe(true)
  expect((certificate.validToDate.getTime() - Date.now()) / (365 * 86_400_000)).toBeCloseTo(10, 1)
  expect(certificate.fingerprint256).toBe(fingerprint)
  expect(readdirSync(folder)).toEqual(['certificate.pem'])
  const again = await open({ folder })
  expect(again.current().fingerprint).toBe(fingerprint)
})

testOnPosix('only the owner may read the key', async () => {
  const folder = freshFolder()
  await open({ folder })
  expect(statSync(path.join(folder, 'certificate.pem')).mode & 0o777).toBe(0o600)
})

test('a certificate of ours that is broken or has expired is made anew', async () => {
  const folder = freshFolder()
  const file = path.join(folder, 'certificate.pem')
  for (const useless of ['', 'rubbish', await makeCertificate(Date.now() - 11 * 365 * 86_400_000)]) {
    writeFileSync(file, useless)
    const holder = await open({ folder })
    expect(readFileSync(file, 'utf8')).not.toBe(useless)
    expect(new X509Certificate(holder.current().cert).validToDate.getTime()).toBeGreaterThan(Date.now())
  }
})

test("the user's own pair is used, and none is made", async () => {
  const folder = freshFolder()
  const holder = await open({ folder, ...ownFiles() })
  expect(holder.current().fingerprint).toBe(serverCertificate('valid').fingerprint)
  expect(readdirSync(folder)).toEqual([])
})

test("the user's own pair is refused at the start with the reason when it is no good", async () => {
  const own = ownFiles()
  const refused = async (): Promise<string> =>
    openCertificate({ folder: freshFolder(), ...own, lookEvery: NEVER }).then(
      () => 'was taken',
      (error: Error) => error.message,
    )
  own.put({ cert: serverCertificate('valid').cert, key: serverCertificate('self-signed').key })
  expect(await refused()).toMatch(/key in .*server\.key is not that of the certificate/)
  own.put(serverCertificate('expired'))
  expect(await refused()).toMatch(/server\.crt has expired on/)
  own.put({ cert: 'nothing', key: serverCertificate('valid').key })
  expect(await refused()).toMatch(/server\.crt holds no certificate/)
  own.put({ cert: serverCertificate('valid').cert, key: 'nothing' })
  expect(await refused()).toMatch(/server\.key holds no key/)
  rmSync(own.keyFile)
  expect(await refused()).toMatch(/server\.key cannot be read/)
})

test('files that change are used when they fit together, else the old ones stay and it is told', async () => {
  const own = ownFiles()
  const holder = await open(own)
  const changed = vi.fn<() => void>()
  const problem = vi.fn<(message: string) => void>()
  holder.onChange(changed)
  holder.onProblem(problem)
  const old = holder.current()

  await holder.reload()
  expect(changed).not.toHaveBeenCalled()

  const next = serverCertificate('self-signed')
  writeFileSync(own.certificateFile, next.cert)
  await holder.reload()
  expect(holder.current()).toBe(old)
  expect(problem).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/not that of the certificate.*kept/))

  writeFileSync(own.keyFile, next.key)
  await holder.reload()
  expect(holder.current().fingerprint).toBe(next.fingerprint)
  expect(changed).toHaveBeenCalledOnce()

  own.put(serverCertificate('expired'))
  await holder.reload()
  expect(problem).toHaveBeenLastCalledWith(expect.stringMatching(/expired/))
  rmSync(own.certificateFile)
  await holder.reload()
  expect(problem).toHaveBeenLastCalledWith(expect.stringMatching(/cannot be read/))
  expect(holder.current().fingerprint).toBe(next.fingerprint)
})

test('a change is noticed without being asked, also behind links', async () => {
  const own = ownFiles()
  const next = ownFiles()
  next.put(serverCertificate('self-signed'))
  const folder = freshFolder()
  const links = { certificateFile: path.join(folder, 'live.crt'), keyFile: path.join(folder, 'live.key') }
  const point = (to: typeof own): void => {
    for (const name of ['certificateFile', 'keyFile'] as const) {
      rmSync(links[name], { force: true })
      symlinkSync(to[name], links[name])
    }
  }
  point(own)
  const holder = await open({ ...links, lookEvery: 10 })
  const changed = new Promise<void>((resolve) => holder.onChange(resolve))
  point(next)
  await changed
  expect(holder.current().fingerprint).toBe(serverCertificate('self-signed').fingerprint)
})

test('a pair that is caught half written is no problem yet, one that stays bad is told once', async () => {
  const own = ownFiles()
  const holder = await open({ ...own, lookEvery: 10 })
  const messages: string[] = []
  const told = new Promise<void>((resolve) => {
    holder.onProblem((message) => {
      messages.push(message)
      resolve()
    })
  })
  writeFileSync(own.keyFile, serverCertificate('self-signed').key)
  await told
  const changed = new Promise<void>((resolve) => holder.onChange(resolve))
  writeFileSync(own.certificateFile, serverCertificate('self-signed').cert)
  await changed
  expect(messages).toHaveLength(1)
})

test('one that expires while it is in use is told once', async () => {
  const own = ownFiles()
  let now = Date.now()
  const holder = await open({ ...own, lookEvery: 5, now: () => now })
  const messages: string[] = []
  holder.onProblem((message) => void messages.push(message))
  await holder.reload()
  expect(messages).toEqual([])
  now = holder.current().validTo
  await expect.poll(() => messages.length).toBe(1)
  await holder.reload()
  expect(messages).toEqual([expect.stringMatching(/has expired.*renew it/)])
  expect(messages[0]).toContain(own.certificateFile)
})

/** One connection between a client that trusts the certificate and brings a TLS session, and a server with the context. */
async function meet(
  { context, ca }: { context: SecureContext; ca: string },
  maxVersion: SecureVersion,
  session?: Buffer,
): Promise<{ reused: { server: boolean; client: boolean }; session: Buffer; protocol: string | null }> {
  const listener = createServer()
  onTestFinished(() => void listener.close())
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const { port } = listener.address() as AddressInfo
  const raw = connect(port, '127.0.0.1')
  const [accepted] = (await once(listener, 'connection')) as [Socket]
  const server = new TLSSocket(accepted, { isServer: true, secureContext: context })
  const client = connectTls({
    socket: raw,
    ca,
    checkServerIdentity: (_host, certificate) => checkServerIdentity('127.0.0.1', certificate),
    minVersion: maxVersion,
    maxVersion,
    ...(session === undefined ? {} : { session }),
  })
  let ticket: Buffer | undefined
  client.on('session', (given: Buffer) => (ticket = given))
  const secure = Promise.all([once(server, 'secure'), once(client, 'secureConnect')])
  await secure
  const reused = { server: server.isSessionReused(), client: client.isSessionReused() }
  const protocol = server.getProtocol()
  // Tickets of TLS 1.3 come behind the handshake, before the first bytes.
  server.end('x')
  client.resume()
  client.end()
  await Promise.all([once(client, 'close'), once(server.resume(), 'close')])
  listener.close()
  return { reused, session: ticket ?? client.getSession() ?? Buffer.alloc(0), protocol }
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a %s session is resumed on its own context and on no other',
  async (version) => {
    const holder = await open()
    const { cert: ca } = holder.current()
    const [own, other] = [
      { context: holder.context(), ca },
      { context: holder.context(), ca },
    ]
    const first = await meet(own, version)
    expect(first).toMatchObject({ protocol: version, reused: { server: false, client: false } })
    expect(first.session.length).toBeGreaterThan(0)
    expect((await meet(own, version, first.session)).reused).toEqual({ server: true, client: true })
    expect((await meet(other, version, first.session)).reused).toEqual({ server: false, client: false })
  },
)

test('TLS 1.1 is refused', async () => {
  const holder = await open()
  const listener = createServer()
  onTestFinished(() => void listener.close())
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const { port } = listener.address() as AddressInfo
  const client = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  const failed = once(client, 'error')
  const [accepted] = (await once(listener, 'connection')) as [Socket]
  const server = new TLSSocket(accepted, { isServer: true, secureContext: holder.context() })
  server.on('error', () => undefined)
  expect(String((await failed)[0])).toMatch(/protocol|version/i)
  server.destroy()
  client.destroy()
})

test('a thousand contexts cost less than a second and 100 MB', async () => {
  const holder = await open()
  holder.context()
  const memory = process.memoryUsage().rss
  const cpu = process.cpuUsage()
  const contexts = Array.from({ length: 1000 }, () => holder.context())
  const { user, system } = process.cpuUsage(cpu)
  expect(contexts).toHaveLength(1000)
  expect((user + system) / 1e6).toBeLessThan(1)
  expect(process.memoryUsage().rss - memory).toBeLessThan(100e6)
})
