import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { Account } from '../../../../common/share.ts'
import { shownError } from '../../api.ts'
import { passwordProblem } from '../../lib/account-form.ts'
import { visibleName } from '../../lib/names.ts'
import { randomPassword } from '../../lib/password.ts'
import { setAccountPassword } from '../../state/share-accounts.ts'
import { useShare } from '../../state/share.ts'
import { openDialog } from '../../state/ui.ts'
import { Ask, Modal, ModalButtons, ModalForm } from '../Modal.tsx'
import { PasswordRow } from './AccountDialog.tsx'
import { CopyButton } from './CopyButton.tsx'

/** Another password for somebody who lost theirs: a suggestion, or one that is typed. */
export function AccountPasswordDialog({ account, onClose }: { account: Account; onClose(): void }) {
  const [password, setPassword] = useState(() => randomPassword())
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<void> => {
    const wrong = passwordProblem(password) ?? undefined
    setProblem(wrong)
    if (wrong !== undefined || busy) return
    setBusy(true)
    try {
      await setAccountPassword(account.id, password)
      openDialog({ kind: 'share-password-shown', name: account.name, password, isNew: false })
    } catch (error) {
      setProblem(shownError(error).message)
      setBusy(false)
    }
  }
  return (
    <Modal
      wide
      title={`New password for “${visibleName(account.name)}”`}
      description="The old one no longer lets anybody in."
      onClose={onClose}
    >
      <ModalForm
        frame="account-form"
        busy={busy}
        text={busy ? 'Setting…' : 'Set the password'}
        onSubmit={submit}
        onClose={onClose}
      >
        <PasswordRow
          value={password}
          error={problem}
          onChange={(text) => {
            setPassword(text)
            setProblem(undefined)
          }}
        />
      </ModalForm>
    </Modal>
  )
}

interface ShownProps {
  name: string
  password: string
  title: string
  description: string
  onClose(): void
}

/** Name and password to hand on, this once. A press beside it does not take it away. */
function Shown({ name, password, title, description, onClose }: ShownProps) {
  return (
    <Ask
      title={
        <>
          <KeyRound size={20} className="tone-good" aria-hidden />
          {title}
        </>
      }
      description={description}
      onClose={onClose}
    >
      <dl className="share-secret">
        <div>
          <dt>Name</dt>
          <dd>
            <span className="selectable">{visibleName(name)}</span>
            <CopyButton text={name} label="Copy the name" />
          </dd>
        </div>
        <div>
          <dt>Password</dt>
          <dd>
            <span className="selectable secret">{password}</span>
            <CopyButton text={password} label="Copy the password" />
          </dd>
        </div>
      </dl>
      <ModalButtons>
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          I have noted it
        </button>
      </ModalButtons>
    </Ask>
  )
}

const NOWHERE =
  'It is stored nowhere in readable form, so nobody can show it again; under Accounts you can always set a new one.'

export function PasswordShownDialog({
  isNew,
  ...rest
}: Omit<ShownProps, 'title' | 'description'> & { isNew: boolean }) {
  return (
    <Shown
      {...rest}
      title={isNew ? 'The account is ready' : 'The password is set'}
      description={`Hand these on, best not over the same way as the address. This password is shown once. ${NOWHERE}`}
    />
  )
}

/** The first start made an account: its password is shown this once. */
export function FirstAccountDialog() {
  const first = useShare((s) => s.firstAccount)
  if (first === null) return null
  return (
    <Shown
      {...first}
      title="Your first account"
      description={`The server runs. Nobody can log in without an account, so one was made: it may do everything in the shared folder, and read and clear the audit log. This password is shown once. ${NOWHERE}`}
      onClose={() => useShare.setState({ firstAccount: null })}
    />
  )
}
