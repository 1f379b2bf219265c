/** Certificate and key from PEM files, believed only when they fit together and are valid today. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { SluiceError } from '../../common/errors.ts'
import type { ServerCertificate } from './types.ts'

export interface PairFiles {
  certificateFile: string
  keyFile: string
}

/** A chain is some kB. */
const MAX_BYTES = 1024 * 1024

const bad = (message: string, cause?: unknown): SluiceError =>
  new SluiceError('bad-argument', message, cause === undefined ? {} : { cause })

async function read(file: string): Promise<string> {
  try {
    if ((await stat(file)).size <= MAX_BYTES) return await readFile(file, 'utf8')
  } catch (cause) {
    throw bad(`${file} cannot be read: check its path and its permissions.`, cause)
  }
  throw bad(`${file} is far too long for a certificate or a key.`)
}

/**
 * Reads the pair. The two may be one file.
 * @throws SluiceError bad-argument: not readable, no PEM, the key belongs to another certificate, not valid yet or no more
 */
export async function readPair(files: PairFiles, now = Date.now()): Promise<ServerCertificate> {
  const [cert, key] = await Promise.all([read(files.certificateFile), read(files.keyFile)])
  const certificate = parse(files.certificateFile, cert)
  if (!certificate.checkPrivateKey(parseKey(files.keyFile, key))) {
    throw bad(`The key in ${files.keyFile} is not that of the certificate in ${files.certificateFile}.`)
  }
  if (certificate.validToDate.getTime() <= now) {
    throw bad(`The certificate in ${files.certificateFile} has expired on ${certificate.validTo}: renew it.`)
  }
  if (certificate.validFromDate.getTime() > now) {
    throw bad(`The certificate in ${files.certificateFile} is not valid before ${certificate.validFrom}.`)
  }
  return { cert, key, fingerprint: certificate.fingerprint256, validTo: certificate.validToDate.getTime() }
}

function parse(file: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw bad(`${file} holds no certificate in PEM form.`, cause)
  }
}

function parseKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw bad(`${file} holds no key in PEM form, or one with a password: the server needs it without.`, cause)
  }
}

/** What changes when a file is replaced or written; links are followed, since renewed certificates often are one. */
export async function stateOf({ certificateFile, keyFile }: PairFiles): Promise<string> {
  const states = await Promise.all(
    [certificateFile, keyFile].map(async (file) => {
      const { dev, ino, size, mtimeMs } = await stat(file)
      return `${dev}:${ino}:${size}:${mtimeMs}`
    }),
  )
  return states.join(' ')
}
