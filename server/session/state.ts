/** What REIN resets, and what the next command does. */
import type { LoginAccount } from '../accounts/types.ts'
import { FACT_NAMES } from '../listings/format-facts.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { VerbName } from '../verbs/table.ts'
import type { LoginState, Session } from './types.ts'

export function newLogin(): LoginState {
  return {
    userName: null,
    account: null,
    rights: new Set(),
    files: null,
    folder: '/',
    // RFC 959 section 5.1: ASCII until the client says otherwise.
    type: 'A',
    restart: 0,
    renameFrom: null,
    announced: null,
    mlstFacts: FACT_NAMES,
    hash: 'SHA-256',
  }
}

/** Of whoever is logged in. @throws ReplyError 530 */
export function accountOf({ login }: Pick<Session, 'login'>): LoginAccount {
  if (login.account === null) throw new ReplyError(530, 'Log in first, with USER and PASS.')
  return login.account
}

/** Clients say these between REST or ALLO and the transfer, although RFC 3659 section 5.1 wants REST to be the last. */
const BEFORE_TRANSFER: ReadonlySet<VerbName> = new Set<VerbName>([
  ...(['REST', 'ALLO', 'TYPE', 'MODE', 'STRU'] as const),
  ...(['PASV', 'EPSV', 'PORT', 'EPRT', 'PBSZ', 'PROT', 'NOOP', 'STAT'] as const),
])

/** A new REST, ALLO or RNFR makes the old one void even where it fails. */
export function beforeCommand(login: LoginState, verb: VerbName): void {
  if (verb === 'REST') login.restart = 0
  if (verb === 'ALLO') login.announced = null
  if (verb === 'RNFR') login.renameFrom = null
}

/** What REST, ALLO and RNFR said is for the next command; any but those that prepare it ends it. */
export function afterCommand(login: LoginState, verb: VerbName): void {
  if (!BEFORE_TRANSFER.has(verb)) {
    login.restart = 0
    login.announced = null
  }
  if (verb !== 'RNFR' && verb !== 'NOOP' && verb !== 'STAT') login.renameFrom = null
}
