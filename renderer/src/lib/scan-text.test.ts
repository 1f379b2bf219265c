import { expect, test } from 'vitest'
import { engineText, unscannedText } from './scan-text.ts'

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
