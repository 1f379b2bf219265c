import { ShieldOff } from 'lucide-react'
import { AlertDialog } from 'radix-ui'
import type { Account } from '../../../../common/share.ts'
import { isFiltered } from '../../lib/audit-list.ts'
import { visibleName } from '../../lib/names.ts'
import { removeAccount } from '../../state/share-accounts.ts'
import { clearAudit, useShareAudit } from '../../state/share-audit.ts'
import { editShare } from '../../state/share.ts'
import { report } from '../../state/ui.ts'
import { Ask, ModalButtons } from '../Modal.tsx'

/** Whether to take uploads as they come. To go on scanning has the focus. */
export function StopShareScanDialog({ onClose }: { onClose(): void }) {
  return (
    <Ask
      tone="alarm"
      title={
        <>
          <ShieldOff size={20} className="tone-bad" aria-hidden />
          Stop scanning uploads?
        </>
      }
      description="Whatever others upload then gets its name without anybody looking for viruses in it, and whoever downloads it gets it so. The page says so for as long as it is off."
      onClose={onClose}
    >
      <ModalButtons>
        <AlertDialog.Action asChild>
          <button type="button" className="button danger-text left" onClick={() => editShare({ scan: false })}>
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

export function RemoveAccountDialog({ account, onClose }: { account: Account; onClose(): void }) {
  return (
    <Ask
      title={`Remove the account “${visibleName(account.name)}”?`}
      description="Nobody can log in with it any more. Its files stay where they are. To lock it for a while, disable it instead."
      onClose={onClose}
    >
      <Buttons text="Remove account" onGo={() => removeAccount(account.id)} />
    </Ask>
  )
}

export function ClearAuditDialog({ onClose }: { onClose(): void }) {
  const filtered = useShareAudit((s) => isFiltered(s.choice))
  return (
    <Ask
      title={filtered ? 'Clear what the filter shows?' : 'Clear the whole audit log?'}
      description={`${filtered ? 'All entries that the filter lets through go' : 'All entries go'}, also those not scrolled to yet, and cannot be brought back. That the log was cleared, and by whom, is itself written to it.`}
      onClose={onClose}
    >
      <Buttons text="Clear" onGo={() => report(clearAudit())} />
    </Ask>
  )
}

/** Cancel has the focus. */
function Buttons({ text, onGo }: { text: string; onGo(): void }) {
  return (
    <ModalButtons>
      <AlertDialog.Cancel asChild>
        <button type="button" className="button">
          Cancel
        </button>
      </AlertDialog.Cancel>
      <AlertDialog.Action asChild>
        <button type="button" className="button danger" onClick={onGo}>
          {text}
        </button>
      </AlertDialog.Action>
    </ModalButtons>
  )
}
