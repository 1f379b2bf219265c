import { expect, test } from 'vitest'
import type { StatusReport } from './models.ts'
import { STATUS_ENDPOINT, STATUS_REPORT } from '../testing/status-report.ts'
import { engineText, statusSections, unscannedText } from './status-rows.ts'

const line = (of: StatusReport, section: string, term: string) =>
  statusSections(of, 0)
    .find(({ title }) => title === section)
    ?.rows.find((found) => found.term === term)

test('a session over TLS shows server, protection and certificate', () => {
  expect(statusSections(STATUS_REPORT, 0).map(({ title }) => title)).toEqual(['Session', 'Modes', 'Folders', 'Scanner'])
  expect(line(STATUS_REPORT, 'Session', 'Server')?.text).toBe('ftp.example.org:2121')
  expect(line(STATUS_REPORT, 'Session', 'Cipher')?.text).toBe('TLS_AES_256_GCM_SHA384')
  expect(line(STATUS_REPORT, 'Session', 'SHA-256')).toEqual({ term: 'SHA-256', text: 'AA:BB', mono: true })
  expect(line(STATUS_REPORT, 'Modes', 'Transfer type')?.text).toBe('Binary')
  expect(line(STATUS_REPORT, 'Modes', 'Data connections')?.text).toBe('Active')
  expect(line(STATUS_REPORT, 'Folders', 'Remote folder')?.text).toBe('/pub')
  expect(line(STATUS_REPORT, 'Scanner', 'Largest file')?.text).toBe('4.0 GB (4,000,000,000 bytes)')
})

test('what is dangerous is said in words: no TLS, no scanner, no scan, few rules', () => {
  expect(line({ ...STATUS_REPORT, tls: null }, 'Session', 'TLS')).toMatchObject({
    text: expect.stringContaining('Not encrypted'),
    tone: 'warn',
  })
  const error = { code: 'agent-unavailable', message: 'It died.' } as const
  expect(line({ ...STATUS_REPORT, scanner: { state: 'unavailable', error } }, 'Scanner', 'Scanner')).toMatchObject({
    tone: 'bad',
  })
  expect(line({ ...STATUS_REPORT, scanPolicy: { upload: false, download: true } }, 'Scanner', 'Scanned')).toEqual({
    term: 'Scanned',
    text: 'Uploads are not scanned for viruses!',
    tone: 'bad',
  })
  const { scanner } = STATUS_REPORT
  if (scanner.state !== 'ready') throw new Error('the report has a scanner')
  expect(
    line({ ...STATUS_REPORT, scanner: { ...scanner, builtInRulesOnly: true } }, 'Scanner', 'Signatures')?.tone,
  ).toBe('warn')
})

test('without a session there is little to say, and the last problem', () => {
  const error = { code: 'timeout', message: 'No answer.' } as const
  const alone: StatusReport = {
    ...STATUS_REPORT,
    session: { state: 'disconnected', error },
    tls: null,
    features: [],
    server: null,
  }
  expect(statusSections(alone, 0)[0]?.rows.map(({ text }) => text)).toEqual(['Not connected', 'No answer.'])
})

test('a lost session says why, and to which server it was', () => {
  const error = { code: 'connection-lost', message: 'Gone.' } as const
  const lost: StatusReport = {
    ...STATUS_REPORT,
    session: { state: 'lost', endpoint: STATUS_ENDPOINT, error, retryAt: 4200 },
    tls: null,
  }
  const texts = statusSections(lost, 0)[0]?.rows.map(({ text }) => text)
  expect(texts?.slice(0, 3)).toEqual(['Connection lost, tried again in 5 s', 'Gone.', 'ftp.example.org:2121'])
  // Nothing is known about protection while there is no connection.
  expect(texts?.join()).not.toContain('Not encrypted')
})

test('no two rows have one term: as a single table they must be told apart', () => {
  const terms = statusSections(STATUS_REPORT, 0).flatMap(({ rows }) => rows.map(({ term }) => term))
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
