/** The scan gate: the one place that may say "this may pass". */
export type { Clearance } from './clearance.ts'
export { createGate } from './gate.ts'
export type { AgentAddress, GateOutcome, Quarantine, QuarantineInfo, Refused, ScanGate, ScanStream } from './types.ts'
