import { expect, test } from 'vitest'
import type { ScanReport } from '../../common/models.ts'
import { reportOf } from '../../testing/report-of.ts'
import { Clearance } from './clearance.ts'
import { judge } from './reports.ts'

const sha256 = 'a'.repeat(64)
const seen = { sha256, bytes: 5, ms: 1 }
const clean: ScanReport = {
  verdict: 'OK',
  signature: null,
  engine: 'clamd',
  engineVersion: 'ClamAV 1',
  signatureVersion: 's',
  sha256,
  bytes: 5,
  ms: 1,
  message: null,
}

test('OK about exactly these bytes passes, with a clearance for them', () => {
  const outcome = judge(clean, seen, { state: 'starting' })
  expect(outcome).toMatchObject({ passes: true, report: clean, clearance: { sha256, bytes: 5 } })
  expect(outcome.passes && Clearance.isGenuine(outcome.clearance)).toBe(true)
})

test.each<[string, Partial<ScanReport>, 'INFECTED' | 'ERROR']>([
  ['an infected file', { verdict: 'INFECTED', signature: 'X' }, 'INFECTED'],
  ['a failed scan', { verdict: 'ERROR', message: 'x' }, 'ERROR'],
  ['a failed scan without a word', { verdict: 'ERROR' }, 'ERROR'],
  ['another hash', { sha256: 'b'.repeat(64) }, 'ERROR'],
  ['no hash', { sha256: null }, 'ERROR'],
  ['another length', { bytes: 6 }, 'ERROR'],
  ['OK with a signature', { signature: 'X' }, 'ERROR'],
  ['no engine', { engine: null }, 'ERROR'],
  ['an infection of other bytes', { verdict: 'INFECTED', signature: 'X', bytes: 6 }, 'ERROR'],
])('%s does not pass', (_name, change, verdict) => {
  const outcome = judge({ ...clean, ...change }, seen, { state: 'starting' })
  expect(outcome.passes).toBe(false)
  expect(reportOf(outcome).verdict).toBe(verdict)
  if (verdict === 'ERROR') expect(reportOf(outcome).message).toBeTypeOf('string')
})

test('nothing passes that was not read whole', () => {
  expect(judge(clean, { ...seen, sha256: null }, { state: 'starting' }).passes).toBe(false)
})
