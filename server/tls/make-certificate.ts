/** The certificate that is made at the first start: clients trust it by its fingerprint. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import path from 'node:path'
import { SluiceError } from '../../common/errors.ts'

const YEARS = 10
const DAY_MS = 86_400_000
/** X.520 allows no more in a common name. */
const MAX_COMMON_NAME = 64
/** Kinds of a subject's alternative name (RFC 5280 section 4.2.1.6). */
const DNS_NAME = 2
const IP_ADDRESS = 7

/** Names and addresses that clients may come by. Link-local addresses say nothing beyond their cable. */
function alternativeNames(host: string) {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address)
  const ips = new Set(['127.0.0.1', '::1', ...addresses])
  const names = new Set(['localhost', ...(host === '' ? [] : [host])])
  return [
    ...[...names].map((value) => ({ type: DNS_NAME, value }) as const),
    ...[...ips].map((ip) => ({ type: IP_ADDRESS, ip }) as const),
  ]
}

/** A host's name as a certificate can carry it; '' when it cannot. */
function certificateHostName(): string {
  const name = hostname()
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(name) && name.length <= MAX_COMMON_NAME ? name : ''
}

/** Key (ECDSA P-256) and certificate of this computer, signed by itself, valid for ten years; PEM, one behind the other. */
export async function makeCertificate(now = Date.now()): Promise<string> {
  // Used once in ten years, and megabytes in memory.
  const { generate } = await import('selfsigned')
  const host = certificateHostName()
  const made = await generate([{ name: 'commonName', value: host === '' ? 'localhost' : host }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A day of grace for clients whose clock is behind.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + YEARS * 365 * DAY_MS),
    extensions: [
      // No key usage: one that leaves out the signing of certificates makes OpenSSL doubt that this one is its own anchor.
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames(host) },
    ],
  })
  return `${made.private.trim()}\n${made.cert.trim()}\n`
}

/**
 * Writes the pair into one file, so that a crash can never leave a key beside the certificate of another; readable by
 * its owner only, whole or not at all.
 * @throws SluiceError local-io
 */
export async function writePair(file: string, pem: string): Promise<void> {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(part, 'wx', 0o600)
    try {
      await handle.writeFile(pem)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined)
    throw new SluiceError('local-io', `The server's certificate cannot be written to ${file}: check the folder.`, {
      cause,
    })
  }
}
