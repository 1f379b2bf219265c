/**
 * One line of `ls -l`, the form most servers use for LIST. Pure. Fields are walked from the left up to the time, which
 * is what can be told for sure; a single expression for the whole line takes seconds on hostile lines.
 */
import type { Entry, EntryType } from '../../../common/models.ts'
import { clockTime, inferYear, MONTHS } from './time.ts'

const MODE = /^([-bcdlpsDCMnP?])([-r][-w][-xsStTL][-r][-w][-xsStTL][-r][-w][-xsStTL])[+.@]?(?=[ \d])/
/** The time begins within so many fields, links, owner and group with blanks included. */
const MAX_FIELDS = 14

interface Field {
  text: string
  /** Where it ends in the line. */
  end: number
}

/** @returns null when the line is of another form */
export function parseUnixLine(line: string, now: number): Entry | null {
  const mode = MODE.exec(line)
  if (!mode) return null
  const fields = fieldsFrom(line, mode[0].length)
  for (let at = 1; at < fields.length; at += 1) {
    const size = fields[at - 1]?.text ?? ''
    if (!/^(?:\d+,)?\d+$/.test(size)) continue
    const time = timeAt(fields, at, now)
    // Exactly one blank stands before the name: more belong to it.
    if (!time || line[time.end] !== ' ' || line.length <= time.end + 1) continue
    const type = typeOf(mode[1] ?? '')
    const isDevice = size.includes(',') || fields[at - 2]?.text.endsWith(',')
    const written = line.slice(time.end + 1)
    const arrow = type === 'link' ? written.indexOf(' -> ') : -1
    return {
      name: arrow > 0 ? written.slice(0, arrow) : written,
      type,
      size: type === 'file' || type === 'link' ? Number(size) : null,
      modified: time.value,
      permissions: mode[2] ?? null,
      ...ownership(fields.slice(0, isDevice && !size.includes(',') ? at - 2 : at - 1)),
      target: arrow > 0 ? written.slice(arrow + 4) : null,
    }
  }
  return null
}

/** The first fields, parted by blanks. */
function fieldsFrom(line: string, start: number): Field[] {
  const fields: Field[] = []
  let at = start
  while (fields.length < MAX_FIELDS) {
    while (line[at] === ' ') at += 1
    if (at >= line.length) break
    const blank = line.indexOf(' ', at)
    const end = blank === -1 ? line.length : blank
    fields.push({ text: line.slice(at, end), end })
    at = end
  }
  return fields
}

/** "Nov 20 21:15", "Nov 20 2024", "2024-11-20 21:15" or "2024-11-20 21:15:03.123 +0000" from this field on. */
function timeAt(fields: Field[], at: number, now: number): { value: number; end: number } | null {
  const [first, second, third] = fields.slice(at, at + 3)
  if (!first || !second) return null
  if (first.text.length === 3) {
    const month = MONTHS.indexOf(first.text.toLowerCase())
    if (month === -1) return null
    const rest = /^(?:(\d{4})|(\d{1,2}):(\d\d))$/.exec(third?.text ?? '')
    if (!third || !rest || !/^\d{1,2}$/.test(second.text)) return null
    const day = Number(second.text)
    const value = rest[1]
      ? clockTime(Number(rest[1]), month, day, 0, 0)
      : inferYear(month, day, Number(rest[2]), Number(rest[3]), now)
    return value === undefined ? null : { value, end: third.end }
  }
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(first.text)
  const clock = /^(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?$/.exec(second.text)
  if (!date || !clock) return null
  const value = clockTime(Number(date[1]), Number(date[2]) - 1, Number(date[3]), Number(clock[1]), Number(clock[2]))
  if (value === undefined) return null
  const zone = third && second.text.includes('.') && /^[+-]\d{4}$/.test(third.text)
  return { value, end: zone ? third.end : second.end }
}

/** What stands between mode and size: links, owner, group; servers leave out the first or the last. */
function ownership(fields: Field[]): { owner: string | null; group: string | null } {
  const [first] = fields
  const named = first && /^\d+$/.test(first.text) ? fields.slice(1) : fields
  const [owner, ...group] = named.map((field) => field.text)
  return { owner: owner ?? null, group: group.length > 0 ? group.join(' ') : null }
}

function typeOf(letter: string): EntryType {
  if (letter === '-') return 'file'
  if (letter === 'd') return 'dir'
  return letter === 'l' ? 'link' : 'other'
}
