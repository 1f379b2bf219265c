/** One control connection, as verbs see it. */
import type { Account, Right, ShareConfig } from '../../common/share.ts'
import type { AccountStore, LoginAccount } from '../accounts/types.ts'
import type { AuditLog, NewAuditEntry } from '../audit/types.ts'
import type { DataConnections } from '../data/types.ts'
import type { Door } from '../door/types.ts'
import type { UserFiles } from '../files/types.ts'
import type { Admission, Limits } from '../limits/types.ts'
import type { CertificateHolder } from '../tls/types.ts'
import type { Verb } from '../verbs/table.ts'

/** What all sessions of a server share. */
export interface ServerServices {
  config: ShareConfig
  accounts: AccountStore
  audit: AuditLog
  door: Door
  limits: Limits
  /** Null: TLS is off. */
  certificate: CertificateHolder | null
  transfers: TransferRegistry
  /** The folder of an account. @throws ReplyError 550 when it is not there */
  filesOf(account: Account): Promise<UserFiles>
}

/** Shows a transfer to whoever watches. */
export interface TransferRegistry {
  begin(transfer: {
    session: number
    account: string
    direction: 'upload' | 'download'
    path: string
    size: number | null
  }): RunningTransfer
}

export interface RunningTransfer {
  moved(bytes: number): void
  scanning(): void
  end(): void
}

/** State that REIN resets. */
export interface LoginState {
  /** Given by USER, checked by PASS. */
  userName: string | null
  account: LoginAccount | null
  rights: ReadonlySet<Right>
  files: UserFiles | null
  /** Absolute, as the account sees it. */
  folder: string
  type: 'A' | 'I'
  /** Bytes given by REST; any command but the transfer that uses it clears it. */
  restart: number
  /** Path given by RNFR; cleared likewise. */
  renameFrom: string | null
  /** Bytes given by ALLO; cleared likewise. */
  announced: number | null
  /** What MLST and MLSD show, in the order of FEAT (RFC 3659 section 7.9). */
  mlstFacts: readonly string[]
  /** HASH's algorithm, by OPTS HASH. */
  hash: 'SHA-256' | 'SHA-512' | 'SHA-1' | 'MD5'
}

export interface Session {
  readonly id: number
  readonly services: ServerServices
  /** The client's address without its port; an IPv4 one in IPv6 clothes is undressed. */
  readonly address: string
  readonly login: LoginState
  readonly data: DataConnections
  /** "TLSv1.3" and the like; null on a plain control connection. */
  readonly tls: string | null
  /** PROT P. */
  protected: boolean
  /** PBSZ was given, which PROT needs (RFC 2228 section 3). */
  pbsz: boolean
  /** Aborts with ABOR, and when the session ends; new for every command. */
  readonly signal: AbortSignal
  /** The command whose transfer runs, secrets hidden: STAT tells of it. Null: none runs. */
  readonly transferring: string | null
  /** Files of whoever is logged in. @throws ReplyError 530 */
  files(): UserFiles
  /** One line, or several: the first and last carry the code, those between a space in front (RFC 959 section 4.2). */
  reply(code: number, text: string | readonly string[]): void
  /** Adds account and address. */
  audit(entry: NewAuditEntry): void
  /** The login holds from now on, in this place; call only while `signal` is not aborted. */
  enter(login: Pick<LoginState, 'account' | 'rights' | 'files' | 'folder'>, place: Admission): void
  /** Ends the login, keeps what was agreed on TLS: what USER does. */
  logout(): void
  /** 234 was sent: the TLS handshake begins. Bytes that came behind AUTH in the clear end the session. */
  startTls(): Promise<void>
  /** Back to the state before USER; the connection and its TLS stay (RFC 959 section 4.1.1). */
  reinitialize(): void
  /** Replies and closes once that is sent. */
  end(code: 221 | 421, text: string): void
}

/** Runs a verb. It sends its final reply itself, or throws ReplyError. */
export type Handler = (session: Session, argument: string, verb: Verb) => Promise<void> | void
