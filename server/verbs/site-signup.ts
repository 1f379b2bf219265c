/** SITE SIGNUP: a client makes itself an account with a folder of its own, where the server allows that. */
import { mkdir, realpath, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { SluiceError, systemCode, toErrorData } from '../../common/errors.ts'
import { nameProblem } from '../../common/safe-name.ts'
import { ACCOUNT_DEFAULTS, accountNameSchema, passwordSchema, type ShareConfig } from '../../common/share.ts'
import { isReserved } from '../accounts/names.ts'
import { checkShareRoot } from '../accounts/root.ts'
import type { AccountStore } from '../accounts/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler, Session } from '../session/types.ts'

const TAKEN = 'That name is taken, or cannot be had. Choose another.'

/** The password is the rest of the line: it may hold spaces. */
function parse(argument: string): { name: string; password: string } {
  const space = argument.indexOf(' ')
  if (space < 1) throw new ReplyError(501, 'Give a name and a password: SITE SIGNUP name password.')
  const name = argument.slice(0, space).normalize('NFC')
  const password = argument.slice(space + 1)
  const [problem] = [accountNameSchema.safeParse(name), passwordSchema.safeParse(password)].flatMap(
    ({ error }) => error?.issues ?? [],
  )
  if (problem !== undefined) throw new ReplyError(501, problem.message)
  if (isReserved(name) || nameProblem(name) !== null) throw new ReplyError(553, TAKEN)
  return { name, password }
}

/**
 * Makes the folder, which must not be there: it could hold what was another's.
 * @throws ReplyError 553 it is there; SluiceError bad-argument the folder of all accounts cannot be shared
 */
async function makeFolder(base: string, name: string): Promise<string> {
  const folder = path.join(await checkShareRoot(base), name)
  try {
    // Not through a link either: that would be there already.
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new ReplyError(553, TAKEN)
    throw error
  }
  if ((await realpath(folder)) === folder) return folder
  await rmdir(folder)
  throw new ReplyError(553, TAKEN)
}

async function makeAccount(
  accounts: AccountStore,
  { folder: base, role, quotaBytes }: ShareConfig['signUp'],
  name: string,
  password: string,
): Promise<void> {
  if ((await accounts.find(name)) !== null) throw new ReplyError(553, TAKEN)
  const root = await makeFolder(base, name)
  try {
    await accounts.add({ ...ACCOUNT_DEFAULTS, name, password, root, role, quotaBytes })
  } catch (error) {
    // Nobody can have put anything into it: nobody knows of it.
    await rmdir(root)
    // Made by another server on the same database since we looked.
    if (error instanceof SluiceError && error.code === 'bad-argument')
      throw new ReplyError(553, TAKEN, { cause: error })
    throw error
  }
}

function refuseWhere(session: Session): void {
  const { config } = session.services
  if (!config.signUp.enabled) throw new ReplyError(550, 'This server makes no accounts by itself.')
  if (session.login.account !== null) throw new ReplyError(503, 'You are logged in already.')
  // RFC 4217 section 15.1 has 534 for a request that policy denies without protection.
  if (config.tls.mode !== 'off' && session.tls === null)
    throw new ReplyError(534, 'Use AUTH TLS first: the password would go in clear.')
}

/** What came of it, for the log and for the limits. */
function refused({ services: { audit, limits }, address }: Session, name: string, error: unknown): ReplyError {
  limits.signUpRefused(address)
  const entry = { kind: 'sign-up', account: name, address } as const
  if (error instanceof ReplyError) {
    audit.add({ ...entry, outcome: 'refused', detail: error.message })
    // Whoever asks for many names wants to know who has an account: that counts as guessing.
    limits.loginFailed(address, name)
    return error
  }
  // Its message names folders of the server: for the log, not for the client.
  audit.add({ ...entry, outcome: 'failed', detail: toErrorData(error).message })
  return new ReplyError(550, 'The account could not be made. Tell whoever runs this server.', { cause: error })
}

/**
 * SITE SIGNUP name password. Answers 200; 421 shut out for too many failures, 501 not a name or a password, 503 logged
 * in, 534 without TLS, 550 not here or too many, 553 the name cannot be had.
 */
export const signUp: Handler = async (session, argument) => {
  const { accounts, audit, config, limits } = session.services
  refuseWhere(session)
  const { name, password } = parse(argument)
  if (!(await limits.holdBack(session.address, name, session.signal))) {
    session.end(421, 'Too many failures: try again later.')
    return
  }
  const entry = { kind: 'sign-up', account: name, address: session.address } as const
  if (!limits.maySignUp(session.address)) {
    audit.add({ ...entry, outcome: 'refused', detail: 'Too many accounts from this address today.' })
    throw new ReplyError(550, 'Too many accounts from your address. Try again tomorrow.')
  }
  try {
    await makeAccount(accounts, config.signUp, name, password)
  } catch (error) {
    throw refused(session, name, error)
  }
  audit.add({ ...entry, outcome: 'ok', detail: `Role ${config.signUp.role}` })
  session.reply(200, 'Your account is made. Log in with USER and PASS.')
}
