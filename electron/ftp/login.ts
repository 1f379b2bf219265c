/** From a fresh control connection to a logged-in one: greeting, TLS, login, what the server can do, where we are. */
import { SluiceError } from '../../common/errors.ts'
import type { ControlConnection } from './control-connection.ts'
import { demand, exchange } from './exchange.ts'
import { FeatureSet } from './features.ts'
import type { FtpOptions, Reply } from './options.ts'
import { replyError, showReply } from './reply-errors.ts'
import { demandSignUp, refuseOpenSignUp, tellSignUpOffer } from './sign-up.ts'
import type { TlsSession } from './tls.ts'

export interface Login {
  tls: TlsSession | null
  features: FeatureSet
  /** The reply to SYST; null when the server does not tell. */
  system: string | null
  /** The folder after login. */
  home: string
}

/** @throws SluiceError `tls-refused`, `tls-failed`, `certificate-rejected`, `login-refused`, `connection-lost` and others */
export async function logIn(control: ControlConnection, options: FtpOptions): Promise<Login> {
  const { endpoint, signal } = options
  const { host } = endpoint
  if (endpoint.protocol === 'ftp' && options.onlyFingerprint !== undefined) {
    throw new SluiceError(
      'certificate-rejected',
      `A certificate is demanded of ${host}, but plain FTP has none: use TLS.`,
    )
  }
  if (options.signUp) refuseOpenSignUp(endpoint)
  const tls = await greetAndSecure(control, options)
  if (options.signUp) await demandSignUp(control, options)
  options.onStep?.('Logging in')
  await sendCredentials(control, options)
  if (tls) {
    // PBSZ and PROT stand for the data connections (RFC 4217 section 8); a refusal must not leave them in clear.
    await demandProtection(control, host, 'PBSZ', '0', signal)
    await demandProtection(control, host, 'PROT', 'P', signal)
  }
  const feat = await exchange(control, 'FEAT', '', { signal })
  const features = new FeatureSet(feat.code === 211 ? feat.text : null)
  // Servers that follow RFC 2640 are UTF-8 anyway; some want to be told. A refusal means nothing.
  if (features.has('UTF8')) await exchange(control, 'OPTS', 'UTF8 ON', { signal })
  const syst = await exchange(control, 'SYST', '', { signal })
  const pwd = await exchange(control, 'PWD', '', { signal })
  return {
    tls,
    features,
    system: syst.code === 215 ? syst.text.trim() : null,
    home: pathFrom257(pwd) ?? '/',
  }
}

async function greetAndSecure(control: ControlConnection, options: FtpOptions): Promise<TlsSession | null> {
  const { endpoint, signal } = options
  const { host, protocol } = endpoint
  const secure = () => {
    options.onStep?.('TLS handshake')
    return control.secure(endpoint, options, signal)
  }
  if (protocol === 'ftps') {
    const tls = await secure()
    await greeting(control, host, signal)
    return tls
  }
  control.start()
  await greeting(control, host, signal)
  if (protocol === 'ftp') return null
  const reply = await exchange(control, 'AUTH', 'TLS', { signal })
  // Only 234 goes on; nothing secret has been sent yet (CVE-2021-22946).
  if (reply.code !== 234) {
    throw new SluiceError(
      'tls-refused',
      `${host} does not offer TLS here: it answered "${showReply(reply)}" to AUTH TLS. No password was sent. ` +
        'Try implicit TLS (usually port 990), or plain FTP if you accept that everything can be read on the way.',
      { reply },
    )
  }
  return secure()
}

async function greeting(control: ControlConnection, host: string, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    const reply = await control.reply({ signal })
    // 120: ready in some minutes (RFC 959 section 5.4); the reply timeout says how long that may be.
    if (reply.code === 120) continue
    if (reply.code === 220) return
    throw replyError(`${host} does not let us in`, host, reply)
  }
}

async function sendCredentials(control: ControlConnection, options: FtpOptions): Promise<void> {
  const { endpoint, password, account, signal } = options
  const { host, user } = endpoint
  let reply = await exchange(control, 'USER', user, { signal })
  if (reply.code === 331) reply = await exchange(control, 'PASS', password, { signal })
  if (reply.code === 332) {
    if (account === undefined) {
      throw new SluiceError('login-refused', `${host} wants an account besides user and password.`, { reply })
    }
    reply = await exchange(control, 'ACCT', account, { signal })
  }
  // 202: the server needed no password or account after all.
  if (reply.code === 230 || reply.code === 202) return
  if (reply.code === 421) throw replyError(`Cannot log in to ${host}`, host, reply)
  if (reply.code === 530) await tellSignUpOffer(control, options)
  throw new SluiceError(
    'login-refused',
    `${host} refused the login of ${user}: "${showReply(reply)}". Check user name and password.`,
    { reply },
  )
}

async function demandProtection(
  control: ControlConnection,
  host: string,
  verb: string,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reply = await exchange(control, verb, argument, { signal })
  if (reply.code >= 200 && reply.code < 300) return
  throw new SluiceError(
    'tls-refused',
    `${host} refuses to protect data connections: it answered "${showReply(reply)}" to ${verb} ${argument}.`,
    { reply },
  )
}

/** The path in a 257 reply: in double quotes, quotes in it doubled (RFC 959 appendix II). */
function pathFrom257(reply: Reply): string | null {
  if (reply.code !== 257) return null
  const match = /"((?:[^"]|"")*)"/.exec(reply.text)
  return match?.[1]?.replaceAll('""', '"') || null
}

/** PWD as a verb. */
export async function currentFolder(control: ControlConnection, host: string, signal?: AbortSignal): Promise<string> {
  const reply = await demand(control, host, 'Cannot find out the current folder', 'PWD', '', { signal })
  const path = pathFrom257(reply)
  if (path === null)
    throw new SluiceError('protocol-violation', `${host} named no folder in its reply to PWD.`, { reply })
  return path
}
