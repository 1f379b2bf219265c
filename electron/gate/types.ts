/** What the scan gate offers to the other rooms. */
import type { ErrorCode, ErrorData } from '../../common/errors.ts'
import type { QuarantineItem, ScannerStatus, ScanPolicy, ScanReport } from '../../common/models.ts'
import type { Clearance } from './clearance.ts'

/** Where the scanning agent listens. */
export interface AgentAddress {
  /** http(s)://host:port */
  url: string
  token: string
  /** PEM of the trust anchor of an https agent with a certificate of its own; then no other anchor counts. */
  ca?: string
}

/** `report` is null when the way was not scanned, because the person switched that off. */
export type GateOutcome = { passes: true; clearance: Clearance; report: ScanReport | null } | Refused

/** The outcome of a scan that took place. */
export type ScanOutcome = { passes: true; clearance: Clearance; report: ScanReport } | Refused

export interface Refused {
  passes: false
  report: ScanReport
  /** `infected`, or why there is no verdict: `agent-unavailable`, `scan-too-large`, `scan-error`. */
  code: ErrorCode
}

/** A scan that is fed while the bytes arrive. It never throws for a failed scan: the outcome says ERROR. */
export interface ScanStream {
  /**
   * Takes the next bytes, in order; several calls may be under way. The promise settles when the agent's connection
   * has taken the chunk (back-pressure): until then the chunk's memory must not be reused.
   * Rejects only with `cancelled`.
   */
  write(chunk: Buffer): Promise<void>
  /** No more bytes: asks for the verdict. Rejects only with `cancelled`. */
  finish(): Promise<GateOutcome>
  /** Gives the scan up; safe at any time, also twice. */
  abort(): void
  /** The outcome, as soon as it is certain that this scan cannot end with OK; null until then. */
  readonly failure: Refused | null
  /** True when the bytes are only counted and hashed, because scanning was switched off. */
  readonly unscanned: boolean
}

export interface QuarantineInfo {
  /** Name the file would have had. */
  name: string
  /** Where it came from, as a URL without a password. */
  source: string
  /** Where it would have gone. */
  intendedPath: string
  /** The scan's outcome, with verdict INFECTED. */
  report: ScanReport
}

/** The folder that infected downloads go to. Files in it bear no name and no permission that could start them. */
export interface Quarantine {
  /**
   * Moves a part file into quarantine, also across devices; afterwards nothing is left at `partPath`.
   * Throws SluiceError `local-not-found`, `local-permission`, `local-disk-full` or `local-io`.
   */
  add(partPath: string, info: QuarantineInfo): Promise<QuarantineItem>
  /** All items, newest first. An item whose record cannot be read is listed with what is known of it. */
  list(): Promise<QuarantineItem[]>
  /** Deletes items for good; unknown ids are ignored. Gives what is left. */
  remove(ids: readonly string[]): Promise<QuarantineItem[]>
  /** Calls back with all items after every change; returns what stops it. */
  onChange(callback: (items: QuarantineItem[]) => void): () => void
}

export interface ScanGate {
  status(): ScannerStatus
  /** Calls back with every new status; returns what stops it. */
  onStatus(callback: (status: ScannerStatus) => void): () => void
  /** Which ways are scanned. */
  policy(): ScanPolicy
  /**
   * Switches scanning of uploads or downloads off or on, for files that begin from now on. Never kept beyond this run.
   * What passes without a scan still gets a clearance for its exact bytes only, and its outcome says so.
   */
  setPolicy(policy: ScanPolicy): void
  /** Calls back with every change of the policy; returns what stops it. */
  onPolicy(callback: (policy: ScanPolicy) => void): () => void
  /** Called by the agent's supervisor when the agent has (re)started, or with null when it has gone. */
  useAgent(address: AgentAddress | null, whyNot?: ErrorData): void
  /**
   * Scans a local file for an upload. A file whose bytes the agent already knows costs one small request.
   * Rejects only with `cancelled` or, when the file cannot be read, `local-not-found`, `local-permission`, `local-io`.
   */
  scanFile(path: string, options?: { signal?: AbortSignal; onProgress?: (bytes: number) => void }): Promise<GateOutcome>
  /** Begins the scan of a download, fed by the caller. `name` appears in messages only. Rejects only with `cancelled`. */
  openScan(options: { name: string; signal?: AbortSignal }): Promise<ScanStream>
  readonly quarantine: Quarantine
  dispose(): void
}
