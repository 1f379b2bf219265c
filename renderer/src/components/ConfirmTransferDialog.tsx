import { ArrowDown, ArrowUp, File, Folder } from 'lucide-react'
import { useState } from 'react'
import type { TransferRequest } from '../../../common/models.ts'
import { remoteBasename } from '../../../common/remote-path.ts'
import { formatCount, plural } from '../../../common/format.ts'
import { localBasename } from '../lib/local-path.ts'
import { visibleName } from '../lib/names.ts'
import { useScanPolicy } from '../state/scan-policy.ts'
import { updateSettings } from '../state/settings.ts'
import { startTransfer } from '../state/transfers.ts'
import { report } from '../state/ui.ts'
import { FileName } from './FileName.tsx'
import { Modal, ModalButtons } from './Modal.tsx'

const MOST_LISTED = 100

interface ConfirmTransferProps {
  request: Omit<TransferRequest, 'conflict' | 'transferType'>
  onClose(): void
}

/** Several files are about to go: which, and where to. */
export function ConfirmTransferDialog({ request, onClose }: ConfirmTransferProps) {
  const { direction, sources, targetFolder } = request
  const [again, setAgain] = useState(true)
  const scanned = useScanPolicy((s) => s.policy[direction])
  const verb = direction === 'upload' ? 'Upload' : 'Download'
  const nameOf = direction === 'upload' ? localBasename : remoteBasename
  const go = (): void => {
    onClose()
    if (!again) report(updateSettings({ confirmSeveral: false }))
    startTransfer(request)
  }
  const Arrow = direction === 'upload' ? ArrowUp : ArrowDown
  return (
    <Modal
      title={
        <>
          <Arrow size={18} className="tone-busy" aria-hidden />
          {verb} {plural(sources.length, 'item')}?
        </>
      }
      description={`To ${visibleName(targetFolder)}. ${scanned ? 'Each file is scanned before it passes.' : 'Scanning is switched off: the files go as they are.'}`}
      onClose={onClose}
    >
      <ul className="modal-list" tabIndex={0} aria-label="What goes">
        {sources.slice(0, MOST_LISTED).map(({ path, type }) => (
          <li key={path}>
            {type === 'dir' ? <Folder size={16} aria-hidden /> : <File size={16} aria-hidden />}
            <FileName name={nameOf(path)} />
            {type === 'dir' && <span className="right">with everything in it</span>}
          </li>
        ))}
        {sources.length > MOST_LISTED && <li className="more">and {formatCount(sources.length - MOST_LISTED)} more</li>}
      </ul>
      <ModalButtons>
        <label className="check left">
          <input type="checkbox" checked={again} onChange={(event) => setAgain(event.target.checked)} />
          Ask next time
        </label>
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button primary" autoFocus onClick={go}>
          {verb}
        </button>
      </ModalButtons>
    </Modal>
  )
}
