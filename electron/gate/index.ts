/** The scan gate: the one place that may say "this may pass"; and the care for the agent that scans for it. */
export { agentProcesses, tellingWhy, type AgentProcesses } from './agent-process.ts'
export { AgentSupervisor, type AgentProcess, type ForkAgent } from './agent-supervisor.ts'
export type { Clearance } from './clearance.ts'
export { createGate } from './gate.ts'
export type { AgentAddress, GateOutcome, Quarantine, QuarantineInfo, Refused, ScanGate, ScanStream } from './types.ts'
