/** Reports that the gate makes itself, and the rule by which an agent's report lets a file pass. */
import { SluiceError } from '../../common/errors.ts'
import type { ScannerStatus, ScanReport } from '../../common/models.ts'
import { Clearance } from './clearance.ts'
import type { Refused, ScanOutcome } from './types.ts'

/** What the gate itself saw of the bytes. */
export interface Seen {
  /** Null when not all bytes were read. */
  sha256: string | null
  bytes: number
  ms: number
}

/** The report of a scan that failed before an engine could speak; it names the engine that was last known. */
function errorReport(message: string, seen: Seen, status: ScannerStatus): ScanReport {
  const ready = status.state === 'ready' ? status : null
  return {
    verdict: 'ERROR',
    signature: null,
    engine: ready?.engine ?? null,
    engineVersion: ready?.engineVersion ?? '',
    signatureVersion: ready?.signatureVersion ?? '',
    ...seen,
    message,
  }
}

export function failedOutcome(error: SluiceError, seen: Seen, status: ScannerStatus): Refused {
  return { passes: false, report: errorReport(error.message, seen, status), code: error.code }
}

/**
 * The one place where a report turns into "may pass": verdict exactly OK, no contradiction in the report, and about
 * exactly the bytes that the gate saw. A report about other bytes is an ERROR, whatever it says.
 */
export function judge(report: ScanReport, seen: Seen, status: ScannerStatus): ScanOutcome {
  if (report.verdict === 'ERROR') {
    const message = report.message ?? 'The scanning agent reported an error.'
    return { passes: false, report: { ...report, message }, code: 'scan-error' }
  }
  const refuse = (why: string): Refused =>
    failedOutcome(new SluiceError('scan-error', `The scanning agent's verdict is not believed: ${why}.`), seen, status)
  if (seen.sha256 === null || report.sha256 !== seen.sha256 || report.bytes !== seen.bytes) {
    return refuse('it is about other bytes than those sent')
  }
  if (report.engine === null) return refuse('it names no engine')
  if (report.verdict === 'INFECTED') return { passes: false, report, code: 'infected' }
  if (report.signature !== null) return refuse('it says OK and names a signature')
  return { passes: true, clearance: new Clearance(seen.sha256, seen.bytes), report }
}
