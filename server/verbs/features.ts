/** What FEAT and HELP say: made from the table and the configuration. */
import type { ShareConfig } from '../../common/share.ts'
import { FACT_NAMES } from '../listings/index.ts'
import type { LoginState } from '../session/types.ts'
import { SITE_VERBS, VERBS, verbOf, type VerbName } from './table.ts'

export const HASHES: readonly LoginState['hash'][] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5']

/** Verbs whose line in FEAT is more than their name, or that FEAT names at all (RFC 2389 section 3.2). */
const FEATURES: Partial<Record<VerbName, (login: LoginState) => string>> = {
  PBSZ: () => 'PBSZ',
  PROT: () => 'PROT',
  EPRT: () => 'EPRT',
  EPSV: () => 'EPSV',
  HASH: (login) => `HASH ${HASHES.map((name) => (name === login.hash ? `${name}*` : name)).join(';')}`,
  HOST: () => 'HOST',
  LANG: () => 'LANG EN*',
  MDTM: () => 'MDTM',
  MFMT: () => 'MFMT',
  MLST: (login) => `MLST ${FACT_NAMES.map((name) => `${name}${login.mlstFacts.includes(name) ? '*' : ''};`).join('')}`,
  REST: () => 'REST STREAM',
  SIZE: () => 'SIZE',
  XSHA256: () => 'XSHA256',
}

/** FEAT's lines without its frame. */
export function featureLines(
  config: Pick<ShareConfig, 'active' | 'signUp'>,
  withTls: boolean,
  login: LoginState,
): string[] {
  const lines = VERBS.flatMap(({ name }) => FEATURES[name]?.(login) ?? []).filter((line) => {
    if (line === 'PBSZ' || line === 'PROT') return withTls
    return line !== 'EPRT' || config.active
  })
  return [
    ...(withTls ? ['AUTH TLS'] : []),
    ...lines,
    'TVFS',
    'UTF8',
    // A client that sees it offers to make an account.
    ...(config.signUp.enabled ? ['SITE SIGNUP'] : []),
  ]
}

const PER_LINE = 8
const COLUMN = 8

/** HELP's lines: all verbs, as a table. */
export function helpLines(): string[] {
  const names = VERBS.map(({ name }) => name.padEnd(COLUMN))
  const lines: string[] = []
  for (let at = 0; at < names.length; at += PER_LINE)
    lines.push(
      names
        .slice(at, at + PER_LINE)
        .join('')
        .trimEnd(),
    )
  return lines
}

/** HELP about one verb, or SITE and what follows it; null when there is no such. */
export function helpOf(topic: string): string | null {
  const [name = '', site = ''] = topic.trim().toUpperCase().split(/ +/)
  const verb = verbOf(name)
  if (verb === undefined) return null
  if (verb.name !== 'SITE' || site === '') return `Syntax: ${`${name} ${verb.syntax}`.trim()}: ${verb.help}.`
  const found = SITE_VERBS.find((each) => each.name === site)
  return found === undefined ? null : `Syntax: ${`SITE ${found.name} ${found.syntax}`.trim()}: ${found.help}.`
}

/** HELP SITE's lines. */
export function siteHelpLines(config: Pick<ShareConfig, 'signUp'>): string[] {
  return SITE_VERBS.filter(({ name }) => name !== 'SIGNUP' || config.signUp.enabled).map(
    ({ name, syntax, help }) => `${`SITE ${name} ${syntax}`.trim()}: ${help}`,
  )
}
