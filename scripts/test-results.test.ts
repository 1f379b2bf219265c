import { expect, test } from 'vitest'
import { add, check, summary, tallyPlaywright, tallyVitest, withExit, withPeersRequired } from './test-results.ts'

test('vitest: counts tests, and files that failed without a test to blame', () => {
  const tally = tallyVitest({
    testResults: [
      {
        name: 'a.test.ts',
        status: 'failed',
        assertionResults: [
          { fullName: 'works', status: 'passed' },
          { fullName: 'breaks', status: 'failed' },
          { fullName: 'vsftpd [vsftpd not installed]', status: 'skipped' },
        ],
      },
      { name: 'unloadable.test.ts', status: 'failed', assertionResults: [] },
    ],
  })
  expect(tally).toEqual({
    passed: 1,
    failed: 2,
    skipped: ['vsftpd [vsftpd not installed]'],
    failures: ['a.test.ts: breaks', 'unloadable.test.ts'],
  })
})

test('playwright: nested suites, reasons of skips, flaky ones and errors outside of tests', () => {
  const one = (title: string, status: string, annotations: object[] = []) => ({
    title,
    tests: [{ status, annotations }],
  })
  const tally = tallyPlaywright({
    suites: [
      {
        title: 'a.spec.ts',
        specs: [one('top', 'expected')],
        suites: [
          {
            title: 'inner',
            specs: [
              one('bad', 'unexpected'),
              one('shaky', 'flaky'),
              one('left out', 'skipped', [{ type: 'skip', description: 'clamd not installed' }]),
            ],
          },
        ],
      },
    ],
    errors: [{ message: 'no such file\nstack' }],
  })
  expect(tally).toEqual({
    passed: 1,
    failed: 3,
    skipped: ['a.spec.ts › inner › left out [clamd not installed]'],
    failures: ['a.spec.ts › inner › bad', 'a.spec.ts › inner › shaky (flaky)', 'no such file'],
  })
})

test('what is no report is refused', () => {
  expect(() => tallyVitest({})).toThrow()
  expect(() => tallyPlaywright({ suites: [{}] })).toThrow()
})

test('a runner that fails without a failed test counts once; one with failed tests is not counted again', () => {
  expect(withExit(check('tests', true), 'vitest', false)).toMatchObject({ passed: 1, failed: 1, failures: ['vitest'] })
  expect(withExit(check('tests', false), 'vitest', false)).toMatchObject({ failed: 1, failures: ['tests'] })
  expect(withExit(check('tests', true), 'vitest', true)).toMatchObject({ passed: 1, failed: 0 })
})

test('a missing peer fails where peers are required; other skips stay', () => {
  const tally = { passed: 3, failed: 0, skipped: ['a [vsftpd not installed]', 'b [needs Windows]'], failures: [] }
  expect(withPeersRequired(tally)).toEqual({
    passed: 3,
    failed: 1,
    skipped: ['b [needs Windows]'],
    failures: ['a [vsftpd not installed]'],
  })
})

test('the last line', () => {
  const total = add(check('types', true), check('lint', false))
  expect(summary(total)).toBe('1 passed, 1 failed')
  expect(summary({ ...total, skipped: ['x'] })).toBe('1 passed, 1 failed, 1 skipped')
})
