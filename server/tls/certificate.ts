/** The certificate the server shows: its own or the user's, read again when its files change. */
import { constants, randomBytes } from 'node:crypto'
import path from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import { makeCertificate, writePair } from './make-certificate.ts'
import { readPair, stateOf, type PairFiles } from './read-certificate.ts'
import { rememberSessions } from './resumption.ts'
import type { CertificateHolder, ServerCertificate } from './types.ts'

export interface CertificateOptions {
  /** Absolute folder of the certificate that is made at the first start. */
  folder: string
  /** Absolute PEM files of the user's own; '' for both: the one in `folder`. */
  certificateFile: string
  keyFile: string
  /** ms between two looks at the files; 5000 */
  lookEvery?: number
  /** ms since the epoch; tests set their own */
  now?: () => number
}

const LOOK_EVERY = 5000
const FILE_NAME = 'certificate.pem'
/** Bytes that Node wants: name, HMAC key and AES key of the session tickets. */
const TICKET_KEYS = 48

/** Forward secrecy and authenticated encryption only; the server's order counts for TLS 1.2. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/**
 * Reads the certificate, or makes one where none is or the one there cannot be used any more.
 * @throws SluiceError bad-argument: the user's own pair is no good (see readPair); local-io: the folder cannot be used
 */
export async function openCertificate(options: CertificateOptions): Promise<CertificateHolder> {
  const made = path.join(options.folder, FILE_NAME)
  const own = options.certificateFile !== ''
  const files = own ? options : { certificateFile: made, keyFile: made }
  const state = await stateOf(files).catch(() => '')
  let certificate: ServerCertificate
  try {
    certificate = await readUsable(files)
  } catch (error) {
    if (own) throw error
    await writePair(made, await makeCertificate())
    certificate = await readUsable(files)
  }
  return new WatchedCertificate(files, certificate, state, options)
}

/** @throws SluiceError bad-argument, also for what OpenSSL does not take: a key that is too short, a broken chain */
async function readUsable(files: PairFiles): Promise<ServerCertificate> {
  const certificate = await readPair(files)
  try {
    contextOf(certificate)
  } catch (cause) {
    throw new SluiceError('bad-argument', `TLS cannot use the certificate in ${files.certificateFile}.`, { cause })
  }
  return certificate
}

function contextOf({ cert, key }: ServerCertificate, resumable = false): SecureContext {
  return createSecureContext({
    cert,
    key,
    minVersion: 'TLSv1.2',
    // A ticket of TLS 1.3 is used once (RFC 8446 appendix C.4), and Node gives no new one when a session is resumed; it
    // would not help either, for who only sends, as curl does in an upload, leaves before it comes.
    maxVersion: resumable ? 'TLSv1.2' : 'TLSv1.3',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // A client that renegotiates (TLS 1.2) only costs time.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // Whoever holds a ticket of one context is a stranger to all others. Caches of session ids are a context's own, too.
    ticketKeys: randomBytes(TICKET_KEYS),
  })
}

/** Stat is asked instead of the system's file events: those lose sight of links and of files on other machines. */
class WatchedCertificate implements CertificateHolder {
  readonly #files: PairFiles
  readonly #changed = new Set<() => void>()
  readonly #problem = new Set<(message: string) => void>()
  readonly #timer: NodeJS.Timeout
  #certificate: ServerCertificate
  /** The files as they were when they were last found good, or told to be bad. */
  #settled: string
  /** A state of the files that was bad once: they may be about to be written. */
  #doubtful: string | null = null
  #looking: Promise<void> | null = null
  /** The one in use has expired, and that was told. */
  #expired = false
  readonly #now: () => number

  constructor(files: PairFiles, certificate: ServerCertificate, state: string, options: CertificateOptions) {
    this.#files = files
    this.#certificate = certificate
    this.#settled = state
    this.#now = options.now ?? Date.now
    this.#timer = setInterval(() => void this.#look(false), options.lookEvery ?? LOOK_EVERY)
    this.#timer.unref()
  }

  current(): ServerCertificate {
    return this.#certificate
  }

  context(resumable = false): SecureContext {
    const context = contextOf(this.#certificate, resumable)
    if (resumable) rememberSessions(context)
    return context
  }

  async reload(): Promise<void> {
    await this.#look(true)
  }

  onChange(callback: () => void): () => void {
    this.#changed.add(callback)
    return () => this.#changed.delete(callback)
  }

  onProblem(callback: (message: string) => void): () => void {
    this.#problem.add(callback)
    return () => this.#problem.delete(callback)
  }

  dispose(): void {
    clearInterval(this.#timer)
    this.#changed.clear()
    this.#problem.clear()
  }

  /** One look at a time. @param asked a bad pair is then told at once */
  async #look(asked: boolean): Promise<void> {
    if (this.#looking !== null) {
      await this.#looking
      if (!asked) return
    }
    this.#looking = this.#lookOnce(asked).finally(() => (this.#looking = null))
    await this.#looking
    this.#checkAge()
  }

  /** Clients refuse it from then on, and nothing here changes that could be noticed otherwise. */
  #checkAge(): void {
    const expired = this.#certificate.validTo <= this.#now()
    if (expired && !this.#expired) {
      this.#tell(`The certificate in ${this.#files.certificateFile} has expired, so that clients refuse it: renew it.`)
    }
    this.#expired = expired
  }

  #tell(message: string): void {
    for (const callback of this.#problem) callback(message)
  }

  async #lookOnce(asked: boolean): Promise<void> {
    const state = await stateOf(this.#files).catch(() => 'not there')
    if (state === this.#settled && !asked) return
    try {
      const next = await readUsable(this.#files)
      this.#settled = state
      this.#doubtful = null
      if (next.cert === this.#certificate.cert && next.key === this.#certificate.key) return
      this.#certificate = next
      for (const callback of this.#changed) callback()
    } catch (error) {
      // Certificate and key are written one after the other: only what stays bad is a problem.
      if (!asked && this.#doubtful !== state) {
        this.#doubtful = state
        return
      }
      this.#settled = state
      this.#tell(`${toErrorData(error).message} The certificate in use until now is kept.`)
    }
  }
}
