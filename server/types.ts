/** The server as those see it who run it. */
import type { LiveSession, LiveTransfer, ShareAddress, ShareConfig } from '../common/share.ts'
import type { ScanGate } from '../electron/gate/index.ts'
import type { LoginAccount } from './accounts/types.ts'
import type { ShareDatabase } from './audit/types.ts'
import type { Clock } from './limits/index.ts'
import type { CertificateHolder } from './tls/types.ts'

export interface FtpServerOptions {
  config: ShareConfig
  database: ShareDatabase
  /** Null only when `config.scan` is false: then nobody looks at uploads. */
  gate: ScanGate | null
  /** Null only when `config.tls.mode` is off. */
  certificate: CertificateHolder | null
  /** Every line of the protocol, secrets masked, with the session's number; for logs. */
  onLine?: (session: number, direction: 'in' | 'out', line: string) => void
  /** For tests: what limits go by. */
  clock?: Clock
  /** Something the person who runs the server should know; never about one client alone. */
  onProblem?: (message: string) => void
}

export interface FtpServer {
  /** Where it listens, one for each address of the machine that it can be reached by. */
  readonly addresses: readonly ShareAddress[]
  sessions(): LiveSession[]
  transfers(): LiveTransfer[]
  /** Ends a session with 421; false when it is not there. */
  kick(session: number): boolean
  /** Ends the sessions whose account, as it was when they logged in, is such: it was disabled, changed or removed. */
  kickAccounts(isSuch: (account: LoginAccount) => boolean): void
  /** Calls back when sessions or transfers came or went; returns what stops it. */
  onChange(callback: () => void): () => void
  /**
   * Takes no more connections, ends idle sessions with 421, lets transfers finish for at most `graceMs` ms and then
   * cuts them. Resolves when nothing is left of it. Safe to call twice.
   */
  stop(graceMs: number): Promise<void>
}
