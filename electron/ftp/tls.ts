/**
 * TLS for control and data connections (RFC 4217). The control connection's certificate is verified, or pinned, or put
 * to the person; data connections must show the very same certificate and resume the control connection's session, by
 * which server and client know each other to be the ones of the control connection.
 */
import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { connect, createSecureContext, getCACertificates, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { isCancelled, SluiceError } from '../../common/errors.ts'
import { certificateFacts, describeCertificate } from './certificate.ts'
import type { FtpOptions, TlsInfo } from './options.ts'
import { unlessAborted } from './waiting.ts'

const MIN_VERSION = 'TLSv1.2'
/** Groups offered on data connections, as OpenSSL and BoringSSL both name them. */
const GROUPS = ['X25519', 'prime256v1', 'secp384r1', 'secp521r1']

export type TlsTrust = Pick<FtpOptions, 'ca' | 'pins' | 'onlyFingerprint' | 'onUntrustedCertificate'>

export interface TlsServer {
  host: string
  port: number
}

/** What data connections need to know of the control connection's TLS. */
export class TlsSession {
  readonly info: TlsInfo
  readonly #server: TlsServer
  readonly #context: ReturnType<typeof createSecureContext>
  #ticket: Buffer | undefined

  /** @param ticket the newest session seen so far; TLS 1.3 servers send theirs only after the handshake */
  constructor(socket: TLSSocket, server: TlsServer, certificate: X509Certificate, ticket: Buffer | undefined) {
    this.#server = server
    this.#ticket = ticket
    socket.on('session', (session: Buffer) => {
      this.#ticket = session
    })
    this.info = {
      version: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher().standardName,
      ...certificateFacts(certificate),
    }
    // One context for all data connections: making one costs more than a small file. The key share that this server
    // chose comes first: a wrong guess costs a round trip with every file (HelloRetryRequest).
    const used = socket.getEphemeralKeyInfo()
    const group = used !== null && 'name' in used && typeof used.name === 'string' ? used.name : ''
    const groups = GROUPS.includes(group) ? [group, ...GROUPS.filter((each) => each !== group)] : null
    this.#context = createSecureContext({
      minVersion: MIN_VERSION,
      ...(groups ? { ecdhCurve: groups.join(':') } : {}),
    })
  }

  /** Options for `tls.connect` on a data connection to `peer`; add a port, or a socket. */
  dataOptions(peer: string): ConnectionOptions {
    return {
      host: peer,
      ...nameOptions(this.#server.host),
      secureContext: this.#context,
      // Trust is decided by `verifyData`: the same certificate as on the control connection, whatever made us accept it.
      rejectUnauthorized: false,
      ...(this.#ticket ? { session: this.#ticket } : {}),
    }
  }

  /** @throws SluiceError `certificate-rejected` when a data connection shows another certificate */
  verifyData(socket: TLSSocket): void {
    // Only the server of the control connection can resume its session; no certificate is shown then.
    if (socket.isSessionReused()) return
    const shown = socket.getPeerX509Certificate()?.fingerprint256
    if (shown === this.info.fingerprint) return
    throw new SluiceError(
      'certificate-rejected',
      `${this.#server.host} showed another certificate on the data connection than on the control connection ` +
        `(${shown ?? 'none'} instead of ${this.info.fingerprint}); the transfer was stopped. Someone may be in between.`,
    )
  }
}

/**
 * What stands for the server in SNI, and in Node's check that a session is resumed only where it came from: it must be
 * the same for control and data, else Node drops the session and servers that want it refuse the data connection.
 * SNI must not carry an address (RFC 6066 section 3); Node then goes by `host`.
 */
function nameOptions(host: string): ConnectionOptions {
  return isIP(host) ? { host } : { servername: host }
}

/**
 * Does the TLS handshake over a connected control socket and decides whether to trust the server. Bounded by the
 * caller's `handshake` signal, except for the time a person takes to decide.
 * @throws SluiceError `tls-failed`, `certificate-rejected`, `cancelled`
 */
export async function secureControl(
  raw: Socket,
  server: TlsServer,
  trust: TlsTrust,
  bounded: (handshake: Promise<void>) => Promise<void>,
  gone: AbortSignal,
): Promise<{ socket: TLSSocket; session: TlsSession }> {
  const socket = connect({
    ...nameOptions(server.host),
    socket: raw,
    minVersion: MIN_VERSION,
    rejectUnauthorized: false,
    ...(trust.ca === undefined ? {} : { ca: [...getCACertificates('default'), trust.ca.toString()] }),
  })
  let ticket: Buffer | undefined
  const keepTicket = (session: Buffer) => {
    ticket = session
  }
  socket.on('session', keepTicket)
  try {
    await bounded(handshakeDone(socket, server.host))
    const certificate = await decideTrust(socket, server, trust, gone)
    return { socket, session: new TlsSession(socket, server, certificate, ticket) }
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    socket.off('session', keepTicket)
  }
}

/**
 * Resolves when the handshake is done; rejects with `tls-failed` when the connection ends before. `check` runs before any
 * byte of data can arrive; what it throws ends the connection.
 */
export function handshakeDone(socket: TLSSocket, host: string, check?: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown) => {
      const why = cause instanceof Error ? plainCause(cause) : 'the server closed the connection'
      reject(new SluiceError('tls-failed', `The TLS handshake with ${host} failed: ${why}.`, { cause }))
    }
    const onClose = () => failed()
    socket.once('secureConnect', () => {
      socket.off('error', failed)
      socket.off('close', onClose)
      try {
        check?.()
        resolve()
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
        reject(error)
      }
    })
    socket.once('error', failed)
    socket.once('close', onClose)
    // Keeps late errors of a connection that nobody waits for any more from ending the process.
    socket.on('error', () => undefined)
  })
}

/** OpenSSL's messages name source files and lines; the reason alone is for people. */
export function plainCause(cause: Error): string {
  return 'reason' in cause && typeof cause.reason === 'string' ? cause.reason : cause.message
}

/** Gives the server's certificate, if the server may be trusted because of it. */
async function decideTrust(
  socket: TLSSocket,
  server: TlsServer,
  trust: TlsTrust,
  gone: AbortSignal,
): Promise<X509Certificate> {
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) throw new SluiceError('tls-failed', `${server.host} showed no certificate.`)
  const fingerprint = certificate.fingerprint256
  if (trust.onlyFingerprint !== undefined) {
    if (fingerprint === trust.onlyFingerprint) return certificate
    throw new SluiceError(
      'certificate-rejected',
      `${server.host}:${server.port} showed another certificate than the one demanded: its SHA-256 is ${fingerprint}, ` +
        `not ${trust.onlyFingerprint}. No password was sent.`,
    )
  }
  if (socket.authorized || trust.pins?.includes(fingerprint)) return certificate
  // Node's types say Error; it is the error's code.
  const info = describeCertificate(certificate, server, String(socket.authorizationError))
  let accepted = false
  try {
    accepted =
      (await unlessAborted(trust.onUntrustedCertificate?.(info, gone) ?? Promise.resolve(false), gone)) === true
  } catch (error) {
    if (isCancelled(error)) throw error
    throw new SluiceError('certificate-rejected', `${info.reason} The question about it failed.`, { cause: error })
  }
  if (accepted) return certificate
  throw new SluiceError(
    'certificate-rejected',
    `The certificate of ${server.host}:${server.port} was not accepted. ${info.reason} (SHA-256 ${fingerprint})`,
  )
}
