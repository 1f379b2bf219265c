/** MLST's and MLSD's facts (RFC 3659 section 7.5). */
import type { Right } from '../../common/share.ts'
import type { Facts } from '../files/types.ts'

/** All that can be shown, in the order of FEAT. */
export const FACT_NAMES = ['type', 'size', 'modify', 'perm', 'unique', 'UNIX.mode', 'UNIX.owner', 'UNIX.group'] as const
type FactName = (typeof FACT_NAMES)[number]

/** "YYYYMMDDHHMMSS" in UTC (RFC 3659 section 2.3). @param ms since the epoch */
export function timeValue(ms: number): string {
  const date = new Date(ms)
  return (Number.isNaN(date.getTime()) ? new Date(0) : date)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(/\D/g, '')
}

/** What the account may do with it (RFC 3659 section 7.5.5). */
function perm(type: Facts['type'], rights: ReadonlySet<Right>): string {
  const has = (right: Right, letters: string): string => (rights.has(right) ? letters : '')
  const common = has('delete', 'd') + has('rename', 'f')
  if (type === 'dir') {
    return `${has('write', 'c')}${common}e${has('list', 'l')}${has('mkdir', 'm')}${has('delete', 'p')}`
  }
  const append = rights.has('append') || rights.has('write') ? 'a' : ''
  return append + common + has('read', 'r') + has('write', 'w')
}

/** Where a link leads, in the words of the clients that know; a target with a semicolon would end the fact. */
function typeValue({ type, target }: Facts): string {
  if (type !== 'link') return type
  return target === null || target.includes(';') ? 'OS.unix=symlink' : `OS.unix=slink:${target}`
}

function valueOf(name: FactName, facts: Facts, rights: ReadonlySet<Right>): string | null {
  switch (name) {
    case 'type':
      return typeValue(facts)
    case 'size':
      // Section 7.5.7 defines it for files; other things have none that means anything.
      return facts.type === 'file' ? String(facts.size) : null
    case 'modify':
      return timeValue(facts.modified)
    case 'perm':
      return perm(facts.type, rights)
    case 'unique':
      return facts.unique
    case 'UNIX.mode':
      return `0${facts.mode.toString(8).padStart(3, '0')}`
    case 'UNIX.owner':
      return String(facts.uid)
    case 'UNIX.group':
      return String(facts.gid)
  }
}

/**
 * "type=file;size=5; name" without a line's end.
 * @param shown names of facts, as OPTS MLST chose them
 * @param name a bare name for MLSD, a path for MLST
 */
export function factsLine(facts: Facts, name: string, shown: readonly string[], rights: ReadonlySet<Right>): string {
  const known = FACT_NAMES.filter((fact) => shown.includes(fact))
  const values = known.map((fact) => ({ fact, value: valueOf(fact, facts, rights) }))
  return `${values.map(({ fact, value }) => (value === null ? '' : `${fact}=${value};`)).join('')} ${name}`
}
