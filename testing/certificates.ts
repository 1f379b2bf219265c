/** Certificates made for one run: a small authority of our own, and server certificates it signs. */
import { spawnSync } from 'node:child_process'
import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { peer } from './peers.ts'

/** `valid`: signed by our authority for 127.0.0.1, ::1 and localhost. The others each have one thing wrong. */
export type CertificateKind = 'valid' | 'self-signed' | 'wrong-name' | 'expired'

export interface ServerCertificate {
  /** PEM texts: the certificate, its key, and the authority to trust. */
  cert: string
  key: string
  ca: string
  /** SHA-256 of the DER form: upper-case hex pairs joined by ":". */
  fingerprint: string
}

function openssl(cwd: string, ...args: string[]): void {
  const done = spawnSync(peer('openssl'), args, { cwd, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`openssl ${args[0] ?? ''} failed: ${done.stderr}`)
}

const CONFIGURATION = `[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
serial = serial.txt
certificate = ca.crt
private_key = ca.key
default_md = sha256
policy = any
copy_extensions = copy
[any]
organizationName = optional
commonName = supplied
`

let authority: { cert: string; key: string } | undefined
const made = new Map<CertificateKind, ServerCertificate>()

/** Puts the authority into a folder for openssl to work in; makes it the first time. */
function layOutAuthority(cwd: string): void {
  writeFileSync(path.join(cwd, 'ca.cnf'), CONFIGURATION)
  writeFileSync(path.join(cwd, 'index.txt'), '')
  writeFileSync(path.join(cwd, 'serial.txt'), `${randomBytes(15).toString('hex')}01\n`)
  if (authority === undefined) {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const subject = ['-subj', '/O=Sluice tests/CN=Sluice test authority']
    openssl(cwd, 'req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', ...subject)
    authority = {
      cert: readFileSync(path.join(cwd, 'ca.crt'), 'utf8'),
      key: readFileSync(path.join(cwd, 'ca.key'), 'utf8'),
    }
  }
  writeFileSync(path.join(cwd, 'ca.crt'), authority.cert)
  writeFileSync(path.join(cwd, 'ca.key'), authority.key)
}

/** "YYYYMMDDHHMMSSZ", as openssl wants it, `days` from now. */
function inDays(days: number): string {
  const time = new Date(Date.now() + days * 86_400_000)
  return `${time.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
}

function make(kind: CertificateKind, cwd: string): ServerCertificate {
  layOutAuthority(cwd)
  const host = kind === 'wrong-name' ? 'elsewhere.example' : 'localhost'
  const names = kind === 'wrong-name' ? `DNS:${host}` : 'IP:127.0.0.1,IP:::1,DNS:localhost'
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key']
  const request = [...key, '-subj', `/O=Sluice tests/CN=${host}`, '-addext', `subjectAltName=${names}`]
  if (kind === 'self-signed') {
    openssl(cwd, 'req', '-x509', '-days', '30', ...request, '-out', 'server.crt')
  } else {
    const [from, to] = kind === 'expired' ? [inDays(-30), inDays(-1)] : [inDays(-1), inDays(30)]
    openssl(cwd, 'req', ...request, '-out', 'server.csr')
    const dates = ['-startdate', from, '-enddate', to]
    openssl(cwd, 'ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, '-in', 'server.csr', '-out', 'server.crt')
  }
  const cert = readFileSync(path.join(cwd, 'server.crt'), 'utf8')
  return {
    cert,
    key: readFileSync(path.join(cwd, 'server.key'), 'utf8'),
    ca: readFileSync(path.join(cwd, 'ca.crt'), 'utf8'),
    fingerprint: new X509Certificate(cert).fingerprint256,
  }
}

/**
 * A server certificate of the kind asked for, made once a process and kept in memory only.
 * @throws Error when openssl is missing or refuses.
 */
export function serverCertificate(kind: CertificateKind = 'valid'): ServerCertificate {
  const known = made.get(kind)
  if (known !== undefined) return known
  const cwd = mkdtempSync(path.join(tmpdir(), 'sluice-ca-'))
  try {
    const certificate = make(kind, cwd)
    made.set(kind, certificate)
    return certificate
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
