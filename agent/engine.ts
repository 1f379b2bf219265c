/** What every scan engine offers; the service above it knows no engine by name. */
import type { Engine } from '../common/models.ts'

export interface EngineStatus {
  engine: Engine
  engineVersion: string
  /**
   * Names the state of the signatures. It may lag behind a reload but never run ahead of it: a verdict is stored under
   * the name seen before its scan began, so it never counts as one of newer signatures.
   */
  signatureVersion: string
  builtInRulesOnly: boolean
  /** Largest body in bytes that is certain to be scanned to its end; null without a limit. */
  maxBytes: number | null
}

export interface EngineVerdict {
  verdict: 'OK' | 'INFECTED'
  signature: string | null
}

/** One body on its way through an engine. Every failure is a thrown SluiceError, never a verdict. */
export interface ScanSession {
  /** Takes the next bytes; a promise means back-pressure. Throws or rejects when the scan has failed. */
  write(chunk: Buffer): void | Promise<void>
  /** No more bytes: waits for the verdict. */
  finish(): Promise<EngineVerdict>
  /** Frees everything at once; safe at any time, also after `finish`. */
  abort(): void
}

export interface ScanEngine {
  readonly name: Engine
  /** Throws `agent-unavailable` when the engine does not answer. */
  status(): Promise<EngineStatus>
  /** Begins a scan. Throws `agent-unavailable` when the engine does not answer. */
  open(signal: AbortSignal): Promise<ScanSession>
  dispose(): Promise<void>
}
