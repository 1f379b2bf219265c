/** Verdicts by content, for one state of the signatures; bounded, in memory. */
import type { ScanReport } from '../common/models.ts'

/** About 400 bytes each. */
const DEFAULT_CAPACITY = 100_000

export class VerdictStore {
  readonly #capacity: number
  /** In order of use, the least recent first (a Map keeps insertion order). */
  readonly #reports = new Map<string, ScanReport>()

  constructor(capacity = DEFAULT_CAPACITY) {
    this.#capacity = capacity
  }

  /** Keeps OK and INFECTED of bodies that were read whole; a failed scan says nothing about the bytes. */
  add(report: ScanReport): void {
    if (report.verdict === 'ERROR' || report.sha256 === null) return
    this.#reports.delete(report.sha256)
    this.#reports.set(report.sha256, report)
    const oldest = this.#reports.keys().next()
    if (this.#reports.size > this.#capacity && !oldest.done) this.#reports.delete(oldest.value)
  }

  /** The report for these bytes at these signatures; null when there is none. */
  get(sha256: string, engineVersion: string, signatureVersion: string): ScanReport | null {
    const report = this.#reports.get(sha256)
    if (report === undefined) return null
    this.#reports.delete(sha256)
    if (report.signatureVersion !== signatureVersion || report.engineVersion !== engineVersion) return null
    this.#reports.set(sha256, report)
    return report
  }
}
