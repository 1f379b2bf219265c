import { expect, test } from 'vitest'
import type { ScanReport, TransferRow } from '../../../common/models.ts'
import { transferRow } from '../../../testing/transfer-row.ts'
import {
  canCancel,
  canRetry,
  rateText,
  rowName,
  rowProgress,
  scanLabel,
  stateLabel,
  timeLeft,
  whyText,
} from './transfer-text.ts'

const row = transferRow({
  endpoint: { protocol: 'ftpes', host: 'h', port: 21, user: 'ada' },
  localPath: '/home/ada/report.pdf',
  remotePath: '/pub/renamed.pdf',
  size: 1000,
})
const report: ScanReport = {
  verdict: 'OK',
  signature: null,
  engine: 'clamd',
  engineVersion: '1',
  signatureVersion: '2',
  sha256: null,
  bytes: 1000,
  ms: 3,
  message: null,
}

test('the scan column speaks at every stage', () => {
  expect(scanLabel(row)).toEqual({ text: 'Waiting', tone: 'muted' })
  expect(scanLabel({ ...row, state: 'scanning', scanned: 437 }).text).toBe('Scanning 43 %')
  expect(scanLabel({ ...row, state: 'scanning', size: null }).text).toBe('Scanning')
  expect(scanLabel({ ...row, state: 'done', scan: report })).toEqual({ text: 'OK', tone: 'good' })
  const infected: ScanReport = { ...report, verdict: 'INFECTED', signature: 'Eicar-Test-Signature' }
  expect(scanLabel({ ...row, state: 'blocked', scan: infected })).toEqual({
    text: 'INFECTED Eicar-Test-Signature',
    tone: 'bad',
  })
  const error: ScanReport = { ...report, verdict: 'ERROR', message: 'the agent stopped' }
  expect(scanLabel({ ...row, state: 'failed', scan: error })).toEqual({ text: 'ERROR the agent stopped', tone: 'warn' })
  expect(scanLabel({ ...row, state: 'cancelled' }).text).toBe('Not scanned')
})

test('nothing but a verdict OK is ever called OK', () => {
  for (const state of ['queued', 'asking', 'scanning', 'transferring', 'verifying', 'done', 'failed'] as const) {
    expect(scanLabel({ ...row, state, scanned: 1000, transferred: 1000 }).text).not.toBe('OK')
  }
})

test('a file that nobody scanned says so at every stage, never OK and never that a scan runs', () => {
  for (const state of ['preparing', 'transferring', 'verifying', 'done', 'failed', 'cancelled'] as const) {
    const moved: TransferRow = { ...row, state, unscanned: true, scanned: 400, transferred: 400 }
    expect(scanLabel(moved)).toEqual({ text: 'NOT SCANNED', tone: 'bad' })
  }
  expect(scanLabel({ ...row, state: 'done', unscanned: true, scan: report }).text).toBe('NOT SCANNED')
})

test('the bar follows the scan first, then the bytes', () => {
  expect(rowProgress({ ...row, state: 'scanning', scanned: 500 })).toBe(50)
  expect(rowProgress({ ...row, state: 'transferring', scanned: 1000, transferred: 250 })).toBe(25)
  expect(rowProgress({ ...row, state: 'transferring', size: null })).toBeNull()
  expect(rowProgress({ ...row, state: 'done', size: 0 })).toBe(100)
})

test('a cancelled row says what became of the file, whatever the scan said', () => {
  const message = 'Cancelled. "a.log" had 5 bytes before. It has 9 bytes now.'
  const left: TransferRow = { ...row, state: 'cancelled', error: { code: 'cancelled', message } }
  const why = '"a.log" had 5 bytes before. It has 9 bytes now.'
  expect(whyText(left)).toBe(why)
  expect(whyText({ ...left, unscanned: true })).toBe(why)
  expect(whyText({ ...left, scan: { ...report, verdict: 'ERROR', message: 'broken off' } })).toBe(why)
  expect(whyText({ ...left, error: null })).toBe('')
  expect(whyText({ ...left, error: { code: 'cancelled', message: 'Cancelled.' } })).toBe('')
})

test('time left needs a rate', () => {
  expect(timeLeft({ ...row, state: 'transferring', transferred: 500, rate: 100 })).toBe('5 s')
  expect(timeLeft({ ...row, state: 'transferring', rate: 0 })).toBe('')
})

test('names come from the source, states from the direction', () => {
  expect(rowName(row)).toBe('report.pdf')
  expect(rowName({ ...row, direction: 'download' })).toBe('renamed.pdf')
  expect(stateLabel({ ...row, direction: 'download', state: 'done' }).text).toBe('Downloaded')
})

test('only what runs can be cancelled, only what failed retried', () => {
  expect([canCancel(row), canRetry(row)]).toEqual([true, false])
  expect([canCancel({ ...row, state: 'failed' }), canRetry({ ...row, state: 'failed' })]).toEqual([false, true])
  expect(canRetry({ ...row, state: 'blocked' })).toBe(false)
})

test('an upload whose last bytes are in buffers is finishing, at no rate', () => {
  const sent: TransferRow = { ...row, state: 'transferring', transferred: 1000, rate: 50 }
  expect([stateLabel(sent).text, rateText(sent), timeLeft(sent)]).toEqual(['Finishing', '', ''])
  const half = { ...sent, transferred: 500 }
  expect([stateLabel(half).text, rateText(half), timeLeft(half)]).toEqual(['Uploading', '50 B/s', '10 s'])
  expect(stateLabel({ ...sent, direction: 'download' }).text).toBe('Downloading')
})

test('the state says in two words what became of a blocked file, in a sentence why another failed', () => {
  const error = { code: 'infected', message: '"/very/long/path" is infected' } as const
  const scan: ScanReport = { ...report, verdict: 'INFECTED', signature: 'Eicar' }
  expect(whyText({ ...row, state: 'blocked', scan, error })).toBe('not sent')
  expect(whyText({ ...row, direction: 'download', state: 'blocked', scan, error })).toBe('not saved')
  // The scan's own column has the reason.
  expect(whyText({ ...row, state: 'failed', scan: { ...report, verdict: 'ERROR', message: 'gone' }, error })).toBe('')
  expect(whyText({ ...row, state: 'failed', scan: report, error: { code: 'timeout', message: 'Too late.' } })).toBe(
    'Too late.',
  )
  expect(whyText(row)).toBe('')
})
