import { expect, test } from 'vitest'
import { cells, progressLine } from './progress-bar.ts'

const at = (done: number, total: number | null, label = 'big file.iso') => ({ label, done, total, rate: 1_200_000 })

test('a bar with its figures', () => {
  expect(progressLine(at(50_000_000, 100_000_000), 100)).toBe(
    'big file.iso  [====================                    ]   50%  50.0 MB of 100.0 MB  1.2 MB/s',
  )
})

test('without a total there is no bar, on a narrow terminal neither', () => {
  expect(progressLine(at(512, null), 80)).toBe('big file.iso  512 B  1.2 MB/s')
  expect(progressLine(at(1, 2), 50)).not.toContain('[')
})

test('it never reaches the last column, whatever the name', () => {
  for (const label of ['a', 'x'.repeat(200), '漢字'.repeat(60), 'e\u0301'.repeat(40), '\u001b[2Jevil']) {
    for (let width = 1; width < 130; width++) {
      const line = progressLine(at(1_234_567, 9_999_999_999, label), width)
      expect(cells(line), `${label} at ${width}`).toBeLessThanOrEqual(Math.max(1, width - 1))
      expect(line).not.toContain('\u001b')
    }
  }
})

test('wide characters count twice, marks not at all', () => {
  expect(cells('漢字')).toBe(4)
  expect(cells('e\u0301')).toBe(1)
})

test('a narrow terminal keeps name and percentage, and leaves out figures instead', () => {
  const progress = { label: 'huge.bin', done: 41_400_000, total: 300_000_000, rate: 26_200_000 }
  expect(progressLine(progress, 40)).toBe('huge.bin   13%  41.4 MB of 300.0 MB')
  expect(progressLine(progress, 24)).toBe('huge.bin   13%')
  expect(progressLine({ ...progress, total: null }, 24)).toBe('huge.bin  41.4 MB')
  for (let width = 1; width < 100; width++)
    expect(cells(progressLine(progress, width))).toBeLessThan(Math.max(width, 2))
})
