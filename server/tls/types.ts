/** The server's certificate. */
import type { SecureContext } from 'node:tls'

export interface ServerCertificate {
  /** PEM; the issuers' may follow. */
  cert: string
  /** PEM */
  key: string
  /** SHA-256 of the DER form, upper-case hex pairs joined by ":". */
  fingerprint: string
  /** ms since the epoch */
  validTo: number
}

/** Holds the newest certificate; sessions that run keep theirs. */
export interface CertificateHolder {
  current(): ServerCertificate
  /**
   * A context of its own for one control connection and its data connections: a TLS session made with one cannot be
   * resumed with another, so that `isSessionReused()` of a data connection says it is the same client.
   * @param resumable every data connection of every client can resume it, however many there are: TLS 1.2 at most
   */
  context(resumable?: boolean): SecureContext
  /** Looks at the files now, as it does by itself every few seconds. Never throws: see `onProblem`. */
  reload(): Promise<void>
  /** Calls back after the files have changed and were found good; a bad pair is told by `onProblem` and not used. */
  onChange(callback: () => void): () => void
  onProblem(callback: (message: string) => void): () => void
  dispose(): void
}
