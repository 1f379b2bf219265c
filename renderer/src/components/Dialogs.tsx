import { useQuestions } from '../state/questions.ts'
import { closeDialog, useUi } from '../state/ui.ts'
import { AboutDialog } from './AboutDialog.tsx'
import { CertificateDialog } from './CertificateDialog.tsx'
import { ConfirmTransferDialog } from './ConfirmTransferDialog.tsx'
import { ConflictDialog } from './ConflictDialog.tsx'
import { DeleteDialog, DeleteQuarantinedDialog, RemovalFailuresDialog } from './DeleteDialogs.tsx'
import { HelpDialog } from './HelpDialog.tsx'
import { NewFolderDialog } from './NewFolderDialog.tsx'
import { StopScanningDialog } from './ScanPolicy.tsx'
import { Palette } from './Palette.tsx'
import { AccountDialog } from './share/AccountDialog.tsx'
import { AccountPasswordDialog, FirstAccountDialog, PasswordShownDialog } from './share/PasswordDialogs.tsx'
import { ClearAuditDialog, RemoveAccountDialog, StopShareScanDialog } from './share/ShareQuestions.tsx'
import { SettingsDialog } from './SettingsDialog.tsx'
import { SignUpDialog } from './SignUpDialog.tsx'
import { StatusDialog } from './StatusDialog.tsx'

/** The dialog the person opened, and on top of it the oldest question that main waits for. */
export function Dialogs() {
  return (
    <>
      <OwnDialog />
      <FirstAccountDialog />
      <OldestQuestion />
    </>
  )
}

function OwnDialog() {
  const dialog = useUi((s) => s.dialog)
  switch (dialog?.kind) {
    case undefined:
      return null
    case 'palette':
      return <Palette onClose={closeDialog} />
    case 'help':
      return <HelpDialog onClose={closeDialog} />
    case 'about':
      return <AboutDialog onClose={closeDialog} />
    case 'settings':
      return <SettingsDialog onClose={closeDialog} />
    case 'status':
      return <StatusDialog onClose={closeDialog} />
    case 'stop-scanning':
      return <StopScanningDialog policy={dialog.policy} onClose={closeDialog} />
    case 'new-folder':
      return <NewFolderDialog side={dialog.side} folder={dialog.folder} onClose={closeDialog} />
    case 'delete':
      return <DeleteDialog side={dialog.side} folder={dialog.folder} entries={dialog.entries} onClose={closeDialog} />
    case 'delete-quarantined':
      return <DeleteQuarantinedDialog ids={dialog.ids} name={dialog.name} onClose={closeDialog} />
    case 'removal-failures':
      return <RemovalFailuresDialog result={dialog.result} onClose={closeDialog} />
    case 'confirm-transfer':
      return <ConfirmTransferDialog request={dialog.request} onClose={closeDialog} />
    case 'share-account':
      return <AccountDialog account={dialog.account} onClose={closeDialog} />
    case 'share-password':
      return <AccountPasswordDialog account={dialog.account} onClose={closeDialog} />
    case 'share-password-shown':
      return (
        <PasswordShownDialog name={dialog.name} password={dialog.password} isNew={dialog.isNew} onClose={closeDialog} />
      )
    case 'share-remove-account':
      return <RemoveAccountDialog account={dialog.account} onClose={closeDialog} />
    case 'share-stop-scanning':
      return <StopShareScanDialog onClose={closeDialog} />
    case 'share-clear-audit':
      return <ClearAuditDialog onClose={closeDialog} />
    case 'sign-up':
      return <SignUpDialog onClose={closeDialog} />
  }
}

function OldestQuestion() {
  const question = useQuestions((s) => s.questions[0])
  if (!question) return null
  return question.kind === 'certificate' ? (
    <CertificateDialog key={question.id} question={question} />
  ) : (
    <ConflictDialog key={question.id} question={question} />
  )
}
