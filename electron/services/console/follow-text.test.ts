import { expect, test } from 'vitest'
import type { ScanReport, TransferRow } from '../../../common/models.ts'
import { transferRow } from '../../../testing/transfer-row.ts'
import { endLine, endRecord, progressLine, Tally } from './follow-text.ts'
import type { ConsoleHost } from './types.ts'

const host = { folders: { get: () => ({ local: '/home/me', remote: '/pub' }) } } as unknown as ConsoleHost

const report = (facts: Partial<ScanReport>): ScanReport => ({
  verdict: 'OK',
  signature: null,
  engine: 'clamd',
  engineVersion: '1',
  signatureVersion: '1',
  sha256: 'a'.repeat(64),
  bytes: 5,
  ms: 1,
  message: null,
  ...facts,
})

const ended: Partial<TransferRow> = {
  state: 'done',
  transferred: 1234,
  startedAt: 1000,
  endedAt: 1200,
  localPath: '/home/me/sub/notes.txt',
  remotePath: '/pub/x/notes.txt',
  scan: report({}),
}

test('a file that made it is told with bytes, time and rate, under the name it has where it came from', () => {
  expect(endLine(host, transferRow(ended))).toEqual({
    tone: 'good',
    text: 'OK  sub/notes.txt  1,234 bytes in 200 ms (6.2 kB/s)',
  })
  expect(endLine(host, transferRow({ ...ended, direction: 'download' })).text).toMatch(/^OK {2}x\/notes\.txt /)
  expect(endLine(host, transferRow({ ...ended, localPath: '/else/n', unscanned: true, scan: null }))).toEqual({
    tone: 'warn',
    text: 'NOT SCANNED  /else/n  1,234 bytes in 200 ms (6.2 kB/s)',
  })
})

test('what was there before counts neither for the rate nor for the sum', () => {
  const row = transferRow({ ...ended, resumedFrom: 1000 })
  expect(endLine(host, row).text).toBe('OK  sub/notes.txt  234 bytes in 200 ms (1.2 kB/s), 1,000 were there')
  expect(endRecord(row).bytes).toBe(1234)
  const tally = new Tally()
  tally.add(row)
  tally.add(row)
  expect(tally.summary().text).toMatch(/^2 of 2 files, 468 B /)
})

test('every other end says why', () => {
  const error = (code: 'scan-error' | 'not-found') => ({ code, message: 'So it is.' })
  const rows: Partial<TransferRow>[] = [
    { state: 'blocked', scan: report({ verdict: 'INFECTED', signature: 'Eicar' }) },
    { state: 'blocked', direction: 'download', scan: report({ verdict: 'INFECTED', signature: 'Eicar' }) },
    { state: 'failed', error: error('scan-error') },
    { state: 'failed', error: error('not-found') },
    { state: 'skipped' },
    { state: 'cancelled' },
    { state: 'cancelled', error: error('not-found') },
  ]
  expect(rows.map((row) => endLine(host, transferRow({ localPath: '/n', remotePath: '/n', ...row })).text)).toEqual([
    'INFECTED  /n  Eicar (not sent)',
    'INFECTED  /n  Eicar (quarantined)',
    'ERROR  /n  So it is.',
    'FAILED  /n  So it is.',
    'SKIPPED  /n  it exists already',
    'CANCELLED  /n',
    'CANCELLED  /n  So it is.',
  ])
})

test('a record has the addresses of both ends and no verdict for what nobody scanned', () => {
  const endpoint = { protocol: 'ftps', host: 'h.example', port: 990, user: 'me' } as const
  expect(endRecord(transferRow({ ...ended, endpoint, remotePath: '/a b/ü' }))).toEqual({
    source: '/home/me/sub/notes.txt',
    target: 'ftps://me@h.example/a%20b/%C3%BC',
    bytes: 1234,
    ms: 200,
    state: 'done',
    verdict: 'OK',
    signature: null,
    sha256: 'a'.repeat(64),
    error: null,
  })
  expect(endRecord(transferRow({ unscanned: true, direction: 'download' }))).toMatchObject({
    source: 'ftp://u@h/f1',
    target: '/f1',
    verdict: null,
    ms: null,
  })
})

test('the progress of one file shows its name and its scan, of several how many have ended', () => {
  const sum = { files: 1, ended: 0, bytes: 10, transferred: 4, rate: 2, planned: true }
  const row = transferRow({
    localPath: '/home/a\u001b.txt',
    size: 10,
    transferred: 4,
    scanned: 7,
    state: 'transferring',
  })
  expect(progressLine({ ...sum, active: [row] })).toEqual({ label: 'a<U+001B>.txt', done: 4, total: 10, rate: 2 })
  expect(progressLine({ ...sum, active: [{ ...row, state: 'scanning' }] })).toEqual({
    label: 'a<U+001B>.txt (scanning)',
    done: 7,
    total: 10,
    rate: null,
  })
  expect(progressLine({ ...sum, files: 1200, ended: 34, active: [row], planned: false })).toEqual({
    label: '34 of 1,200 files',
    done: 4,
    total: null,
    rate: 2,
  })
  const named = transferRow({ direction: 'download', remotePath: '/pub/a\\b', state: 'transferring' })
  expect(progressLine({ ...sum, active: [named] }).label).toBe(String.raw`a\b`)
})

type End = [state: TransferRow['state'], code?: 'scan-error' | 'not-found' | 'local-io' | 'unsupported']

test.each<[string, End[]]>([
  ['ok', []],
  ['ok', [['done'], ['skipped']]],
  ['ok', [['skipped']]],
  ['failed', [['skipped', 'unsupported']]],
  ['partial', [['done'], ['skipped', 'unsupported']]],
  ['partial', [['done'], ['failed', 'not-found']]],
  ['partial', [['done'], ['cancelled']]],
  ['refused', [['failed', 'not-found'], ['skipped']]],
  [
    'failed',
    [
      ['failed', 'not-found'],
      ['failed', 'local-io'],
    ],
  ],
  ['cancelled', [['cancelled']]],
  ['infected', [['done'], ['blocked'], ['failed', 'scan-error']]],
  ['scan-failed', [['done'], ['failed', 'scan-error'], ['failed', 'not-found']]],
])('outcome %s of %j', (outcome, ends) => {
  const tally = new Tally()
  for (const [state, code] of ends)
    tally.add(transferRow({ state, error: code ? { code, message: 'So it is.' } : null }))
  expect(tally.outcome()).toBe(outcome)
})

test('what is left out for a reason of its own is no remark: a quiet run shows it too', () => {
  const error = { code: 'unsupported', message: 'It is no file.' } as const
  expect(endLine(host, transferRow({ state: 'skipped', error })).tone).toBe('warn')
  expect(endLine(host, transferRow({ state: 'skipped' })).tone).toBe('muted')
})

test('the summary counts what went otherwise', () => {
  const tally = new Tally()
  expect(tally.summary().text).toBe('No files to move.')
  tally.add(transferRow({ state: 'done', transferred: 2000 }))
  tally.add(transferRow({ state: 'blocked' }))
  tally.add(transferRow({ state: 'failed', error: { code: 'scan-error', message: '' } }))
  tally.add(transferRow({ state: 'skipped' }))
  expect(tally.summary().text).toMatch(
    /^1 of 4 files, 2\.0 kB in \d+ ms \(.*\/s\): 1 infected, 1 could not be scanned, 1 skipped$/,
  )
})
