/** A status report as lines: the rows of the window's status page as one table. */
import type { ConsoleLine, ConsoleTone } from '../../../common/console.ts'
import type { StatusReport } from '../../../common/models.ts'
import { statusSections, type StatusTone } from '../../../common/status-rows.ts'
import { line, linesOf, printable, table } from './output.ts'

const TONES: Record<StatusTone, ConsoleTone> = {
  good: 'good',
  warn: 'warn',
  bad: 'bad',
  muted: 'muted',
  busy: 'normal',
}

/** @param now ms since the epoch */
export function statusLines(report: StatusReport, now: number): ConsoleLine[] {
  const rows = statusSections(report, now).flatMap((section) => section.rows)
  const texts = table(rows.map(({ term, text }) => [term, printable(text)]))
  const lines = rows.map(({ tone }, at) => line(tone ? TONES[tone] : 'normal', texts[at] ?? ''))
  return [...lines, ...serverSays(report.server)]
}

function serverSays(server: StatusReport['server']): ConsoleLine[] {
  if (server === null) return []
  if ('error' in server) return [line('warn', `The server told no status: ${server.error.message}`)]
  return [line('muted', 'The server says:'), ...linesOf('reply', server.text)]
}
