import { expect, test } from 'vitest'
import { parseClamscan } from './clamscan.ts'

const path = '/tmp/x/file'

test('believes exit status and output only together', () => {
  expect(parseClamscan(path, { code: 0, stdout: `${path}: OK\n`, stderr: '' }).verdict).toBe('OK')
  expect(parseClamscan(path, { code: 0, stdout: `${path}: Empty file\n`, stderr: '' }).verdict).toBe('OK')
  expect(parseClamscan(path, { code: 1, stdout: `${path}: Win.Test FOUND\n`, stderr: '' })).toEqual({
    verdict: 'INFECTED',
    signature: 'Win.Test',
  })
})

test.each([
  [0, ''],
  [0, 'OK'],
  [0, `${path}: Win.Test FOUND`],
  [0, `${path}: OK\n${path}: OK`],
  [0, `${path}: Excluded`],
  [0, `${path}: MAYBE`],
  [0, `other: OK`],
  [1, `${path}: OK`],
  [1, ''],
  [1, `${path}: Heuristics.Limits.Exceeded.MaxFileSize FOUND`],
  [2, `${path}: OK`],
  [2, `${path}: Win.Test FOUND`],
  [null, `${path}: OK`],
])('status %s with %j is an error', (code, stdout) => {
  expect(() => parseClamscan(path, { code, stdout, stderr: '' })).toThrow()
})
