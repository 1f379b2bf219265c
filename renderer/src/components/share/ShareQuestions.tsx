import type { Account } from '../../../../common/share.ts'
import { isFiltered } from '../../lib/audit-list.ts'
import { visibleName } from '../../lib/names.ts'
import { removeAccount } from '../../state/share-accounts.ts'
import { clearAudit, useShareAudit } from '../../state/share-audit.ts'
import { editShare } from '../../state/share.ts'
import { report } from '../../state/ui.ts'
import { Ask, DangerButtons } from '../Modal.tsx'
import { AskToStopScanning } from '../ScanPolicy.tsx'

/** Whether to take uploads as they come. */
export function StopShareScanDialog({ onClose }: { onClose(): void }) {
  return (
    <AskToStopScanning
      what="uploads"
      description="Whatever others upload then gets its name without anybody looking for viruses in it, and whoever downloads it gets it so. The page says so for as long as it is off."
      onStop={() => editShare({ scan: false })}
      onClose={onClose}
    />
  )
}

export function RemoveAccountDialog({ account, onClose }: { account: Account; onClose(): void }) {
  return (
    <Ask
      title={`Remove the account “${visibleName(account.name)}”?`}
      description="Nobody can log in with it any more. Its files stay where they are. To lock it for a while, disable it instead."
      onClose={onClose}
    >
      <DangerButtons text="Remove account" onGo={() => removeAccount(account.id)} />
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
      <DangerButtons text="Clear" onGo={() => report(clearAudit())} />
    </Ask>
  )
}
