/**
 * Accounts that a server makes for whoever asks (SITE SIGNUP, which no standard knows; FEAT offers it before the login).
 * The password goes along, so that nothing of this happens without TLS.
 */
import { SluiceError } from '../../common/errors.ts'
import type { Endpoint } from '../../common/models.ts'
import type { ControlConnection } from './control-connection.ts'
import { exchange } from './exchange.ts'
import { FeatureSet } from './features.ts'
import type { FtpOptions } from './options.ts'
import { replyError, showReply } from './reply-errors.ts'

/** ms for a server that has just refused a login to say what else it offers */
const OFFER_TIMEOUT = 3_000

/** @throws SluiceError tls-refused for plain FTP */
export function refuseOpenSignUp({ protocol, host }: Endpoint): void {
  if (protocol !== 'ftp') return
  throw new SluiceError(
    'tls-refused',
    `No account is made on ${host} over plain FTP: everybody on the way could read its password. Use TLS.`,
  )
}

/**
 * Asks for an account with the options' user and password, on a connection that is protected and not logged in.
 * @throws SluiceError `unsupported` where FEAT does not offer it, `bad-argument` for a name that no command can carry,
 *   `name-refused`, `ftp-refused` and others as the server answers
 */
export async function demandSignUp(control: ControlConnection, options: FtpOptions): Promise<void> {
  const { endpoint, password, signal } = options
  const { host, user } = endpoint
  if (/\s/.test(user)) {
    throw new SluiceError('bad-argument', `An account’s name cannot have spaces: “${user}” was not sent to ${host}.`)
  }
  options.onStep?.('Creating the account')
  const feat = await exchange(control, 'FEAT', '', { signal })
  if (feat.code !== 211 || !new FeatureSet(feat.text).offersSignUp) {
    throw new SluiceError(
      'unsupported',
      `${host} makes no accounts by itself. No password was sent. Ask whoever runs the server for one.`,
    )
  }
  const reply = await exchange(control, 'SITE', `SIGNUP ${user} ${password}`, { signal })
  if (reply.code >= 200 && reply.code < 300) return
  // The offer stands: with another name or password it may be taken.
  options.onSignUpOffered?.()
  const what = `${host} did not make the account ${user}`
  if (reply.code === 421) throw replyError(what, host, reply)
  // 550 is about a file elsewhere; here the server says in its own words what it does not like.
  const code = reply.code === 553 ? 'name-refused' : 'ftp-refused'
  throw new SluiceError(code, `${what}: it answered "${showReply(reply)}".`, { reply })
}

/** After a refused login: tells the options' `onSignUpOffered` if the server would make an account. Never rejects. */
export async function tellSignUpOffer(control: ControlConnection, options: FtpOptions): Promise<void> {
  const { endpoint, onSignUpOffered, signal } = options
  // Without TLS no account is made.
  if (!onSignUpOffered || endpoint.protocol === 'ftp') return
  try {
    const feat = await exchange(control, 'FEAT', '', { signal, timeout: OFFER_TIMEOUT })
    if (feat.code === 211 && new FeatureSet(feat.text).offersSignUp) onSignUpOffered()
  } catch {
    // The refusal is what the person has to hear, not what went wrong after it.
  }
}
