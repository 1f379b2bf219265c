/** SITE and what follows it. */
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler } from '../session/types.ts'
import { siteHelpLines } from './features.ts'
import { audit } from './site-audit.ts'
import { chmod, utime } from './site-files.ts'
import { signUp } from './site-signup.ts'
import { SITE_VERBS, type SiteName } from './table.ts'

/** SITE HELP, and HELP SITE. */
export const siteHelp: Handler = (session) =>
  session.reply(214, ['Commands of this server:', ...siteHelpLines(session.services.config), 'End'])

const HANDLERS: Record<SiteName, Handler> = {
  HELP: siteHelp,
  CHMOD: chmod,
  UTIME: utime,
  AUDIT: audit,
  SIGNUP: signUp,
}

const WITHOUT_LOGIN: ReadonlySet<SiteName> = new Set(['HELP', 'SIGNUP'])

const site: Handler = async (session, argument, verb) => {
  const [, word = '', rest = ''] = /^(\S+) ?(.*)$/su.exec(argument) ?? []
  const command = SITE_VERBS.find(({ name }) => name === word.toUpperCase())
  // RFC 959 section 4.2: SITE itself is implemented, its parameter is not.
  if (command === undefined) throw new ReplyError(504, 'There is no such SITE command. SITE HELP lists them.')
  if (!WITHOUT_LOGIN.has(command.name) && session.login.account === null)
    throw new ReplyError(530, 'Log in with USER and PASS first.')
  if (command.right !== undefined && !session.login.rights.has(command.right)) {
    session.audit({
      kind: 'refused',
      outcome: 'refused',
      detail: `SITE ${command.name} needs the right "${command.right}"`,
    })
    throw new ReplyError(550, `You may not do that: it needs the right "${command.right}".`)
  }
  await HANDLERS[command.name](session, rest, verb)
}

export const siteVerbs = {
  SITE: site,
} satisfies Record<string, Handler>
