import type { StatusReport } from '../../../common/models.ts'
import { statusSections } from '../../../common/status-rows.ts'
import { visibleName } from './names.ts'

/** The server's reply to STAT, line by line; control characters of a stranger are made visible. */
export function serverLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.split('\t').map(visibleName).join('  '))
}

/** Everything on the status page as text. @param now ms since the epoch */
export function statusText(report: StatusReport, now: number): string {
  const sections = statusSections(report, now).map(({ title, rows }) =>
    [title, ...rows.map(({ term, text }) => `  ${`${term}:`.padEnd(18)}${visibleName(text)}`)].join('\n'),
  )
  const { server } = report
  if (server) {
    const lines = 'text' in server ? serverLines(server.text) : [visibleName(server.error.message)]
    sections.push(['Server', ...lines.map((line) => `  ${line}`)].join('\n'))
  }
  return sections.join('\n\n')
}
