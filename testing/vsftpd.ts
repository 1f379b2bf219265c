/**
 * A real vsftpd for one test. vsftpd cannot listen on port 0, so we listen and hand each accepted socket to a
 * `vsftpd` process of its own, as inetd would: no port is ever guessed, and killing the server is killing these
 * processes. Sessions act as the user who runs the tests, so that a test may prepare and inspect the served folder
 * with plain fs; for a server that lacks permissions set `config: { guest_username: 'ftp' }`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { serverCertificate, type CertificateKind } from './certificates.ts'
import { peer, rootPrefix } from './peers.ts'
import { freePort, listening } from './ports.ts'

export interface VsftpdOptions {
  /** `none` (default): plain only. `explicit`: AUTH TLS required for login and data. `implicit`: TLS from byte one. */
  tls?: 'explicit' | 'implicit' | 'none'
  certificate?: CertificateKind
  /** Data connections must resume the control connection's TLS session. Default true, as in vsftpd. */
  requireReuse?: boolean
  /** Accounts; default one, `sluice` with a random password. All share one folder. Names are ASCII: vsftpd refuses others. */
  users?: readonly { name: string; password: string }[]
  /** Lines of vsftpd.conf that win over ours. */
  config?: Readonly<Record<string, string>>
  /** Serve this folder instead of a fresh one; it is not removed at the end. */
  root?: string
  /** Let vsftpd listen by itself, as it does in service: for benchmarks. Its port is one that was free a moment before. */
  standalone?: boolean
}

export interface Vsftpd {
  /** Of the daemon when it is standalone; else null: each session is a process of its own. */
  readonly pid: number | null
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: string
  readonly password: string
  /** The served folder on disk; clients see it as "/". */
  readonly root: string
  /** The authority that signed a `valid` certificate: PEM and its file. Empty without TLS. */
  readonly ca: string
  readonly caFile: string
  /** SHA-256 fingerprint of the server's certificate. Empty without TLS. */
  readonly fingerprint: string
  /** vsftpd's own protocol log: every command seen and reply sent, passwords masked. */
  log(): string
  /** Commands of all connections so far, in order, e.g. "STOR /a.txt". vsftpd writes bytes outside ASCII as "?". */
  commands(): string[]
  /** Sessions alive right now. */
  readonly sessions: number
  /** Cuts every session at once but goes on listening. */
  cut(): void
  /** The whole server at once: sessions die, nothing listens any more. */
  kill(): void
  /** kill(), then removes every trace. Safe to call twice. */
  stop(): Promise<void>
}

