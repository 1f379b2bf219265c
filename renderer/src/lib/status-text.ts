import type { ScannerStatus, SessionState, StatusReport, TlsStatus } from '../../../common/models.ts'
import { PROTOCOL_NAMES } from './connection-form.ts'
import { formatBytesExact, formatTime } from './format.ts'
import { visibleName } from './names.ts'
import { engineText, unscannedText } from './scan-text.ts'
import type { Tone } from './transfer-text.ts'

/** The status page in words; pure, for the page and for copying alike. */
export interface StatusLine {
  term: string
  text: string
  tone?: Tone
  mono?: boolean
}

export interface StatusSection {
  title: string
  lines: StatusLine[]
}

export function statusSections(report: StatusReport): StatusSection[] {
  return [
    { title: 'Session', lines: sessionLines(report) },
    { title: 'Modes', lines: modeLines(report) },
    {
      title: 'Folders',
      lines: [
        { term: 'Remote', text: report.folders.remote ?? 'none' },
        { term: 'Local', text: report.folders.local },
      ],
    },
    { title: 'Scanner', lines: [...scannerLines(report.scanner), policyLine(report)] },
  ]
}

const STATES: Record<SessionState['state'], StatusLine> = {
  disconnected: { term: 'State', text: 'Not connected', tone: 'muted' },
  connecting: { term: 'State', text: 'Connecting', tone: 'busy' },
  connected: { term: 'State', text: 'Logged in', tone: 'good' },
  lost: { term: 'State', text: 'Connection lost', tone: 'warn' },
}

function sessionLines({ session, tls, features }: StatusReport): StatusLine[] {
  const lines: StatusLine[] = [STATES[session.state]]
  if (session.state === 'disconnected') {
    if (session.error) lines.push({ term: 'Problem', text: session.error.message, tone: 'bad' })
    return lines
  }
  const { protocol, host, port, user } = session.endpoint
  if (session.state === 'connecting') lines.push({ term: 'Step', text: session.step })
  if (session.state === 'lost') lines.push({ term: 'Problem', text: session.error.message, tone: 'bad' })
  lines.push({ term: 'Server', text: `${host}:${port}` })
  if (session.state === 'connected' && session.system !== null) lines.push({ term: 'System', text: session.system })
  lines.push({ term: 'User', text: user }, { term: 'Protocol', text: PROTOCOL_NAMES[protocol] })
  if (tls) lines.push(...tlsLines(tls))
  else if (session.state === 'connected') lines.push({ term: 'TLS', text: 'Not encrypted', tone: 'warn' })
  if (features.length > 0) lines.push({ term: 'Features', text: features.join(', ') })
  return lines
}

function tlsLines(tls: TlsStatus): StatusLine[] {
  return [
    { term: 'TLS', text: tls.version },
    { term: 'Cipher', text: tls.cipher },
    { term: 'Certificate for', text: tls.subject },
    { term: 'Issued by', text: tls.issuer },
    { term: 'Valid', text: `${formatTime(tls.validFrom)} to ${formatTime(tls.validTo)}` },
    { term: 'SHA-256', text: tls.fingerprint, mono: true },
  ]
}

const TYPES = { auto: 'Auto: text files as text', binary: 'Binary', ascii: 'ASCII: every file as text' }
const CONFLICTS = { ask: 'Ask', overwrite: 'Overwrite it', skip: 'Skip the new file', rename: 'Keep both' }

function modeLines({ transferType, dataMode, confirmSeveral, conflict }: StatusReport): StatusLine[] {
  return [
    { term: 'Transfer type', text: TYPES[transferType] },
    { term: 'Data', text: dataMode === 'passive' ? 'Passive' : 'Active' },
    { term: 'Several files', text: confirmSeveral ? 'Ask first' : 'Do not ask' },
    { term: 'File exists', text: CONFLICTS[conflict] },
  ]
}

function scannerLines(scanner: ScannerStatus): StatusLine[] {
  if (scanner.state === 'starting') return [{ term: 'State', text: 'Starting', tone: 'busy' }]
  if (scanner.state === 'unavailable') {
    return [
      { term: 'State', text: 'Unavailable: nothing can pass', tone: 'bad' },
      { term: 'Problem', text: scanner.error.message, tone: 'bad' },
    ]
  }
  const { engine, engineVersion, signatureVersion, builtInRulesOnly, maxBytes, location } = scanner
  return [
    { term: 'State', text: 'Ready', tone: 'good' },
    { term: 'Engine', text: engineText(engine, engineVersion) },
    builtInRulesOnly
      ? { term: 'Signatures', text: `${signatureVersion}, built-in rules only`, tone: 'warn' }
      : { term: 'Signatures', text: signatureVersion },
    { term: 'Largest file', text: maxBytes === null ? 'No limit' : formatBytesExact(maxBytes) },
    { term: 'Runs on', text: location },
  ]
}

function policyLine({ scanPolicy }: StatusReport): StatusLine {
  const off = unscannedText(scanPolicy)
  return off === null
    ? { term: 'Scanned', text: 'Uploads and downloads' }
    : { term: 'Scanned', text: `${off}!`, tone: 'bad' }
}

/** The server's reply to STAT, line by line; control characters of a stranger are made visible. */
export function serverLines(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/\r$/, '').split('\t').map(visibleName).join('  '))
}

/** Everything on the page as text. */
export function statusText(report: StatusReport): string {
  const sections = statusSections(report).map(({ title, lines }) =>
    [title, ...lines.map(({ term, text }) => `  ${`${term}:`.padEnd(17)}${visibleName(text)}`)].join('\n'),
  )
  const { server } = report
  if (server) {
    const lines = 'text' in server ? serverLines(server.text) : [visibleName(server.error.message)]
    sections.push(['Server', ...lines.map((line) => `  ${line}`)].join('\n'))
  }
  return sections.join('\n\n')
}
