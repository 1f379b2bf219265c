/** A status report in words, the same for the console and the window's status page. Pure. */
import { PROTOCOL_NAMES } from './endpoint.ts'
import { formatBytesExact, formatTime } from './format.ts'
import type { Engine, ScannerStatus, ScanPolicy, SessionState, StatusReport, TlsStatus } from './models.ts'

/** `good` to `bad`: how good the news is. `busy`: it changes on its own. */
export type StatusTone = 'good' | 'warn' | 'bad' | 'muted' | 'busy'

export interface StatusRow {
  term: string
  /** May hold text of the server: it must be made printable before it is shown. */
  text: string
  tone?: StatusTone
  /** A text to compare character by character. */
  mono?: boolean
}

export interface StatusSection {
  title: string
  rows: StatusRow[]
}

/** Terms are unlike each other in the whole report. @param now ms since the epoch, for the time until a new attempt */
export function statusSections(report: StatusReport, now: number): StatusSection[] {
  const { folders } = report
  return [
    { title: 'Session', rows: sessionRows(report, now) },
    { title: 'Modes', rows: modeRows(report) },
    {
      title: 'Folders',
      rows: [
        { term: 'Remote folder', text: folders.remote ?? 'none' },
        { term: 'Local folder', text: folders.local },
      ],
    },
    { title: 'Scanner', rows: [...scannerRows(report.scanner), policyRow(report.scanPolicy)] },
  ]
}

function sessionRows({ session, tls, features }: StatusReport, now: number): StatusRow[] {
  const rows = stateRows(session, now)
  if (session.state === 'disconnected') return rows
  const { protocol, host, port, user } = session.endpoint
  rows.push({ term: 'Server', text: `${host}:${port}` })
  if (session.state === 'connected' && session.system !== null) rows.push({ term: 'System', text: session.system })
  rows.push({ term: 'User', text: user }, { term: 'Protocol', text: PROTOCOL_NAMES[protocol] })
  if (tls) rows.push(...tlsRows(tls))
  else if (session.state === 'connected')
    rows.push({ term: 'TLS', text: 'Not encrypted: password and files can be read on the way', tone: 'warn' })
  if (features.length > 0) rows.push({ term: 'Features', text: features.join(', ') })
  return rows
}

function stateRows(session: SessionState, now: number): StatusRow[] {
  const row = (text: string, tone: StatusTone): StatusRow => ({ term: 'Session', text, tone })
  const problem = ({ message }: { message: string }): StatusRow => ({ term: 'Problem', text: message, tone: 'bad' })
  switch (session.state) {
    case 'disconnected':
      return [row('Not connected', 'muted'), ...(session.error === null ? [] : [problem(session.error)])]
    case 'connecting':
      return [row(`Connecting: ${session.step}`, 'busy')]
    case 'connected':
      return [row('Logged in', 'good')]
    case 'lost': {
      const { retryAt } = session
      const again = retryAt === null ? '' : `, tried again in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s`
      return [row(`Connection lost${again}`, 'warn'), problem(session.error)]
    }
  }
}

function tlsRows(tls: TlsStatus): StatusRow[] {
  return [
    { term: 'TLS', text: tls.version, tone: 'good' },
    { term: 'Cipher', text: tls.cipher },
    { term: 'Certificate for', text: tls.subject },
    { term: 'Issued by', text: tls.issuer },
    { term: 'Valid', text: `${formatTime(tls.validFrom)} to ${formatTime(tls.validTo)}` },
    { term: 'SHA-256', text: tls.fingerprint, mono: true },
  ]
}

const TYPES = { auto: 'Auto: text files as text', binary: 'Binary', ascii: 'ASCII: every file as text' }
const CONFLICTS = { ask: 'Ask', overwrite: 'Overwrite it', skip: 'Skip the new file', rename: 'Keep both' }

function modeRows({ transferType, dataMode, confirmSeveral, conflict }: StatusReport): StatusRow[] {
  return [
    { term: 'Transfer type', text: TYPES[transferType] },
    { term: 'Data connections', text: dataMode === 'passive' ? 'Passive' : 'Active' },
    { term: 'Several files', text: confirmSeveral ? 'Ask first' : 'Do not ask' },
    { term: 'File exists', text: CONFLICTS[conflict] },
  ]
}

function scannerRows(scanner: ScannerStatus): StatusRow[] {
  if (scanner.state === 'starting') return [{ term: 'Scanner', text: 'Starting', tone: 'busy' }]
  if (scanner.state === 'unavailable')
    return [
      { term: 'Scanner', text: 'Unavailable: nothing can pass', tone: 'bad' },
      { term: 'Scanner problem', text: scanner.error.message, tone: 'bad' },
    ]
  const { engine, engineVersion, signatureVersion, builtInRulesOnly, maxBytes, location } = scanner
  return [
    { term: 'Scanner', text: 'Ready', tone: 'good' },
    { term: 'Engine', text: engineText(engine, engineVersion) },
    builtInRulesOnly
      ? { term: 'Signatures', text: `${signatureVersion}, built-in rules only`, tone: 'warn' }
      : { term: 'Signatures', text: signatureVersion },
    { term: 'Largest file', text: maxBytes === null ? 'No limit' : formatBytesExact(maxBytes) },
    { term: 'Runs on', text: location },
  ]
}

function policyRow(policy: ScanPolicy): StatusRow {
  const off = unscannedText(policy)
  return off === null
    ? { term: 'Scanned', text: 'Uploads and downloads' }
    : { term: 'Scanned', text: `${off}!`, tone: 'bad' }
}

/** What is not scanned, in words; null while everything is. */
export function unscannedText({ upload, download }: ScanPolicy): string | null {
  if (upload && download) return null
  if (upload) return 'Downloads are not scanned for viruses'
  return download ? 'Uploads are not scanned for viruses' : 'Nothing is scanned for viruses'
}

const ENGINES: Record<Engine, string> = { clamd: 'ClamAV', clamscan: 'ClamAV', yara: 'YARA-X' }

/** Name and version; most engines say their name in the version already. */
export const engineText = (engine: Engine, version: string): string =>
  version.includes(ENGINES[engine]) ? version : `${ENGINES[engine]} ${version}`
