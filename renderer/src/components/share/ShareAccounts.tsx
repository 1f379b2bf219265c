import { KeyRound, Pencil, Trash2, UserCheck, UserPlus, UserX, UsersRound } from 'lucide-react'
import { useEffect } from 'react'
import { formatBytes, formatCount, formatTime } from '../../../../common/format.ts'
import type { Account } from '../../../../common/share.ts'
import { visibleName } from '../../lib/names.ts'
import { rightsText, ROLE_NAMES } from '../../lib/share-text.ts'
import { enableAccount, loadAccounts, useShareAccounts, watchAccounts } from '../../state/share-accounts.ts'
import { openDialog } from '../../state/ui.ts'
import { FileName } from '../FileName.tsx'
import { IconButton } from '../IconButton.tsx'
import { LoadNote } from './LoadNote.tsx'
import { VirtualTable, type Column } from './VirtualTable.tsx'

function quotaText({ quotaBytes, quotaFiles }: Account): string {
  const parts = [
    quotaBytes === null ? null : formatBytes(quotaBytes),
    quotaFiles === null ? null : `${formatCount(quotaFiles)} files`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'No limit' : parts.join(', ')
}

const COLUMNS: readonly Column<Account>[] = [
  { name: 'Name', className: 'strong', cell: ({ name }) => <FileName name={name} /> },
  { name: 'Role', cell: ({ role }) => ROLE_NAMES[role] },
  {
    name: 'Rights',
    className: 'muted wide-only',
    cell: (account) => <span title={rightsText(account)}>{rightsText(account)}</span>,
  },
  { name: 'Folder', className: 'muted', cell: ({ root }) => <FileName name={root} /> },
  {
    name: 'Room',
    className: 'muted',
    cell: (account) => <span title={quotaText(account)}>{quotaText(account)}</span>,
  },
  {
    name: 'Last login',
    className: 'muted',
    cell: ({ lastLoginAt }) => (lastLoginAt === null ? 'Never' : formatTime(lastLoginAt)),
  },
  {
    name: 'State',
    cell: ({ enabled }) =>
      enabled ? <span className="tone-good">Enabled</span> : <span className="tone-warn">Disabled</span>,
  },
  { name: 'Actions', unseen: true, className: 'column-actions', cell: (account) => <Actions account={account} /> },
]

const keyOf = ({ id }: Account): number => id
const nameOf = ({ name }: Account): string => visibleName(name)
const toneOf = ({ enabled }: Account): string => (enabled ? '' : 'is-off')

export function ShareAccounts({ root }: { root: string }) {
  const accounts = useShareAccounts((s) => s.accounts)
  const error = useShareAccounts((s) => s.error)
  useEffect(watchAccounts, [])
  const add = (
    <button type="button" className="button small" onClick={() => openDialog({ kind: 'share-account', account: null })}>
      <UserPlus size={14} aria-hidden />
      Add account
    </button>
  )
  if (accounts === null || error !== null) {
    return (
      <LoadNote
        error={error}
        busy="Reading the accounts…"
        failed="The accounts could not be read"
        onRetry={() => void loadAccounts()}
      />
    )
  }
  if (accounts.length === 0) {
    return (
      <div className="table-note">
        <UsersRound size={24} aria-hidden />
        <h3>No accounts yet</h3>
        <p>
          {root === '' ? 'Choose a folder under Settings first. ' : ''}
          The first start makes one for you and shows its password; or add one for each person yourself.
        </p>
        {add}
      </div>
    )
  }
  return (
    <>
      <div className="tab-tools">{add}</div>
      <VirtualTable
        label="Accounts"
        layout="account-columns"
        columns={COLUMNS}
        rows={accounts}
        keyOf={keyOf}
        nameOf={nameOf}
        toneOf={toneOf}
      />
    </>
  )
}

function Actions({ account }: { account: Account }) {
  const name = visibleName(account.name)
  return (
    <>
      <IconButton
        small
        icon={Pencil}
        label={`Edit ${name}`}
        onClick={() => openDialog({ kind: 'share-account', account })}
      />
      <IconButton
        small
        icon={KeyRound}
        label={`New password for ${name}`}
        onClick={() => openDialog({ kind: 'share-password', account })}
      />
      <IconButton
        small
        icon={account.enabled ? UserX : UserCheck}
        label={account.enabled ? `Disable ${name}` : `Enable ${name}`}
        onClick={() => enableAccount(account.id, !account.enabled)}
      />
      <IconButton
        small
        icon={Trash2}
        label={`Remove ${name}`}
        onClick={() => openDialog({ kind: 'share-remove-account', account })}
      />
    </>
  )
}
