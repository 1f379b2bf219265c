import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findElectron, isRecent, reasonOf } from './electron-binary.ts'

test('Electron counts as there only with both its path and its executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-electron-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(findElectron(folder)).toBeNull()
  writeFileSync(join(folder, 'path.txt'), 'electron')
  expect(findElectron(folder)).toBeNull()
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist/electron'), '')
  expect(findElectron(folder)).toBe(join(folder, 'dist/electron'))
})

test('the reason of a failed download is its telling line', () => {
  const output = 'Downloading\n\nTypeError: fetch failed\n    at node:internal (ENOTFOUND)\n'
  expect(reasonOf(output)).toBe('fetch failed')
  expect(reasonOf('only this\n')).toBe('only this')
  expect(reasonOf('')).toBe('its installer said nothing')
  expect(reasonOf('Error: ' + 'x'.repeat(500))).toHaveLength(160)
})

test('a failure is remembered for six hours; one from the future is not believed', () => {
  const now = Date.UTC(2026, 0, 2)
  const hours = (n: number) => ({ at: now - n * 3_600_000, reason: '' })
  expect(isRecent(hours(5.9), now)).toBe(true)
  expect(isRecent(hours(6.1), now)).toBe(false)
  expect(isRecent(hours(-1), now)).toBe(false)
})
