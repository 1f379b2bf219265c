/** Which ways are scanned: both at every start, for nobody should find yesterday's exception still open. */
import type { ScanPolicy } from '../../common/models.ts'

export class PolicySwitch {
  readonly #listeners = new Set<(policy: ScanPolicy) => void>()
  #policy: ScanPolicy = { upload: true, download: true }

  get(): ScanPolicy {
    return this.#policy
  }

  /** Takes effect for scans that begin from now on. */
  set({ upload, download }: ScanPolicy): void {
    if (upload === this.#policy.upload && download === this.#policy.download) return
    // A copy: what the caller does with his object later is no decision about scanning.
    this.#policy = { upload, download }
    for (const listener of [...this.#listeners]) listener(this.#policy)
  }

  /** Calls back with every change; returns what stops it. */
  onChange(callback: (policy: ScanPolicy) => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  dispose(): void {
    this.#listeners.clear()
  }
}
