/** One line of the DOS form of LIST (IIS and other servers on Windows). Pure. */
import type { Entry } from '../../../common/models.ts'
import { clockTime } from './time.ts'

// Date, time, <DIR> or size, name. Two-digit years, or four; 12 or 24 hours.
const LINE =
  /^(?:(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d\d)|(\d{4})-(\d\d)-(\d\d)) +(\d{1,2}):(\d\d) ?([AaPp][Mm])? +(?:<(DIR|JUNCTION|SYMLINKD?)>|(\d[\d,.]*)) +?(\S.*)$/s

/** @returns null when the line is of another form */
export function parseDosLine(line: string): Entry | null {
  const match = LINE.exec(line)
  if (!match) return null
  const written = match[3] ?? match[4] ?? ''
  const year = written.length === 2 ? Number(written) + (Number(written) < 70 ? 2000 : 1900) : Number(written)
  const month = Number(match[1] ?? match[5])
  const day = Number(match[2] ?? match[6])
  const half = match[9]?.toLowerCase()
  let hour = Number(match[7])
  if (half) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (half === 'pm' ? 12 : 0)
  }
  const modified = clockTime(year, month - 1, day, hour, Number(match[8]))
  if (modified === undefined) return null
  const kind = match[10]
  const isLink = kind !== undefined && kind !== 'DIR'
  const link = isLink ? /^(.+) \[(.*)\]$/s.exec(match[12] ?? '') : null
  return {
    name: link?.[1] ?? match[12] ?? '',
    type: kind === undefined ? 'file' : isLink ? 'link' : 'dir',
    size: kind === undefined ? Number((match[11] ?? '').replace(/[,.]/g, '')) : null,
    modified,
    permissions: null,
    owner: null,
    group: null,
    target: link?.[2] ?? null,
  }
}
