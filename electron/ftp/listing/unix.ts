/** One line of `ls -l`, the form most servers use for LIST. Pure. */
import type { Entry, EntryType } from '../../../common/models.ts'
import { clockTime, inferYear, MONTHS } from './time.ts'

// Mode, links (some servers leave them out), owner, group (may be missing), size or "major, minor", time, name.
// Exactly one blank before the name: more belong to it.
const LINE =
  /^([-bcdlpsDCMnP?])([-r][-w][-xsStTL][-r][-w][-xsStTL][-r][-w][-xsStTL])[+.@]? *(\d+)? +(?:(\S+) +(?:(\S.*?) +)?)?(\d+|\d+, *\d+) +(?:([A-Za-z]{3}) +(\d{1,2}) +(\d{4}|\d{1,2}:\d\d)|(\d{4})-(\d\d)-(\d\d) +(\d{1,2}:\d\d)(?::\d\d(?:\.\d+)?)?(?: [+-]\d{4})?) (.+)$/s

/** @returns null when the line is of another form */
export function parseUnixLine(line: string, now: number): Entry | null {
  const match = LINE.exec(line)
  if (!match) return null
  const type = typeOf(match[1] ?? '')
  const modified = match[7]
    ? nameTime(match[7], Number(match[8]), match[9] ?? '', now)
    : clockTime(Number(match[10]), Number(match[11]) - 1, Number(match[12]), match[13] ?? '')
  if (modified === undefined) return null
  const written = match[14] ?? ''
  const arrow = type === 'link' ? written.indexOf(' -> ') : -1
  const size = match[6] ?? ''
  return {
    name: arrow > 0 ? written.slice(0, arrow) : written,
    type,
    size: type === 'file' || type === 'link' ? Number(size) : null,
    modified,
    permissions: match[2] ?? null,
    owner: match[4] ?? null,
    group: match[5] ?? null,
    target: arrow > 0 ? written.slice(arrow + 4) : null,
  }
}

function typeOf(letter: string): EntryType {
  if (letter === '-') return 'file'
  if (letter === 'd') return 'dir'
  return letter === 'l' ? 'link' : 'other'
}

/** "Nov 20 21:15" or "Nov 20 2024"; undefined when there is no such day. */
function nameTime(monthName: string, day: number, rest: string, now: number): number | undefined {
  const month = MONTHS.indexOf(monthName.toLowerCase())
  if (month === -1) return undefined
  return rest.includes(':') ? inferYear(month, day, rest, now) : clockTime(Number(rest), month, day, '0:00')
}
