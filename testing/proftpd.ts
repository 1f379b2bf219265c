/**
 * A real ProFTPD, for benchmarks. Its package cannot be installed beside vsftpd's, so it is fetched and unpacked into a
 * folder of our own, and runs from there.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { serverCertificate } from './certificates.ts'
import { peer, rootPrefix } from './peers.ts'
import { freePort, listening } from './ports.ts'

const CACHE = path.join(import.meta.dirname, '../node_modules/.cache/sluice-proftpd')
const PACKAGES = ['proftpd-core', 'proftpd-mod-crypto']
const PROGRAM = path.join(CACHE, 'usr/sbin/proftpd')
const MODULES = path.join(CACHE, 'usr/lib/proftpd')

function run(command: string, args: readonly string[], cwd: string): string | null {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return done.status === 0 ? done.stdout : null
}

/** The libraries that its package names and the machine lacks are installed as usual: they conflict with nothing. */
function installLibraries(archives: readonly string[]): void {
  const missing = run('ldd', [PROGRAM], CACHE)?.includes('not found') === true
  const asRoot = rootPrefix()
  if (!missing || asRoot === null) return
  const fields = archives.map((file) => run('dpkg-deb', ['-f', file, 'Depends'], CACHE) ?? '').join(', ')
  const libraries = fields.split(/[,|]/).flatMap((field) => /^\s*(lib\S+)/.exec(field)?.[1] ?? [])
  const [command, ...args] = [...asRoot, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', '--no-remove']
  run(command, [...args, ...libraries], CACHE)
}

/** Fetches it where it is not there yet, and tells `say`. Gives why it cannot run here, for people; null when it can. */
export function fetchProftpd(say: (line: string) => void): string | null {
  if (!existsSync(PROGRAM)) {
    mkdirSync(CACHE, { recursive: true })
    say(`Fetching ProFTPD into ${CACHE}`)
    if (run('apt-get', ['download', ...PACKAGES], CACHE) === null)
      return 'ProFTPD cannot be fetched by apt-get download'
    const archives = readdirSync(CACHE).filter((name) => name.endsWith('.deb'))
    for (const file of archives) run('dpkg', ['-x', file, '.'], CACHE)
    installLibraries(archives)
  }
  return run(PROGRAM, ['--version'], CACHE) === null ? `ProFTPD does not run from ${CACHE}` : null
}

export interface Proftpd {
  readonly pid: number
  readonly port: number
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

/**
 * Starts it on 127.0.0.1, with one account that may do everything in the folder.
 * @throws Error when it was not fetched or does not come up
 */
export async function startProftpd(root: string, tls: boolean): Promise<Proftpd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-proftpd-'))
  const at = (name: string): string => path.join(folder, name)
  const [user, password] = ['sluice', 'not a secret']
  const hash = spawnSync(peer('openssl'), ['passwd', '-1', '-stdin'], {
    input: password,
    encoding: 'utf8',
  }).stdout.trim()
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  writeFileSync(at('users'), `${user}:${hash}:${uid}:${gid}::${root}:/bin/sh\n`, { mode: 0o600 })
  writeFileSync(at('groups'), `sluice:x:${gid}:\n`, { mode: 0o600 })
  const port = await freePort()
  const { cert, key } = serverCertificate('valid')
  writeFileSync(at('cert.pem'), cert)
  writeFileSync(at('key.pem'), key, { mode: 0o600 })
  const lines = [
    `ModulePath ${MODULES}`,
    ...(tls ? ['LoadModule mod_tls.c'] : []),
    'ServerType standalone',
    'DefaultAddress 127.0.0.1',
    `Port ${port}`,
    'SocketBindTight on',
    `User ${userInfo().username}`,
    `Group ${run('id', ['-gn'], folder)?.trim() ?? ''}`,
    'RootLogin on',
    'RequireValidShell off',
    'UseFtpUsers off',
    'AuthPAM off',
    'AuthOrder mod_auth_file.c',
    `AuthUserFile ${at('users')}`,
    `AuthGroupFile ${at('groups')}`,
    `DefaultRoot ${root}`,
    'UseReverseDNS off',
    'DelayEngine off',
    'AllowOverwrite on',
    'WtmpLog off',
    'TransferLog none',
    `SystemLog ${at('log')}`,
    `PidFile ${at('pid')}`,
    `ScoreboardFile ${at('scoreboard')}`,
    ...(tls
      ? [
          'TLSEngine on',
          'TLSRequired on',
          'TLSOptions NoSessionReuseRequired',
          `TLSRSACertificateFile ${at('cert.pem')}`,
          `TLSRSACertificateKeyFile ${at('key.pem')}`,
        ]
      : []),
  ]
  writeFileSync(at('proftpd.conf'), `${lines.join('\n')}\n`)
  const daemon = spawn(PROGRAM, ['--nodaemon', '--config', at('proftpd.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  daemon.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
  const ended = once(daemon, 'exit')
  const failed = ended.then(() => {
    throw new Error(`ProFTPD did not start: ${said}`)
  })
  await Promise.race([listening(port), failed])
  failed.catch(() => undefined)
  return {
    pid: daemon.pid ?? 0,
    port,
    user,
    password,
    stop: async () => {
      daemon.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
