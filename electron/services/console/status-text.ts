/** A status report as lines. */
import type { ConsoleLine, ConsoleTone } from '../../../common/console.ts'
import { endpointUrl } from '../../../common/endpoint.ts'
import { formatTime } from '../../../common/format.ts'
import type { ScannerStatus, SessionState, StatusReport } from '../../../common/models.ts'
import { line, linesOf, printable, table } from './output.ts'
import { unscannedWords } from './prompt.ts'

type Row = readonly [label: string, value: string, tone?: ConsoleTone]

/** @param now ms since the epoch */
export function statusLines(report: StatusReport, now: number): ConsoleLine[] {
  const { folders, scanPolicy, scanner, server } = report
  const unscanned = unscannedWords(scanPolicy)
  const rows: Row[] = [
    ...sessionRows(report, now),
    ['Transfer type', report.transferType],
    ['Data mode', report.dataMode],
    ['Prompt', report.confirmSeveral ? 'on: asks before several files' : 'off'],
    ['Files that exist', report.conflict === 'ask' ? 'asks' : report.conflict],
    ['Remote folder', folders.remote ?? '–'],
    ['Local folder', folders.local],
    scannerRow(scanner),
    unscanned === null
      ? ['Scanned', 'uploads and downloads', 'good']
      : ['Scanned', `${unscanned.toUpperCase()} ARE NOT SCANNED`, 'bad'],
  ]
  const texts = table(rows.map(([label, value]) => [label, printable(value)]))
  return [...rows.map(([, , tone = 'normal'], at) => line(tone, texts[at] ?? '')), ...serverLines(server)]
}

function sessionRows({ session, tls, features }: StatusReport, now: number): Row[] {
  const first = sessionRow(session, now)
  if (session.state === 'disconnected') return [first]
  const { endpoint } = session
  const rows: Row[] = [first, ['Server', endpointUrl(endpoint)], ['User', endpoint.user]]
  if (session.state !== 'connected') return rows
  if (tls === null) rows.push(['Protection', 'NONE: password and files can be read on the way', 'warn'])
  else {
    rows.push(
      ['Protection', `${tls.version}, ${tls.cipher}`, 'good'],
      ['Certificate', `${tls.subject}, by ${tls.issuer}`],
      ['', `valid from ${formatTime(tls.validFrom)} to ${formatTime(tls.validTo)}`],
      ['', `SHA-256 ${tls.fingerprint}`],
    )
  }
  if (session.system !== null) rows.push(['System', session.system])
  if (features.length > 0) rows.push(['Features', features.join(', ')])
  return rows
}

function sessionRow(session: SessionState, now: number): Row {
  switch (session.state) {
    case 'disconnected':
      return ['Session', session.error === null ? 'not connected' : `not connected: ${session.error.message}`]
    case 'connecting':
      return ['Session', `connecting: ${session.step}`]
    case 'connected':
      return ['Session', 'logged in', 'good']
    case 'lost': {
      const again = session.retryAt === null ? '' : ` Tried again in ${secondsUntil(session.retryAt, now)} s.`
      return ['Session', `lost: ${session.error.message}${again}`, 'warn']
    }
  }
}

const secondsUntil = (time: number, now: number): number => Math.max(0, Math.ceil((time - now) / 1000))

function scannerRow(scanner: ScannerStatus): Row {
  switch (scanner.state) {
    case 'starting':
      return ['Scanner', 'starting']
    case 'unavailable':
      return ['Scanner', `not available: ${scanner.error.message}`, 'bad']
    case 'ready': {
      const { engine, engineVersion, signatureVersion, location, builtInRulesOnly } = scanner
      const words = `${engine} ${engineVersion}, signatures ${signatureVersion}, on ${location}`
      return builtInRulesOnly ? ['Scanner', `${words}; ONLY THE SMALL BUILT-IN RULES`, 'warn'] : ['Scanner', words]
    }
  }
}

function serverLines(server: StatusReport['server']): ConsoleLine[] {
  if (server === null) return []
  if ('error' in server) return [line('warn', `The server told no status: ${server.error.message}`)]
  return [line('muted', 'The server says:'), ...linesOf('reply', server.text)]
}
