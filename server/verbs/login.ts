/** What comes before and around the login. */
import { toErrorData } from '../../common/errors.ts'
import { ACCOUNT_DEFAULTS, ANONYMOUS_NAMES, rightsOf } from '../../common/share.ts'
import { ANONYMOUS_ID, type LoginAccount } from '../accounts/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler, Session } from '../session/types.ts'

const NO_LOGIN = 'User name or password is wrong.'
const SHUT_OUT = 'Too many failed logins: try again later.'

/** The account of whoever logs in without one (RFC 1635); null where that is not allowed. */
function anonymousOf(session: Session, name: string): LoginAccount | null {
  const { anonymous } = session.services.config
  if (!anonymous.enabled || !ANONYMOUS_NAMES.includes(name.toLowerCase())) return null
  return {
    ...ACCOUNT_DEFAULTS,
    // Whatever others get: nobody is asked for a password.
    role: 'reader',
    id: ANONYMOUS_ID,
    name: 'anonymous',
    root: anonymous.root,
    createdAt: 0,
    lastLoginAt: null,
    passwordMark: '',
  }
}

const user: Handler = (session, name) => {
  if (session.services.config.tls.mode === 'required' && session.tls === null) {
    throw new ReplyError(530, 'This server wants TLS: send AUTH TLS first.')
  }
  session.logout()
  session.login.userName = name
  // The same for names there are and names there are not: nobody may learn which by asking.
  const word = anonymousOf(session, name) === null ? 'the password' : 'your e-mail address as password'
  session.reply(331, `Send ${word}.`)
}

function refuseLogin(session: Session, name: string): never {
  const { limits } = session.services
  const banned = limits.loginFailed(session.address, name)
  session.audit({ kind: 'login-failed', outcome: 'refused' })
  if (banned) {
    session.audit({ kind: 'banned', outcome: 'refused', detail: 'Too many failed logins.' })
    throw new ReplyError(421, SHUT_OUT)
  }
  throw new ReplyError(530, NO_LOGIN)
}

async function letIn(session: Session, account: LoginAccount): Promise<void> {
  const { limits, filesOf } = session.services
  const place = limits.admitAccount(account.name)
  if (typeof place === 'string') {
    session.audit({ kind: 'login-failed', outcome: 'refused', detail: place })
    throw new ReplyError(421, place)
  }
  try {
    const files = await filesOf(account)
    session.signal.throwIfAborted()
    session.enter({ account, rights: rightsOf(account), files, folder: files.home }, place)
  } catch (error) {
    place.leave()
    if (session.signal.aborted) throw error
    session.audit({ kind: 'login-failed', outcome: 'failed', detail: toErrorData(error).message })
    throw new ReplyError(530, 'Your folder cannot be opened: tell whoever runs this server.', { cause: error })
  }
  session.audit({ kind: 'login', outcome: 'ok', detail: session.tls ?? 'without TLS' })
  session.reply(230, 'You are logged in.')
}

const pass: Handler = async (session, password) => {
  const { accounts, limits } = session.services
  const { userName: name, account } = session.login
  if (name === null) throw new ReplyError(503, 'Send USER first.')
  if (account !== null) throw new ReplyError(503, 'You are logged in already.')
  const anonymous = anonymousOf(session, name)
  if (anonymous === null && !(await limits.holdBack(session.address, name, session.signal))) {
    throw new ReplyError(421, SHUT_OUT)
  }
  const found = anonymous ?? (await accounts.authenticate(name, password))
  session.signal.throwIfAborted()
  if (anonymous === null && limits.delay(session.address, name) === null) {
    // Of guesses made side by side those beyond the limit are not answered, right or wrong.
    session.audit({ kind: 'login-failed', outcome: 'refused', detail: SHUT_OUT })
    throw new ReplyError(421, SHUT_OUT)
  }
  if (found === null) {
    // Another PASS wants another USER, as the state diagrams of RFC 959 section 6 have it.
    try {
      refuseLogin(session, name)
    } finally {
      session.login.userName = null
    }
  }
  if (anonymous === null) limits.loginSucceeded(session.address, name)
  await letIn(session, found)
}

const auth: Handler = async (session, argument) => {
  const mechanism = argument.trim().toUpperCase()
  if (session.services.certificate === null) throw new ReplyError(502, 'TLS is switched off here.')
  if (session.tls !== null) throw new ReplyError(503, 'TLS is on already.')
  // RFC 4217 section 17: TLS-P and SSL are old ways to say TLS with protected data.
  const protectsData = mechanism === 'SSL' || mechanism === 'TLS-P'
  if (!protectsData && mechanism !== 'TLS' && mechanism !== 'TLS-C') throw new ReplyError(504, 'Only AUTH TLS.')
  session.reply(234, 'Begin TLS.')
  await session.startTls()
  session.protected = protectsData
  session.pbsz = protectsData
}

const pbsz: Handler = (session, argument) => {
  if (session.tls === null) throw new ReplyError(503, 'Send AUTH TLS first.')
  if (!/^\d{1,10}$/.test(argument) || Number(argument) > 0xff_ff_ff_ff) throw new ReplyError(501, 'Syntax: PBSZ 0')
  session.pbsz = true
  // TLS has no buffers to agree on, whatever is asked for (RFC 4217 section 9).
  session.reply(200, 'PBSZ=0')
}

const prot: Handler = (session, argument) => {
  if (session.tls === null) throw new ReplyError(503, 'Send AUTH TLS first.')
  if (!session.pbsz) throw new ReplyError(503, 'Send PBSZ 0 first.')
  const level = argument.trim().toUpperCase()
  if (level === 'S' || level === 'E') throw new ReplyError(536, 'TLS has the levels C and P only.')
  if (level !== 'C' && level !== 'P') throw new ReplyError(504, 'The levels are C and P.')
  if (level === 'C' && session.services.config.tls.mode === 'required') {
    throw new ReplyError(534, 'This server wants TLS on data connections, too.')
  }
  session.protected = level === 'P'
  session.reply(200, level === 'P' ? 'Data connections are protected.' : 'Data connections are in clear.')
}

const ccc: Handler = (session) => {
  if (session.tls === null) throw new ReplyError(533, 'The control connection is not protected.')
  throw new ReplyError(534, 'The control connection stays protected.')
}

const host: Handler = (session, name) => {
  if (session.login.userName !== null) throw new ReplyError(503, 'HOST comes before USER.')
  // RFC 7151 section 3.1: a name, or an address, that of IPv6 in brackets.
  if (!/^(?:[\p{L}\p{N}._-]{1,255}|\[[0-9a-fA-F:.]{2,45}\])$/u.test(name))
    throw new ReplyError(501, 'Syntax: HOST name')
  session.reply(220, session.services.config.greeting)
}

export const loginVerbs = {
  USER: user,
  PASS: pass,
  ACCT: (session) => session.reply(202, 'No account is needed here.'),
  REIN: (session) => {
    session.reinitialize()
    session.reply(220, session.services.config.greeting)
  },
  QUIT: (session) => session.end(221, 'Goodbye.'),
  AUTH: auth,
  PBSZ: pbsz,
  PROT: prot,
  CCC: ccc,
  HOST: host,
} satisfies Record<string, Handler>
