/** The report of a scan that must have taken place. */
import type { ScanReport } from '../common/models.ts'

/** @throws Error when nothing was scanned, which no test that asks for a report expects */
export function reportOf(outcome: { report: ScanReport | null }): ScanReport {
  if (outcome.report === null) throw new Error('There is no report: scanning was switched off.')
  return outcome.report
}
