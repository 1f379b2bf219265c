/** LIST as `ls -l` writes it, with columns that stay where they are: clients have parsed it so for forty years. */
import type { Facts } from '../files/types.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `ls` shows the time of day for half a year back: half of the 365.2425 days of the calendar's mean year. */
const RECENT_MS = (365.2425 * 86_400_000) / 2

const LETTERS = ['r', 'w', 'x'] as const
const TYPE_LETTER = { file: '-', dir: 'd', link: 'l' } as const

/** "drwxr-sr-x": type and permission bits, with setuid, setgid and sticky as `ls` writes them. */
export function modeText(type: Facts['type'], mode: number): string {
  const letters: string[] = Array.from({ length: 9 }, (_, index) =>
    (mode >> (8 - index)) & 1 ? (LETTERS[index % 3] ?? '-') : '-',
  )
  const special = ['s', 's', 't'] as const
  for (const [place, letter] of special.entries()) {
    if (((mode >> (11 - place)) & 1) === 0) continue
    const at = place * 3 + 2
    letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  return TYPE_LETTER[type] + letters.join('')
}

const two = (number: number): string => String(number).padStart(2, '0')

/**
 * "Jan  2 15:04" within the last half year, "Jan  2  2006" before that and in the future, in UTC.
 * @param ms since the epoch, both
 */
export function dateText(modified: number, now: number): string {
  const date = new Date(modified)
  // A time no calendar has, from a broken disk.
  if (Number.isNaN(date.getTime())) return dateText(0, now)
  const day = `${MONTHS[date.getUTCMonth()] ?? 'Jan'} ${String(date.getUTCDate()).padStart(2)}`
  const recent = modified <= now && modified > now - RECENT_MS
  if (recent) return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`
  return `${day} ${String(date.getUTCFullYear()).padStart(5)}`
}

/** One line without its end. @param now ms since the epoch */
export function listLine(facts: Facts, now: number): string {
  const links = String(facts.links).padStart(4)
  const owner = String(facts.uid).padEnd(8)
  const group = String(facts.gid).padEnd(8)
  const size = String(facts.size).padStart(12)
  const target = facts.type === 'link' && facts.target !== null ? ` -> ${facts.target}` : ''
  return `${modeText(facts.type, facts.mode)} ${links} ${owner} ${group} ${size} ${dateText(facts.modified, now)} ${facts.name}${target}`
}
