import { useUi } from '../state/ui.ts'
import { Modal, ModalButtons } from './Modal.tsx'

const SHELLS = { electron: 'Electron', browser: 'a browser in place of Electron' }

export function AboutDialog({ onClose }: { onClose(): void }) {
  const info = useUi((s) => s.info)
  return (
    <Modal
      title="About Sluice"
      description={`Version ${info?.version ?? ''}. An FTP and FTPS client in which every file passes a virus scan before it may pass.`}
      onClose={onClose}
    >
      <p>
        The scan gate stands between the two panes: no file reaches the server, and none gets its name on this computer,
        before a scanner has read all of it and found it clean. What is infected is held back, and so is what nobody
        could scan. Only you can switch this off, for one run, and the window says so all the time.
      </p>
      <p className="muted">
        Runs in {info === null ? 'a window' : SHELLS[info.shell]} on {info?.platform ?? 'this computer'}.
        <br />
        Free software under the MIT licence. The parts made by others keep their own licences.
      </p>
      <ModalButtons>
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          Close
        </button>
      </ModalButtons>
    </Modal>
  )
}
