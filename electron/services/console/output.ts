/** What commands write: lines for people and data for programs. All text is made printable here. */
import { toErrorData, type ErrorData } from '../../../common/errors.ts'
import type { ConsoleLine, ConsoleTone } from '../../../common/console.ts'
import { formatBytes, formatBytesExact, formatDuration, formatTime, plural } from '../../../common/format.ts'
import type { Entry } from '../../../common/models.ts'
import { printableName } from '../../../common/safe-name.ts'

export { formatBytes, formatBytesExact, formatCount, formatRate, formatTime, plural } from '../../../common/format.ts'

/** Nearly every name: no need to look at each character of a million of them. */
const PLAIN = /^[ -~]*$/

/** A text of any length with control characters and direction marks shown as code points. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  // In pieces: printableName cuts long names.
  return text.replaceAll(/.{1,60}/gsu, printableName)
}

/** One line of output. Its text is made printable; a line break in it shows as a code point. */
export function line(tone: ConsoleTone, text: string): ConsoleLine {
  return { text: printable(text), tone }
}

/** A text of several lines, such as a server's reply. */
export function linesOf(tone: ConsoleTone, text: string): ConsoleLine[] {
  return text.split(/\r?\n/).map((part) => line(tone, part.replaceAll('\t', '  ')))
}

/** An error as a line. */
export function errorLine(error: unknown): ConsoleLine {
  return line('bad', toErrorData(error).message)
}

/** What `--json` prints for an error. @param command the command's name; null for a line that names none */
export function errorRecord(error: ErrorData, command: string | null): object {
  return { error, command }
}

/** Rows with columns of equal width, two spaces apart. @param right numbers of the columns that are aligned to the right */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const TYPE_LETTERS: Record<Entry['type'], string> = { dir: 'd', file: '-', link: 'l', other: '?' }

/** A listing as a table: type, size, time, name. */
export function entryLines(entries: readonly Entry[]): ConsoleLine[] {
  const rows = entries.map((entry) => [
    TYPE_LETTERS[entry.type],
    entry.type === 'dir' ? '' : formatBytes(entry.size),
    formatTime(entry.modified),
    printable(entry.name) + (entry.target === null ? '' : ` -> ${printable(entry.target)}`),
  ])
  return table(rows, [1]).map((text) => line('normal', text))
}

/** Counts what a listing has, without keeping it. */
export class Totals {
  readonly #counts: Record<Entry['type'], number> = { file: 0, dir: 0, link: 0, other: 0 }
  #bytes = 0

  add(entry: Pick<Entry, 'type' | 'size'>): void {
    this.#counts[entry.type]++
    if (entry.type === 'file') this.#bytes += entry.size ?? 0
  }

  get count(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0)
  }

  /** "12 files, 3 folders, 4.2 kB (4,200 bytes)" */
  line(): ConsoleLine {
    const { file, dir, link, other } = this.#counts
    const parts = [plural(file, 'file'), plural(dir, 'folder')]
    if (link > 0) parts.push(plural(link, 'link'))
    if (other > 0) parts.push(plural(other, 'other', 'others'))
    parts.push(formatBytesExact(this.#bytes))
    return line('muted', parts.join(', '))
  }
}

/** A listing's entry for programs. */
export interface EntryData {
  name: string
  type: 'file' | 'dir' | 'link'
  size: number | null
  /** ISO 8601 in UTC. */
  modified: string | null
  permissions: string | null
  owner: string | null
  group: string | null
  target: string | null
  raw: string | null
}

/** An entry as `--json` prints it. Devices, sockets and the like count as files: `permissions` and `raw` tell more. */
export function entryData(entry: Entry): EntryData {
  const { name, type, size, modified, permissions, owner, group, target, raw } = entry
  const time = modified === null ? null : new Date(modified)
  return {
    name,
    type: type === 'other' ? 'file' : type,
    size,
    modified: time === null || Number.isNaN(time.getTime()) ? null : time.toISOString(),
    permissions,
    owner,
    group,
    target,
    raw: raw ?? null,
  }
}

/** A span of time: "340 ms", "4.2 s", "3 min 20 s", "2 h 05 min". @param ms milliseconds */
export function durationWords(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  return formatDuration(ms / 1000)
}

/**
 * What "on", "off" or nothing asks for: nothing turns it round.
 * @param args the command's arguments; the console has checked that the first is one of its choices
 */
export function switchOn(args: readonly string[], current: boolean): boolean {
  const [word] = args
  return word === undefined ? !current : word.toLowerCase() === 'on'
}
