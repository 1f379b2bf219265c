import { create } from 'zustand'
import type { ScanPolicy } from '../../../common/models.ts'
import { call } from '../api.ts'
import { openDialog, report } from './ui.ts'

/** Which ways main scans. Until it has said, the window claims nothing else than the rule. */
export const useScanPolicy = create<{ policy: ScanPolicy }>()(() => ({ policy: { upload: true, download: true } }))

export const SCAN_ALL: ScanPolicy = { upload: true, download: true }
export const SCAN_NOTHING: ScanPolicy = { upload: false, download: false }

/** Changes what is scanned. To scan less has to be confirmed first. */
export function setScanPolicy(policy: ScanPolicy): void {
  const { policy: now } = useScanPolicy.getState()
  const less = (now.upload && !policy.upload) || (now.download && !policy.download)
  if (less) openDialog({ kind: 'stop-scanning', policy })
  else applyScanPolicy(policy)
}

/** The same without asking. */
export function applyScanPolicy(policy: ScanPolicy): void {
  report(call('scan.setPolicy', policy))
}

/** The menu's check mark: from scanning everything to nothing, after asking, and from anything less back to everything. */
export function toggleScanning(): void {
  const { upload, download } = useScanPolicy.getState().policy
  setScanPolicy(upload && download ? SCAN_NOTHING : SCAN_ALL)
}
