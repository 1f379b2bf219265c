/** Our own FTP server for one test, in this process: fresh folders, a database in memory, a port nobody guesses. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { z } from 'zod'
import { ACCOUNT_DEFAULTS, shareConfigSchema, type NewAccount } from '../common/share.ts'
import {
  createFtpServer,
  openCertificate,
  openShareDatabase,
  type CertificateHolder,
  type FtpServer,
  type FtpServerOptions,
  type ShareDatabase,
} from '../server/index.ts'
import { serverCertificate } from './certificates.ts'

export interface TestFtpServerOptions {
  /**
   * What is left out: loopback, free ports, TLS allowed but not required, and so many connections, logins and failures
   * that only a test of limits meets them.
   */
  config?: Omit<z.input<typeof shareConfigSchema>, 'root' | 'scan'>
  /**
   * Default: one writer "sluice". What an account leaves out: a random password, and a folder of its own with its name
   * where there are several.
   */
  accounts?: readonly (Pick<NewAccount, 'name'> & Partial<NewAccount>)[]
  /** Serve this folder instead of a fresh one; it is not removed at the end. */
  root?: string
  /** Absent or null: nobody looks at uploads. It stays the test's own. */
  gate?: FtpServerOptions['gate']
  onLine?: FtpServerOptions['onLine']
  /** What its limits go by. */
  clock?: FtpServerOptions['clock']
}

export interface TestFtpServer {
  readonly server: FtpServer
  readonly database: ShareDatabase
  readonly certificate: CertificateHolder
  readonly host: string
  /** Plain and explicit TLS. */
  readonly port: number
  /** TLS from the first byte; null unless the configuration has one (0: any free port). */
  readonly implicitPort: number | null
  /** Of the first account. */
  readonly user: string
  readonly password: string
  readonly passwords: Readonly<Record<string, string>>
  /** The served folder on disk: that of the only account, or the one that holds those of all. */
  readonly root: string
  /** The authority that signed the certificate, for 127.0.0.1 and localhost: PEM and its file. */
  readonly ca: string
  readonly caFile: string
  readonly fingerprint: string
  /** The protocol so far, as `onLine` tells it: "1 < USER sluice", "1 > 331 ...". */
  lines(): readonly string[]
  /** What the person who runs the server would have been told. */
  problems(): readonly string[]
  /** Ends it and removes every trace. Safe to call twice. */
  stop(): Promise<void>
}

/** Test logins must not wait for a slow hash. */
const CHEAP = { N: 2, r: 1, p: 1 }

/** Starts it; the test sees to `stop`. @throws Error when openssl is missing; SluiceError as the server does */
export async function startFtpServer(options: TestFtpServerOptions = {}): Promise<TestFtpServer> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-server-')))
  const ending: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })]
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => (stopping ??= endAll(ending))
  try {
    return await build(options, folder, ending, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function endAll(ending: (() => Promise<void> | void)[]): Promise<void> {
  for (const end of ending.toReversed()) await end()
}

async function build(
  options: TestFtpServerOptions,
  folder: string,
  ending: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<TestFtpServer> {
  const root = options.root === undefined ? path.join(folder, 'root') : realpathSync(options.root)
  mkdirSync(root, { recursive: true })
  const pair = serverCertificate('valid')
  const files = { certificateFile: path.join(folder, 'server.crt'), keyFile: path.join(folder, 'server.key') }
  const caFile = path.join(folder, 'ca.crt')
  writeFileSync(files.certificateFile, pair.cert)
  writeFileSync(files.keyFile, pair.key)
  writeFileSync(caFile, pair.ca)
  const certificate = await openCertificate({ folder, ...files })
  ending.push(() => certificate.dispose())
  const database = await openShareDatabase('sqlite::memory:', { cost: CHEAP })
  ending.push(() => database.close())

  const accounts = completeAccounts(options.accounts ?? [{ name: 'sluice', role: 'writer' }], root)
  for (const account of accounts) {
    mkdirSync(account.root, { recursive: true })
    await database.accounts.add(account)
  }
  const gate = options.gate ?? null
  const config = shareConfigSchema.parse({
    port: 0,
    ...options.config,
    root,
    scan: gate !== null,
    tls: { mode: 'allowed', ...options.config?.tls },
    limits: {
      perAddress: 10_000,
      perAccount: 10_000,
      connections: 10_000,
      failedLogins: 1000,
      ...options.config?.limits,
    },
  })
  const lines: string[] = []
  const problems: string[] = []
  const server = await createFtpServer({
    config,
    database,
    gate,
    certificate,
    onLine: (session, direction, line) => {
      lines.push(`${session} ${direction === 'in' ? '<' : '>'} ${line}`)
      options.onLine?.(session, direction, line)
    },
    onProblem: (message) => void problems.push(message),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  ending.push(() => server.stop(0))

  const [first] = accounts
  const explicit = server.addresses.find(({ implicit }) => !implicit)
  if (first === undefined || explicit === undefined) throw new Error('The server needs an account and an address.')
  return {
    server,
    database,
    certificate,
    host: explicit.host,
    port: explicit.port,
    implicitPort: server.addresses.find(({ implicit }) => implicit)?.port ?? null,
    user: first.name,
    password: first.password,
    passwords: Object.fromEntries(accounts.map(({ name, password }) => [name, password])),
    root,
    ca: pair.ca,
    caFile,
    fingerprint: pair.fingerprint,
    lines: () => lines,
    problems: () => problems,
    stop,
  }
}

function completeAccounts(given: NonNullable<TestFtpServerOptions['accounts']>, root: string): NewAccount[] {
  return given.map((account) => ({
    ...ACCOUNT_DEFAULTS,
    password: randomBytes(9).toString('base64url'),
    root: given.length === 1 ? root : path.join(root, account.name),
    ...account,
  }))
}
