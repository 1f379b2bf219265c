/** A real MariaDB for one test: own data folder, own socket, and a loopback port if wanted. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { serverCertificate, type CertificateKind } from './certificates.ts'
import { peer } from './peers.ts'
import { freePort } from './ports.ts'

export interface MariadbOptions {
  /** Listens on 127.0.0.1 too; else on its socket alone. */
  port?: boolean
  /** Offers TLS with such a certificate; needs `port`. */
  certificate?: CertificateKind
}

export interface Mariadb {
  /** Path of its socket. */
  readonly socket: string
  /** 0 without `port`. */
  readonly port: number
  /** Has what addresses must escape. */
  readonly password: string
  /** The authority that signed the certificate: a PEM file; '' without one. */
  readonly caFile: string
  readonly pid: number
  /** `mysql://` address of a fresh, empty database by the socket. */
  newDatabase(): string
  /** The same database by the port. */
  byPort(spec: string): string
  /** Runs SQL as its root and gives its rows, columns parted by tabs. */
  sql(statement: string, database?: string): string
  /** SIGKILL: connections break in the middle of whatever they do. */
  kill(): Promise<void>
  /** Starts it again on the same data, socket and port. */
  restart(): Promise<void>
  /** SIGSTOP and SIGCONT: a database that is there but does not answer. */
  pause(): void
  resume(): void
  /** Ends it and removes its folder. Safe to call twice and after kill(). */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000
/** Several run at once: without asynchronous input and output, whose locked memory all processes of a user share. */
const SMALL = ['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--innodb-use-native-aio=OFF']

function install(folder: string, user: string): string {
  const data = path.join(folder, 'data')
  mkdirSync(data)
  const program = path.join(path.dirname(peer('mariadb')), '../bin/mariadb-install-db')
  const done = spawnSync(
    existsSync(program) ? program : 'mariadb-install-db',
    [
      '--no-defaults',
      ...SMALL,
      `--datadir=${data}`,
      `--user=${user}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8' },
  )
  if (done.status !== 0) throw new Error(`mariadb-install-db failed:\n${done.stdout}${done.stderr}`)
  return data
}

/**
 * Starts MariaDB and waits until it listens.
 * @throws Error with its own words when it does not come up.
 */
export async function startMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  // Directly in /tmp: a socket's path may have 107 bytes only.
  const folder = mkdtempSync('/tmp/sluice-mariadb-')
  const socket = path.join(folder, 's.sock')
  const system = userInfo().username
  let daemon: ChildProcess | null = null
  const remove = (): void => {
    daemon?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', remove)

  const user = 'sluice'
  const password = `p@ss:/${randomBytes(6).toString('hex')}?#%`
  const caFile = options.certificate === undefined ? '' : path.join(folder, 'ca.pem')
  const port = options.port === true ? await freePort() : 0
  const args = [
    '--no-defaults',
    `--user=${system}`,
    `--socket=${socket}`,
    `--pid-file=${path.join(folder, 'pid')}`,
    `--init-file=${path.join(folder, 'init.sql')}`,
    ...SMALL,
    // Written at each commit, so that kill() loses nothing, but not waited for.
    '--innodb-flush-log-at-trx-commit=2',
    '--performance-schema=OFF',
    ...(port === 0 ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${port}`]),
  ]

  const start = async (): Promise<void> => {
    const started = spawn(peer('mariadb'), args, { stdio: ['ignore', 'pipe', 'pipe'] })
    daemon = started
    const ready = Promise.withResolvers<string>()
    let said = ''
    const keep = (chunk: Buffer): void => {
      said += chunk.toString('utf8')
      if (said.includes('ready for connections')) ready.resolve('')
    }
    started.stdout.on('data', keep)
    started.stderr.on('data', keep)
    started.once('error', (error) => ready.resolve(error.message))
    started.once('exit', () => ready.resolve('MariaDB ended at its start'))
    const timer = setTimeout(() => ready.resolve('MariaDB did not listen in time'), START_TIMEOUT_MS)
    const problem = await ready.promise
    clearTimeout(timer)
    if (problem !== '') throw new Error(`${problem}\n${said}`)
  }
  const kill = async (): Promise<void> => {
    if (daemon === null || daemon.exitCode !== null || daemon.signalCode !== null) return
    const ended = once(daemon, 'exit')
    daemon.kill('SIGKILL')
    await ended
  }
  const stop = async (): Promise<void> => {
    process.off('exit', remove)
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const sql = (statement: string, database = 'mysql'): string => {
    const client = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names', database]
    const done = spawnSync('mariadb', client, { input: statement, encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`mariadb failed: ${done.stderr}`)
    return done.stdout.trimEnd()
  }

  try {
    args.push(`--datadir=${install(folder, system)}`)
    if (options.certificate !== undefined) {
      const { ca, cert, key } = serverCertificate(options.certificate)
      for (const [name, pem] of Object.entries({ ca, cert, key })) writeFileSync(path.join(folder, `${name}.pem`), pem)
      args.push(`--ssl-cert=${path.join(folder, 'cert.pem')}`, `--ssl-key=${path.join(folder, 'key.pem')}`)
    }
    const grant = `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON \`sluice%\`.* TO '${user}'@'%';\n`
    writeFileSync(path.join(folder, 'init.sql'), grant)
    chmodSync(folder, 0o700)
    await start()
  } catch (error) {
    await stop()
    throw error
  }

  const login = `${user}:${encodeURIComponent(password)}`
  return {
    socket,
    port,
    password,
    caFile,
    get pid() {
      return daemon?.pid ?? 0
    },
    newDatabase: () => {
      const name = `sluice_${randomBytes(6).toString('hex')}`
      // Its usual character set is not ours: what we make must not depend on it.
      sql(`CREATE DATABASE ${name} CHARACTER SET latin1`)
      return `mysql://${login}@localhost/${name}?socket=${encodeURIComponent(socket)}`
    },
    byPort: (spec) => `mysql://${login}@127.0.0.1:${port}${new URL(spec).pathname}`,
    sql,
    kill,
    restart: start,
    pause: () => void daemon?.kill('SIGSTOP'),
    resume: () => void daemon?.kill('SIGCONT'),
    stop,
  }
}