function quote(password: string): string {
  const done = spawnSync(peer('openssl'), ['passwd', '-1', '-stdin'], { input: password, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`openssl passwd failed: ${done.stderr}`)
  return done.stdout.trim()
}

const PAM_FOLDER = '/etc/pam.d'
const PAM_PREFIX = 'sluice-test-'

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: somebody else's process, but there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Services left behind by test processes that were killed. */
function staleServices(): string[] {
  return readdirSync(PAM_FOLDER).filter((name) => {
    const pid = new RegExp(`^${PAM_PREFIX}(\\d+)-`).exec(name)?.[1]
    return pid !== undefined && !isAlive(Number(pid))
  })
}

/** A PAM service of our own that knows only the accounts of one instance; returns what removes it. */
function installPamService(service: string, passwordFile: string, asRoot: readonly string[]): () => void {
  const file = path.join(PAM_FOLDER, service)
  const remove = (...files: string[]): void => {
    const [command, ...args] = [...asRoot, 'rm', '-f', ...files]
    spawnSync(command ?? 'rm', args, { stdio: 'ignore' })
  }
  const stale = staleServices()
  if (stale.length > 0) remove(...stale.map((name) => path.join(PAM_FOLDER, name)))
  const text = `auth required pam_pwdfile.so pwdfile=${passwordFile} nodelay\naccount required pam_permit.so\n`
  const [command, ...args] = [...asRoot, 'tee', file]
  const done = spawnSync(command ?? 'tee', args, { input: text, stdio: ['pipe', 'ignore', 'pipe'], encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`cannot write ${file}: ${done.stderr}`)
  return () => remove(file)
}

async function startDaemon([command = '', ...args]: readonly string[], port: number): Promise<ChildProcess> {
  const daemon = spawn(command, args, { stdio: 'ignore', detached: true })
  await listening(port)
  return daemon
}

/**
 * Starts a server on 127.0.0.1 and a free port.
 * @throws Error when vsftpd, its PAM module or root's rights are missing.
 */
export async function startVsftpd(options: VsftpdOptions = {}): Promise<Vsftpd> {
  const asRoot = rootPrefix()
  if (asRoot === null) throw new Error('vsftpd needs root or passwordless sudo')
  const program = peer('vsftpd')
  peer('pwdfile')
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'sluice-vsftpd-')))
  const root = options.root === undefined ? path.join(folder, 'root') : realpathSync(options.root)
  mkdirSync(root, { recursive: true })

  const emptyFolder = path.join(folder, 'empty')
  mkdirSync(emptyFolder)

  const users = options.users ?? [{ name: 'sluice', password: randomBytes(9).toString('base64url') }]
  const [first] = users
  if (first === undefined) throw new Error('vsftpd needs at least one user')
  const passwordFile = path.join(folder, 'users')
  writeFileSync(passwordFile, users.map(({ name, password }) => `${name}:${quote(password)}\n`).join(''))
  const service = `${PAM_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`
  const removeService = installPamService(service, passwordFile, asRoot)

  const tls = options.tls ?? 'none'
  const certificate = tls === 'none' ? undefined : serverCertificate(options.certificate)
  const caFile = path.join(folder, 'ca.crt')
  if (certificate !== undefined) {
    writeFileSync(caFile, certificate.ca)
    writeFileSync(path.join(folder, 'server.crt'), certificate.cert)
    writeFileSync(path.join(folder, 'server.key'), certificate.key)
  }
  const logFile = path.join(folder, 'vsftpd.log')
  writeFileSync(logFile, '')
  const config: Record<string, string> = {
    listen: 'NO',
    // The package's own is made by its service, which never runs here.
    secure_chroot_dir: emptyFolder,
    anonymous_enable: 'NO',
    local_enable: 'YES',
    guest_enable: 'YES',
    guest_username: userInfo().username,
    virtual_use_local_privs: 'YES',
    pam_service_name: service,
    local_root: root,
    chroot_local_user: 'YES',
    allow_writeable_chroot: 'YES',
    write_enable: 'YES',
    local_umask: '022',
    file_open_mode: '0666',
    utf8_filesystem: 'YES',
    pasv_min_port: '0',
    pasv_max_port: '0',
    port_enable: 'YES',
    connect_from_port_20: 'NO',
    // Denials would wait a second each; the real defence is not what these tests are about.
    delay_failed_login: '0',
    max_login_fails: '10',
    session_support: 'NO',
    seccomp_sandbox: 'NO',
    isolate_network: 'NO',
    xferlog_enable: 'YES',
    xferlog_std_format: 'NO',
    log_ftp_protocol: 'YES',
    vsftpd_log_file: logFile,
    ...(certificate === undefined
      ? {}
      : {
          ssl_enable: 'YES',
          implicit_ssl: tls === 'implicit' ? 'YES' : 'NO',
          rsa_cert_file: path.join(folder, 'server.crt'),
          rsa_private_key_file: path.join(folder, 'server.key'),
          force_local_logins_ssl: 'YES',
          force_local_data_ssl: 'YES',
          ssl_ciphers: 'HIGH',
          require_ssl_reuse: (options.requireReuse ?? true) ? 'YES' : 'NO',
        }),
    ...options.config,
  }
  const port = options.standalone === true ? await freePort() : null
  if (port !== null) {
    const own = { listen: 'YES', listen_address: '127.0.0.1', listen_port: String(port), background: 'NO' }
    Object.assign(config, own, { max_clients: '0', max_per_ip: '0' })
  }
  const configFile = path.join(folder, 'vsftpd.conf')
  const lines = Object.entries(config).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(configFile, lines.join(''))
  if (asRoot.length > 0) {
    // vsftpd refuses a configuration that is not root's.
    spawnSync('sudo', ['-n', 'chown', 'root', configFile, logFile])
  }

  const sessions = new Set<ChildProcess>()
  const sockets = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const [command, ...args] = [...asRoot, program, configFile]
    // An own process group, so that one signal reaches vsftpd's helper processes too.
    const session = spawn(command ?? program, args, { stdio: [socket, socket, 'ignore'], detached: true })
    sessions.add(session)
    session.once('exit', () => sessions.delete(session))
    session.once('error', () => sessions.delete(session))
    sockets.delete(socket)
    socket.destroy()
  })
  const daemon = port === null ? null : await startDaemon([...asRoot, program, configFile], port)
  if (daemon === null) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  } else {
    sessions.add(daemon)
    daemon.once('exit', () => sessions.delete(daemon))
  }

  const cut = (): void => {
    for (const session of sessions) {
      if (session.pid === undefined) continue
      if (asRoot.length > 0) spawnSync('sudo', ['-n', 'kill', '-KILL', '--', `-${session.pid}`], { stdio: 'ignore' })
      else killGroup(session.pid)
    }
  }
  const kill = (): void => {
    server.close()
    cut()
  }
  const remove = (): void => {
    kill()
    removeService()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', remove)
  const log = (): string => readFileSync(logFile, 'utf8')

  return {
    pid: daemon?.pid ?? null,
    host: '127.0.0.1',
    port: port ?? (server.address() as AddressInfo).port,
    user: first.name,
    password: first.password,
    root,
    ca: certificate?.ca ?? '',
    caFile: certificate === undefined ? '' : caFile,
    fingerprint: certificate?.fingerprint ?? '',
    log,
    commands: () => Array.from(log().matchAll(/FTP command: Client "[^"]*", "(.*)"$/gm), (match) => match[1] ?? ''),
    get sessions() {
      return sessions.size
    },
    cut,
    kill,
    stop: async () => {
      process.off('exit', remove)
      const ended = [...sessions].map(async (session) =>
        session.exitCode === null && session.signalCode === null ? once(session, 'exit') : null,
      )
      kill()
      await Promise.all(ended)
      removeService()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The session ended by itself in the meantime.
  }
}
