/** The real gate, with something done to the file between the scan and the upload. */
import type { ScanGate } from '../../gate/index.ts'

export function meddling(gate: ScanGate, meddle: (path: string) => Promise<void>): ScanGate {
  return {
    status: () => gate.status(),
    onStatus: (callback) => gate.onStatus(callback),
    policy: () => gate.policy(),
    setPolicy: (policy) => gate.setPolicy(policy),
    onPolicy: (callback) => gate.onPolicy(callback),
    useAgent: (address, whyNot) => gate.useAgent(address, whyNot),
    openScan: (options) => gate.openScan(options),
    quarantine: gate.quarantine,
    dispose: () => gate.dispose(),
    scanFile: async (path, options) => {
      const outcome = await gate.scanFile(path, options)
      await meddle(path)
      return outcome
    },
  }
}
