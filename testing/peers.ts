/**
 * The real programs that tests and benchmarks run against. On Debian and Ubuntu, as root or with passwordless sudo,
 * `installPeers` brings what is missing; elsewhere the tests that need it are skipped with the reason, or, on Linux with
 * CI=true, fail (`testing/describe-with.ts`).
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'

interface Peer {
  /** Programs or absolute files: one of them must exist. */
  find: readonly string[]
  /** Debian package that brings it. */
  package: string
}

const PEERS = {
  vsftpd: { find: ['vsftpd'], package: 'vsftpd' },
  /** Lets vsftpd check passwords against a file of our own instead of the machine's accounts. */
  pwdfile: {
    find: ['x86_64', 'aarch64', 'arm', 'i386'].map(
      (cpu) => `/lib/${cpu}-linux-gnu${cpu === 'arm' ? 'eabihf' : ''}/security/pam_pwdfile.so`,
    ),
    package: 'libpam-pwdfile',
  },
  clamd: { find: ['clamd'], package: 'clamav-daemon' },
  clamscan: { find: ['clamscan'], package: 'clamav' },
  openssl: { find: ['openssl'], package: 'openssl' },
  curl: { find: ['curl'], package: 'curl' },
  lftp: { find: ['lftp'], package: 'lftp' },
  wget: { find: ['wget'], package: 'wget' },
  /** The command line client that Windows and the BSDs have, too. */
  tnftp: { find: ['tnftp'], package: 'tnftp' },
  filezilla: { find: ['filezilla'], package: 'filezilla' },
  /** A screen that nobody sees, and hands on its keyboard. */
  xvfb: { find: ['Xvfb'], package: 'xvfb' },
  xdotool: { find: ['xdotool'], package: 'xdotool' },
  /** A library of Python's own, not a program; with the other one it speaks TLS. */
  pyftpdlib: { find: ['/usr/lib/python3/dist-packages/pyftpdlib/__init__.py'], package: 'python3-pyftpdlib' },
  pyopenssl: { find: ['/usr/lib/python3/dist-packages/OpenSSL/__init__.py'], package: 'python3-openssl' },
  mariadb: { find: ['mariadbd'], package: 'mariadb-server' },
  /** A terminal that a test can type into and read. */
  tmux: { find: ['tmux'], package: 'tmux' },
  /** Measures other programs for the benchmarks. The system's own first: it starts without detours. */
  python: { find: ['/usr/bin/python3', 'python3'], package: 'python3' },
  chromium: {
    find: [
      'chromium',
      'chromium-browser',
      'google-chrome-stable',
      'google-chrome',
      'microsoft-edge-stable',
      'microsoft-edge',
    ],
    package: 'chromium',
  },
} as const satisfies Record<string, Peer>

export type PeerName = keyof typeof PEERS
export const PEER_NAMES = Object.keys(PEERS) as PeerName[]

/** Daemons live in sbin, which is not on every user's PATH. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Absolute path of an installed peer, or null. Never installs. */
export function findPeer(name: PeerName): string | null {
  for (const candidate of PEERS[name].find) {
    if (path.isAbsolute(candidate)) {
      if (existsSync(candidate)) return candidate
      continue
    }
    for (const folder of FOLDERS) {
      const file = path.join(folder, candidate)
      if (folder !== '' && executable(file)) return file
    }
  }
  return null
}

/**
 * Absolute path of a peer.
 * @throws Error that names the Debian package when it is not installed.
 */
export function peer(name: PeerName): string {
  const found = findPeer(name)
  if (found === null) throw new Error(`${name} is not installed (Debian package ${PEERS[name].package})`)
  return found
}

/** How to run a command as root: nothing to add, sudo, or not at all. */
export function rootPrefix(): readonly string[] | null {
  if (process.getuid?.() === 0) return []
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
  return sudo.status === 0 ? ['sudo', '-n'] : null
}

/** Why the named peers cannot be used here, for people; null when they can. */
export function whyWithout(...names: PeerName[]): string | null {
  const missing = names.filter((name) => findPeer(name) === null)
  if (missing.length === 0) {
    return names.includes('vsftpd') && rootPrefix() === null ? 'vsftpd needs root or passwordless sudo' : null
  }
  const packages = missing.map((name) => PEERS[name].package).join(' ')
  return `${missing.join(', ')} not installed (Debian: apt-get install ${packages})`
}

/**
 * True where a missing peer is an error instead of a reason to skip: on build machines that run Linux. Others cannot
 * have vsftpd, though build services set CI there too.
 */
export function peersAreRequired(): boolean {
  return process.env['CI'] === 'true' && process.platform === 'linux'
}

/** A Debian-like machine, where the package names above mean something. */
function hasApt(): boolean {
  return process.platform === 'linux' && existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version')
}

const POLICY = '/usr/sbin/policy-rc.d'
/** A mirror that answers nothing must not hold up the tests for ever. */
const INSTALL_LIMIT_MS = 10 * 60_000

/**
 * Installs the Debian packages of missing peers, where that is possible without asking anyone, and tells `say` what it
 * does. Daemons that packages bring are not started. Returns the peers that are still missing.
 */
export function installPeers(names: readonly PeerName[], say: (line: string) => void): PeerName[] {
  const missing = names.filter((name) => findPeer(name) === null)
  if (missing.length === 0) return []
  const packages = missing.map((name) => PEERS[name].package).join(' ')
  const asRoot = rootPrefix()
  if (!hasApt() || asRoot === null) {
    say(`Missing peers: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${packages}`)
    return missing
  }
  say(`Installing missing peers with apt-get: ${packages}`)
  // policy-rc.d is how Debian lets an administrator forbid packages to start their daemons; 101 means forbidden.
  const forbid = `[ -e ${POLICY} ] || { printf '#!/bin/sh\\nexit 101\\n' > ${POLICY}; chmod 755 ${POLICY}; trap 'rm -f ${POLICY}' EXIT; }`
  // --no-remove: another FTP server on the machine conflicts with vsftpd, and must not be removed for our tests.
  // Lock timeout: machines that have just started are often in the middle of their own updates.
  const install = 'apt-get install -y -q --no-install-recommends --no-remove -o DPkg::Lock::Timeout=120'
  // One that cannot be installed, as MariaDB beside a MySQL, must not keep the others away.
  const oneByOne = `for one in ${packages}; do ${install} $one || failed="$failed $one"; done; [ -z "$failed" ] || { echo "Not installed:$failed" >&2; exit 1; }`
  const script = `failed=''\n${forbid}\n${install} ${packages} || { apt-get update -q && ${install} ${packages}; } || { ${oneByOne}; }`
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1']
  const [command, ...args] = [...asRoot, ...environment, 'sh', '-c', script]
  const done = spawnSync(command ?? 'env', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: INSTALL_LIMIT_MS,
  })
  if (done.status !== 0) say(`apt-get failed:\n${`${done.stdout}${done.stderr}`.split('\n').slice(-20).join('\n')}`)
  return missing.filter((name) => findPeer(name) === null)
}
