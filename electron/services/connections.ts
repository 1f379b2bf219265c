/**
 * Credentials of this run and the connections made with them. One place decides how a connection to an endpoint is
 * made (certificate pins, data mode, protocol log), for the browsing session and for transfers alike. Passwords live
 * in this process's memory only.
 */
import { endpointUrl } from '../../common/endpoint.ts'
import type { ConnectRequest, DataMode, Endpoint } from '../../common/models.ts'
import { SluiceError } from '../../common/errors.ts'
import { createPool, FtpClient, type FtpOptions, type FtpPool, type Timeouts } from '../ftp/index.ts'
import type { Certificates } from './certificates.ts'
import type { ProtocolLog } from './protocol-log.ts'

export interface ConnectionsDeps {
  certificates: Certificates
  log: ProtocolLog
  /** Asked at each data connection, so that the toggle works in a running session. */
  dataMode(): DataMode
  /** Connections a pool may hold. */
  parallel(): number
  /** The one certificate any server may have (SHA-256, upper-case hex pairs joined by ":"). */
  onlyFingerprint?: string
  timeouts?: Partial<Timeouts>
}

/** What one attempt to open a session adds. */
export type OpenOptions = Pick<FtpOptions, 'onStep' | 'signal' | 'signUp' | 'onSignUpOffered'>

interface Account {
  password: string
  pool: FtpPool | null
}

export class Connections {
  readonly #deps: ConnectionsDeps
  readonly #accounts = new Map<string, Account>()
  /** 0 is the browsing session. */
  #lastConnection = 0

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps
  }

  /**
   * Opens a browsing session. The password is remembered only once it has worked, and a changed one ends the pool
   * that was opened with the old one (CVE-2023-27535: never reuse a connection across credentials).
   */
  async open(request: ConnectRequest, o: OpenOptions): Promise<FtpClient> {
    const { password, ...endpoint } = request
    const client = await FtpClient.connect({ ...this.#options(endpoint, password), ...o })
    const key = endpointUrl(endpoint)
    const known = this.#accounts.get(key)
    if (!known) this.#accounts.set(key, { password, pool: null })
    else if (known.password !== password) {
      this.#accounts.set(key, { password, pool: null })
      await known.pool?.dispose()
    }
    return client
  }

  /** Opens the session again with what worked before. @throws SluiceError not-connected without such credentials */
  reopen(endpoint: Endpoint, o: OpenOptions): Promise<FtpClient> {
    return this.open({ ...endpoint, password: this.#account(endpoint).password }, o)
  }

  /** The transfer connections of an endpoint. @throws SluiceError not-connected when nobody has logged in there */
  pool(endpoint: Endpoint): FtpPool {
    const account = this.#account(endpoint)
    account.pool ??= createPool(this.#options(endpoint, account.password), {
      max: this.#deps.parallel(),
      nextConnectionNumber: () => ++this.#lastConnection,
    })
    return account.pool
  }

  /** A line in the protocol log about the browsing session. */
  note(kind: 'info' | 'error', text: string): void {
    this.#deps.log.add(0, kind, text)
  }

  resize(parallel: number): void {
    for (const { pool } of this.#accounts.values()) pool?.resize(parallel)
  }

  async dispose(): Promise<void> {
    const pools = [...this.#accounts.values()].map(({ pool }) => pool)
    this.#accounts.clear()
    await Promise.all(pools.map((pool) => pool?.dispose()))
  }

  #account(endpoint: Endpoint): Account {
    const account = this.#accounts.get(endpointUrl(endpoint))
    if (!account) {
      throw new SluiceError(
        'not-connected',
        `Not logged in to ${endpoint.host} as ${endpoint.user}: connect first, then retry.`,
      )
    }
    return account
  }

  #options(endpoint: Endpoint, password: string): FtpOptions {
    const { certificates, log, dataMode, onlyFingerprint, timeouts } = this.#deps
    return {
      ...(onlyFingerprint === undefined ? {} : { onlyFingerprint }),
      ...(timeouts === undefined ? {} : { timeouts }),
      endpoint,
      password,
      dataMode,
      pins: certificates.pinsFor(endpoint.host, endpoint.port),
      onUntrustedCertificate: (certificate, signal) => certificates.decide(certificate, signal),
      onLine: ({ connection, kind, text }) => log.add(connection, kind, text),
    }
  }
}
