/** Parameters, and what the server says of itself. */
import { printableName } from '../../common/safe-name.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { FACT_NAMES, statListing } from '../listings/index.ts'
import type { Handler, Session } from '../session/types.ts'
import { featureLines, HASHES, helpLines, helpOf } from './features.ts'
import { siteHelp } from './site.ts'

const help: Handler = (session, argument, verb) => {
  const topic = argument.trim()
  if (topic === '') {
    session.reply(214, ['These commands are taken:', ...helpLines(), 'HELP and a command tells more of it.'])
    return
  }
  if (topic.toUpperCase() === 'SITE') {
    return siteHelp(session, '', verb)
  }
  const text = helpOf(topic)
  if (text === null) throw new ReplyError(501, 'There is no such command.')
  session.reply(214, text)
}

const feat: Handler = (session) => {
  const { config, certificate } = session.services
  session.reply(211, ['Extensions supported:', ...featureLines(config, certificate !== null, session.login), 'End'])
}

function optsMlst(session: Session, wanted: string): void {
  const names = new Set(wanted.toLowerCase().split(';'))
  const facts = FACT_NAMES.filter((fact) => names.has(fact.toLowerCase()))
  session.login.mlstFacts = facts
  // RFC 3659 section 7.8: the answer tells which of them there are.
  session.reply(200, `MLST OPTS ${facts.map((fact) => `${fact};`).join('')}`.trimEnd())
}

function optsHash(session: Session, wanted: string): void {
  const name = wanted === '' ? session.login.hash : HASHES.find((each) => each === wanted.toUpperCase())
  if (name === undefined) throw new ReplyError(501, `The algorithms are ${HASHES.join(', ')}.`)
  session.login.hash = name
  session.reply(200, name)
}

const opts: Handler = (session, argument) => {
  const [, option = '', rest = ''] = /^(\S*) ?(.*)$/su.exec(argument) ?? []
  const value = rest.trim()
  switch (option.toUpperCase()) {
    case 'UTF8':
      if (value !== '' && value.toUpperCase() !== 'ON') throw new ReplyError(504, 'Names are always in UTF-8.')
      session.reply(200, 'Names are in UTF-8.')
      return
    case 'MLST':
      optsMlst(session, value)
      return
    case 'HASH':
      optsHash(session, value)
      return
    default:
      throw new ReplyError(501, 'There are options of MLST, UTF8 and HASH.')
  }
}

const lang: Handler = (session, argument) => {
  const tag = argument.trim().toUpperCase()
  if (tag !== '' && tag !== 'EN' && !tag.startsWith('EN-')) throw new ReplyError(504, 'Only English is spoken here.')
  session.reply(200, 'English it is.')
}

const type: Handler = (session, argument) => {
  const wanted = argument.trim().toUpperCase().split(/ +/).join(' ')
  if (wanted === 'A' || wanted === 'A N') session.login.type = 'A'
  // RFC 959 section 3.1.1.4: bytes of 8 bits are what an image has here, too.
  else if (wanted === 'I' || wanted === 'L 8') session.login.type = 'I'
  else if (/^(?:[AE](?: [NTC])?|L(?: \d{1,3})?)$/.test(wanted)) throw new ReplyError(504, 'The types are A, I and L 8.')
  else throw new ReplyError(501, 'Syntax: TYPE A, TYPE I or TYPE L 8')
  session.reply(200, session.login.type === 'A' ? 'Type is ASCII.' : 'Type is binary.')
}

/** A parameter of which one value is taken and the RFC's others are not. */
function only(taken: string, others: readonly string[], name: string): Handler {
  return (session, argument) => {
    const wanted = argument.trim().toUpperCase()
    if (others.includes(wanted)) throw new ReplyError(504, `${name} is always ${taken}.`)
    if (wanted !== taken) throw new ReplyError(501, `Syntax: ${name} ${taken}`)
    session.reply(200, `${name} is ${taken}.`)
  }
}

const ownStat: Handler = (session) => {
  const { login, tls, transferring } = session
  session.reply(211, [
    'State of this session:',
    `Connected from ${session.address}`,
    login.account === null ? 'Not logged in' : `Logged in as ${printableName(login.account.name)}`,
    tls === null ? 'Control connection in clear' : `Control connection with ${tls}`,
    session.protected ? 'Data connections with TLS' : 'Data connections in clear',
    `TYPE: ${login.type === 'A' ? 'ASCII, FORM: Nonprint' : 'Image'}; STRUcture: File; transfer MODE: Stream`,
    transferring === null ? 'No transfer runs' : `Transfer: ${transferring}`,
    'End',
  ])
}

const stat: Handler = async (session, argument, verb) => {
  if (argument === '') {
    await ownStat(session, argument, verb)
    return
  }
  if (session.login.account === null) throw new ReplyError(530, 'Log in first, with USER and PASS.')
  if (!session.login.rights.has('list')) throw new ReplyError(550, 'Your account does not have the right to list.')
  await statListing(session, argument)
}

export const parametersVerbs = {
  NOOP: (session) => session.reply(200, 'Still here.'),
  SYST: (session) => session.reply(215, 'UNIX Type: L8'),
  HELP: help,
  FEAT: feat,
  OPTS: opts,
  LANG: lang,
  STAT: stat,
  TYPE: type,
  MODE: only('S', ['B', 'C', 'Z'], 'MODE'),
  STRU: only('F', ['R', 'P'], 'STRU'),
} satisfies Record<string, Handler>
