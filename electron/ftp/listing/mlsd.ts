/** One line of MLSD or MLST: facts, a blank, the name (RFC 3659 section 7.2). Pure. */
import type { Entry, EntryType } from '../../../common/models.ts'
import { timeValue } from './time.ts'

/** @returns null when the line is of another form; '.' for the entries that stand for the folder itself and its parent */
export function parseMlsdLine(line: string): Entry | '.' | null {
  // Facts cannot contain a blank; the name may begin with one.
  const at = line.indexOf(' ')
  if (at === -1 || at === line.length - 1) return null
  const facts = new Map<string, string>()
  for (const fact of line.slice(0, at).split(';')) {
    if (fact === '') continue
    const equals = fact.indexOf('=')
    if (equals < 1) return null
    facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1))
  }
  const kind = facts.get('type')?.toLowerCase()
  if (kind === 'cdir' || kind === 'pdir') return '.'
  const slink = /^os\.unix=(?:slink|symlink):?(.*)$/s.exec(kind ?? '')
  const type = slink ? 'link' : typeOf(kind)
  const size = facts.get('size')
  return {
    name: line.slice(at + 1),
    type,
    size: type === 'file' && size !== undefined && /^\d+$/.test(size) ? Number(size) : null,
    modified: timeValue(facts.get('modify') ?? ''),
    permissions: modeText(facts.get('unix.mode')) ?? facts.get('perm') ?? null,
    owner: facts.get('unix.ownername') ?? facts.get('unix.owner') ?? facts.get('unix.uid') ?? null,
    group: facts.get('unix.groupname') ?? facts.get('unix.group') ?? facts.get('unix.gid') ?? null,
    // From the line itself: the fact's name was put in lower case above.
    target: slink?.[1] ? (facts.get('type')?.slice(-slink[1].length) ?? null) : null,
  }
}

function typeOf(kind: string | undefined): EntryType {
  if (kind === 'file') return 'file'
  if (kind === 'dir') return 'dir'
  // Facts are optional (section 7.5); a name without a type is most likely a file.
  return kind === undefined ? 'file' : 'other'
}

/** "0755" as "rwxr-xr-x". */
function modeText(octal: string | undefined): string | null {
  if (octal === undefined || !/^[0-7]{3,7}$/.test(octal)) return null
  const mode = Number.parseInt(octal, 8)
  let text = ''
  for (let bit = 8; bit >= 0; bit -= 1) text += mode & (1 << bit) ? 'rwx'.charAt((8 - bit) % 3) : '-'
  return text
}
