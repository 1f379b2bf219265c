import { expect, test } from 'vitest'
import type { ScanReport } from '../common/models.ts'
import { VerdictStore } from './verdict-store.ts'

function report(digit: string, rest: Partial<ScanReport> = {}): ScanReport {
  return {
    verdict: 'OK',
    signature: null,
    engine: 'clamd',
    engineVersion: 'ClamAV 1',
    signatureVersion: 's1',
    sha256: digit.repeat(64),
    bytes: 1,
    ms: 1,
    message: null,
    ...rest,
  }
}

test('knows a verdict only at the same signatures and engine', () => {
  const store = new VerdictStore()
  store.add(report('a'))
  expect(store.get('a'.repeat(64), 'ClamAV 1', 's1')).toEqual(report('a'))
  expect(store.get('b'.repeat(64), 'ClamAV 1', 's1')).toBe(null)
  expect(store.get('a'.repeat(64), 'ClamAV 1', 's2')).toBe(null)
  store.add(report('a'))
  expect(store.get('a'.repeat(64), 'ClamAV 2', 's1')).toBe(null)
})

test('never keeps a failed scan', () => {
  const store = new VerdictStore()
  store.add(report('a', { verdict: 'ERROR', message: 'x' }))
  store.add(report('a', { sha256: null }))
  expect(store.get('a'.repeat(64), 'ClamAV 1', 's1')).toBe(null)
})

test('forgets what was used longest ago', () => {
  const store = new VerdictStore(2)
  store.add(report('a'))
  store.add(report('b'))
  store.get('a'.repeat(64), 'ClamAV 1', 's1')
  store.add(report('c'))
  expect(store.get('b'.repeat(64), 'ClamAV 1', 's1')).toBe(null)
  expect(store.get('a'.repeat(64), 'ClamAV 1', 's1')).not.toBe(null)
})
