import { beforeEach, expect, test, vi } from 'vitest'
import { SCAN_ALL, SCAN_NOTHING, applyScanPolicy, setScanPolicy, toggleScanning, useScanPolicy } from './scan-policy.ts'
import { useUi } from './ui.ts'

let calls: unknown[][] = []

beforeEach(() => {
  calls = []
  const invoke = (...call: unknown[]): Promise<unknown> => {
    calls.push(call)
    return Promise.resolve({ ok: true })
  }
  vi.stubGlobal('window', { sluice: { invoke } })
  useUi.setState({ dialog: null })
  useScanPolicy.setState({ policy: SCAN_ALL })
})

test('to scan less is asked about first, to scan more is not', () => {
  toggleScanning()
  expect(calls).toEqual([])
  expect(useUi.getState().dialog).toEqual({ kind: 'stop-scanning', policy: SCAN_NOTHING })
  applyScanPolicy(SCAN_NOTHING)
  expect(calls).toEqual([['scan.setPolicy', SCAN_NOTHING]])

  useUi.setState({ dialog: null })
  useScanPolicy.setState({ policy: SCAN_NOTHING })
  toggleScanning()
  expect(useUi.getState().dialog).toBeNull()
  expect(calls.at(-1)).toEqual(['scan.setPolicy', SCAN_ALL])
})

test('one way less is less, whatever the other does', () => {
  useScanPolicy.setState({ policy: { upload: true, download: false } })
  setScanPolicy({ upload: false, download: true })
  expect(useUi.getState().dialog?.kind).toBe('stop-scanning')
})
