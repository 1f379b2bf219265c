import { ShieldOff } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import type { ScanPolicy } from '../../../common/models.ts'
import { unscannedText } from '../../../common/status-rows.ts'
import { SCAN_ALL, applyScanPolicy, setScanPolicy, useScanPolicy } from '../state/scan-policy.ts'
import { Ask, ModalButtons } from './Modal.tsx'
import './ScanPolicy.css'

/** Across the window for as long as something passes unscanned: nobody shall forget it. */
export function ScanBanner() {
  const text = unscannedText(useScanPolicy((s) => s.policy))
  if (text === null) return null
  return (
    <div className="scan-banner" role="alert">
      <ShieldOff size={16} aria-hidden />
      <p>
        <strong>{text}</strong>
      </p>
      <button type="button" className="button small" onClick={() => setScanPolicy(SCAN_ALL)}>
        Scan again
      </button>
    </div>
  )
}

/** Whether to scan less than now. */
export function StopScanningDialog({ policy, onClose }: { policy: ScanPolicy; onClose(): void }) {
  const what = policy.upload ? 'Downloads' : policy.download ? 'Uploads' : 'Uploads and downloads'
  return (
    <AskToStopScanning
      what="files"
      description={`${what} then pass without anybody looking for viruses in them. The window says so all the time, each such file is marked “NOT SCANNED”, and scanning begins again with the next start of Sluice.`}
      onStop={() => applyScanPolicy(policy)}
      onClose={onClose}
    />
  )
}

interface AskProps {
  what: string
  description: string
  onStop(): void
  onClose(): void
}

/** To go on scanning has the focus. */
export function AskToStopScanning({ what, description, onStop, onClose }: AskProps) {
  return (
    <Ask
      tone="alarm"
      title={
        <>
          <ShieldOff size={20} className="tone-bad" aria-hidden />
          Stop scanning {what}?
        </>
      }
      description={description}
      onClose={onClose}
    >
      <ModalButtons>
        <AlertDialog.Action asChild>
          <button type="button" className="button danger-text left" onClick={onStop}>
            Stop scanning
          </button>
        </AlertDialog.Action>
        <AlertDialog.Cancel asChild>
          <button type="button" className="button primary">
            Go on scanning
          </button>
        </AlertDialog.Cancel>
      </ModalButtons>
    </Ask>
  )
}
