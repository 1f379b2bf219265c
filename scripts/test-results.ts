/** Reads what the test runners leave behind for machines, and adds it up. */
import { z } from 'zod'

/** What one runner, or all of them, had to say. */
export interface Tally {
  passed: number
  failed: number
  /** Names and reasons of what did not run. */
  skipped: string[]
  /** Names of what failed. */
  failures: string[]
}

export function emptyTally(): Tally {
  return { passed: 0, failed: 0, skipped: [], failures: [] }
}

export function add(total: Tally, part: Tally): Tally {
  return {
    passed: total.passed + part.passed,
    failed: total.failed + part.failed,
    skipped: [...total.skipped, ...part.skipped],
    failures: [...total.failures, ...part.failures],
  }
}

/** One thing that either went well or did not. */
export function check(name: string, succeeded: boolean): Tally {
  return succeeded ? { ...emptyTally(), passed: 1 } : { ...emptyTally(), failed: 1, failures: [name] }
}

/** A runner that fails without naming a test (it crashed, was killed, or found errors outside of tests) is a failure. */
export function withExit(tally: Tally, name: string, succeeded: boolean): Tally {
  return succeeded || tally.failed > 0 ? tally : add(tally, check(name, false))
}

/** Where a missing peer is an error, a skip that names one counts as failed. */
export function withPeersRequired(tally: Tally): Tally {
  const missing = tally.skipped.filter((line) => line.includes('not installed'))
  return {
    passed: tally.passed,
    failed: tally.failed + missing.length,
    skipped: tally.skipped.filter((line) => !missing.includes(line)),
    failures: [...tally.failures, ...missing],
  }
}

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

/**
 * Adds up vitest's JSON report.
 * @throws ZodError when it is not one.
 */
export function tallyVitest(report: unknown): Tally {
  const tally = emptyTally()
  for (const file of vitestReport.parse(report).testResults) {
    const before = tally.failed
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') {
        tally.passed += 1
      } else if (status === 'failed') {
        tally.failed += 1
        tally.failures.push(`${file.name}: ${fullName}`)
      } else {
        tally.skipped.push(fullName)
      }
    }
    // A file that could not be loaded, or whose hooks failed, has no test to blame.
    if (file.status === 'failed' && tally.failed === before) {
      tally.failed += 1
      tally.failures.push(file.name)
    }
  }
  return tally
}

const playwrightTest = z.object({
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  annotations: z.array(z.object({ type: z.string(), description: z.string().optional() })).default([]),
})
const playwrightSpec = z.object({ title: z.string(), tests: z.array(playwrightTest) })
interface PlaywrightSuite {
  title: string
  specs: z.infer<typeof playwrightSpec>[]
  suites?: PlaywrightSuite[] | undefined
}
const playwrightSuite: z.ZodType<PlaywrightSuite> = z.object({
  title: z.string(),
  specs: z.array(playwrightSpec),
  get suites() {
    return z.array(playwrightSuite).optional()
  },
})
const playwrightReport = z.object({
  suites: z.array(playwrightSuite),
  errors: z.array(z.object({ message: z.string().optional() })).default([]),
})

/**
 * Adds up Playwright's JSON report. A test that passed only when repeated counts as failed.
 * @throws ZodError when it is not one.
 */
export function tallyPlaywright(report: unknown): Tally {
  const tally = emptyTally()
  const visit = (suite: PlaywrightSuite, path: readonly string[]): void => {
    const here = [...path, suite.title].filter((title) => title !== '')
    for (const spec of suite.specs) {
      const name = [...here, spec.title].join(' › ')
      for (const { status, annotations } of spec.tests) {
        if (status === 'expected') {
          tally.passed += 1
        } else if (status === 'skipped') {
          const reason = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description
          tally.skipped.push(reason === undefined ? name : `${name} [${reason}]`)
        } else {
          tally.failed += 1
          tally.failures.push(status === 'flaky' ? `${name} (flaky)` : name)
        }
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, here)
  }
  const { suites, errors } = playwrightReport.parse(report)
  for (const suite of suites) visit(suite, [])
  for (const { message } of errors) {
    tally.failed += 1
    tally.failures.push(message?.split('\n')[0] ?? 'error outside of tests')
  }
  return tally
}

/** The last line: "12 passed, 0 failed", and skipped ones when there are any. */
export function summary({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`
}
