/** Certificates made for one run: a small authority of our own, and server certificates it signs. */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { peer } from './peers.ts'

/** `valid`: signed by our authority for 127.0.0.1 and localhost. The others each have one thing wrong. */
export type CertificateKind = 'valid' | 'self-signed' | 'wrong-name' | 'expired'

export interface ServerCertificate {
  /** PEM files on disk, for programs that take paths. */
  certFile: string
  keyFile: string
  caFile: string
  certPem: string
  caPem: string
  /** SHA-256 of the DER form: upper-case hex pairs joined by ":". */
  fingerprint: string
}

function openssl(cwd: string, ...args: string[]): void {
  const done = spawnSync(peer('openssl'), args, { cwd, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`openssl ${args[0] ?? ''} failed: ${done.stderr}`)
}

let folder: string | undefined
const made = new Map<CertificateKind, ServerCertificate>()

function authorityFolder(): string {
  if (folder !== undefined) return folder
  const created = mkdtempSync(path.join(tmpdir(), 'sluice-ca-'))
  process.once('exit', () => rmSync(created, { recursive: true, force: true }))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/O=Sluice tests/CN=Sluice test authority']
  openssl(created, 'req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', ...subject)
  writeFileSync(
    path.join(created, 'ca.cnf'),
    `[ca]
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
unique_subject = no
[any]
organizationName = optional
commonName = supplied
`,
  )
  writeFileSync(path.join(created, 'index.txt'), '')
  writeFileSync(path.join(created, 'serial.txt'), `${process.pid.toString(16).padStart(8, '0')}01\n`)
  folder = created
  return created
}

/** "YYYYMMDDHHMMSSZ", as openssl wants it, `days` from now. */
function inDays(days: number): string {
  const time = new Date(Date.now() + days * 86_400_000)
  return `${time.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
}

/**
 * A server certificate of the kind asked for, made once a process and removed when the process ends.
 * @throws Error when openssl is missing or refuses.
 */
export function serverCertificate(kind: CertificateKind = 'valid'): ServerCertificate {
  const known = made.get(kind)
  if (known !== undefined) return known
  const cwd = authorityFolder()
  const names = kind === 'wrong-name' ? 'DNS:elsewhere.example' : 'IP:127.0.0.1,DNS:localhost'
  const subject = `/O=Sluice tests/CN=${kind === 'wrong-name' ? 'elsewhere.example' : 'localhost'}`
  const request = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${kind}.key`, '-subj', subject]
  const extensions = ['-addext', `subjectAltName=${names}`]
  if (kind === 'self-signed') {
    openssl(cwd, 'req', '-x509', '-days', '30', ...request, ...extensions, '-out', `${kind}.crt`)
  } else {
    const [from, to] = kind === 'expired' ? [inDays(-30), inDays(-1)] : [inDays(-1), inDays(30)]
    openssl(cwd, 'req', ...request, ...extensions, '-out', `${kind}.csr`)
    const dates = ['-startdate', from, '-enddate', to]
    openssl(cwd, 'ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, '-in', `${kind}.csr`, '-out', `${kind}.crt`)
  }
  const certFile = path.join(cwd, `${kind}.crt`)
  const caFile = path.join(cwd, 'ca.crt')
  const certPem = readFileSync(certFile, 'utf8')
  const certificate: ServerCertificate = {
    certFile,
    keyFile: path.join(cwd, `${kind}.key`),
    caFile,
    certPem,
    caPem: readFileSync(caFile, 'utf8'),
    fingerprint: new X509Certificate(certPem).fingerprint256,
  }
  made.set(kind, certificate)
  return certificate
}
