import { expect, test } from 'vitest'
import type { StatusReport } from './models.ts'
import { engineText, statusSections, unscannedText } from './status-rows.ts'

const endpoint = { protocol: 'ftpes', host: 'ftp.example.org', port: 2121, user: 'mara' } as const
const report: StatusReport = {
  session: { state: 'connected', endpoint, home: '/', tls: 'TLSv1.3', system: 'UNIX Type: L8' },
  tls: {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    fingerprint: 'AA:BB',
    subject: 'CN=ftp.example.org',
    issuer: 'CN=Authority',
    validFrom: 0,
    validTo: 86_400_000,
  },
  features: ['SIZE', 'MDTM'],
  transferType: 'binary',
  dataMode: 'active',
  confirmSeveral: false,
  conflict: 'skip',
  folders: { local: '/home/mara', remote: '/pub' },
  scanner: {
    state: 'ready',
    engine: 'clamd',
    engineVersion: 'ClamAV 1.4.3',
    signatureVersion: '27800',
    builtInRulesOnly: false,
    maxBytes: 4_000_000_000,
    location: 'this computer',
  },
  scanPolicy: { upload: true, download: true },
  server: { text: 'Status of \u001b[2Jserver:\r\n\tlogged in\nEnd' },
}

const line = (of: StatusReport, section: string, term: string) =>
  statusSections(of, 0)
    .find(({ title }) => title === section)
    ?.rows.find((found) => found.term === term)

test('a session over TLS shows server, protection and certificate', () => {
  expect(statusSections(report, 0).map(({ title }) => title)).toEqual(['Session', 'Modes', 'Folders', 'Scanner'])
  expect(line(report, 'Session', 'Server')?.text).toBe('ftp.example.org:2121')
  expect(line(report, 'Session', 'Cipher')?.text).toBe('TLS_AES_256_GCM_SHA384')
  expect(line(report, 'Session', 'SHA-256')).toEqual({ term: 'SHA-256', text: 'AA:BB', mono: true })
  expect(line(report, 'Modes', 'Transfer type')?.text).toBe('Binary')
  expect(line(report, 'Modes', 'Data connections')?.text).toBe('Active')
  expect(line(report, 'Folders', 'Remote folder')?.text).toBe('/pub')
  expect(line(report, 'Scanner', 'Largest file')?.text).toBe('4.0 GB (4,000,000,000 bytes)')
})

test('what is dangerous is said in words: no TLS, no scanner, no scan, few rules', () => {
  expect(line({ ...report, tls: null }, 'Session', 'TLS')).toMatchObject({
    text: expect.stringContaining('Not encrypted'),
    tone: 'warn',
  })
  const error = { code: 'agent-unavailable', message: 'It died.' } as const
  expect(line({ ...report, scanner: { state: 'unavailable', error } }, 'Scanner', 'Scanner')).toMatchObject({
    tone: 'bad',
  })
  expect(line({ ...report, scanPolicy: { upload: false, download: true } }, 'Scanner', 'Scanned')).toEqual({
    term: 'Scanned',
    text: 'Uploads are not scanned for viruses!',
    tone: 'bad',
  })
  const { scanner } = report
  if (scanner.state !== 'ready') throw new Error('the report has a scanner')
  expect(line({ ...report, scanner: { ...scanner, builtInRulesOnly: true } }, 'Scanner', 'Signatures')?.tone).toBe(
    'warn',
  )
})

test('without a session there is little to say, and the last problem', () => {
  const error = { code: 'timeout', message: 'No answer.' } as const
  const alone: StatusReport = {
    ...report,
    session: { state: 'disconnected', error },
    tls: null,
    features: [],
    server: null,
  }
  expect(statusSections(alone, 0)[0]?.rows.map(({ text }) => text)).toEqual(['Not connected', 'No answer.'])
})

test('a lost session says why, and to which server it was', () => {
  const error = { code: 'connection-lost', message: 'Gone.' } as const
  const lost: StatusReport = { ...report, session: { state: 'lost', endpoint, error, retryAt: 4200 }, tls: null }
  const texts = statusSections(lost, 0)[0]?.rows.map(({ text }) => text)
  expect(texts?.slice(0, 3)).toEqual(['Connection lost, tried again in 5 s', 'Gone.', 'ftp.example.org:2121'])
  // Nothing is known about protection while there is no connection.
  expect(texts?.join()).not.toContain('Not encrypted')
})

test('no two rows have one term: as a single table they must be told apart', () => {
  const terms = statusSections(report, 0).flatMap(({ rows }) => rows.map(({ term }) => term))
  expect(new Set(terms).size).toBe(terms.length)
})

test('what is not scanned is said for each way', () => {
  expect(unscannedText({ upload: true, download: true })).toBeNull()
  expect(unscannedText({ upload: false, download: true })).toBe('Uploads are not scanned for viruses')
  expect(unscannedText({ upload: true, download: false })).toBe('Downloads are not scanned for viruses')
  expect(unscannedText({ upload: false, download: false })).toBe('Nothing is scanned for viruses')
})

test('an engine says its name once', () => {
  expect(engineText('clamd', 'ClamAV 1.4.3')).toBe('ClamAV 1.4.3')
  expect(engineText('yara', '1.2')).toBe('YARA-X 1.2')
})
