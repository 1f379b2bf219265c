import { Dices } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { rightSchema, roleSchema, type Account, type Right } from '../../../../common/share.ts'
import { shownError } from '../../api.ts'
import {
  checkAccount,
  checkChanges,
  formOfAccount,
  newAccountForm,
  type AccountErrors,
  type AccountForm,
} from '../../lib/account-form.ts'
import { visibleName } from '../../lib/names.ts'
import { randomPassword } from '../../lib/password.ts'
import { RIGHT_NAMES, ROLE_HINTS, ROLE_NAMES } from '../../lib/share-text.ts'
import { addAccount, updateAccount, useShareAccounts } from '../../state/share-accounts.ts'
import { useShare } from '../../state/share.ts'
import { closeDialog, openDialog } from '../../state/ui.ts'
import { Modal, ModalForm } from '../Modal.tsx'
import { Segments } from '../Toolbar.tsx'
import { CheckRow, FolderRow, Row, TextRow } from './Fields.tsx'

const RIGHTS = rightSchema.options.filter((right) => right !== 'superuser')

/** A new account, or what one that exists may do. @param account null: a new one */
export function AccountDialog({ account, onClose }: { account: Account | null; onClose(): void }) {
  const [form, setForm] = useState<AccountForm>(() =>
    account ? formOfAccount(account) : newAccountForm(useShare.getState().share?.config.root ?? '', randomPassword()),
  )
  const [errors, setErrors] = useState<AccountErrors>({})
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const frame = useRef<HTMLFormElement>(null)
  const change = (update: Partial<AccountForm>): void => {
    setForm({ ...form, ...update })
    const touched = Object.keys(update)
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !touched.includes(field))))
    setProblem(null)
  }
  useEffect(() => {
    if (Object.keys(errors).length > 0) frame.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])

  const submit = async (): Promise<void> => {
    if (busy) return
    const taken = (useShareAccounts.getState().accounts ?? []).map(({ name }) => name)
    const checked = account ? checkChanges(form) : checkAccount(form, taken)
    setErrors(checked.ok ? {} : checked.errors)
    if (!checked.ok) return
    setBusy(true)
    try {
      if ('account' in checked) {
        await addAccount(checked.account)
        const { name, password } = checked.account
        openDialog({ kind: 'share-password-shown', name, password, isNew: true })
      } else if (account) {
        await updateAccount(account.id, checked.changes)
        closeDialog()
      }
    } catch (error) {
      setProblem(shownError(error).message)
      setBusy(false)
    }
  }

  return (
    <Modal
      wide
      title={account ? `Account “${visibleName(account.name)}”` : 'New account'}
      description={
        account
          ? 'Who may do less from now on is disconnected at once; all else counts from the next login on.'
          : 'For one person or one device.'
      }
      onClose={onClose}
    >
      <ModalForm
        ref={frame}
        frame="account-form"
        busy={busy}
        text={account ? (busy ? 'Saving…' : 'Save') : busy ? 'Adding…' : 'Add account'}
        onSubmit={submit}
        onClose={onClose}
      >
        {account === null && (
          <>
            <TextRow
              id="account-name"
              label="Name"
              autoFocus
              value={form.name}
              error={errors.name}
              onChange={(name) => change({ name })}
            />
            <PasswordRow value={form.password} error={errors.password} onChange={(password) => change({ password })} />
          </>
        )}
        <Rights form={form} error={errors.rights} change={change} />
        <FolderRow
          id="account-root"
          label="Folder"
          value={form.root}
          error={errors.root}
          help="This account sees what is in it, and nothing above it."
          onChange={(root) => change({ root })}
        />
        <CheckRow
          label="Home"
          text={`Show the folder as “/${form.name.trim() === '' ? 'name' : visibleName(form.name.trim())}”`}
          checked={form.homeShown}
          help="Otherwise the folder is “/” itself."
          onChange={(homeShown) => change({ homeShown })}
        />
        <div className="account-pairs">
          <TextRow
            id="account-quota"
            label="Room at most"
            placeholder="no limit, or 10 GB"
            value={form.quota}
            error={errors.quota}
            onChange={(quota) => change({ quota })}
          />
          <TextRow
            id="account-files"
            label="Files at most"
            placeholder="no limit"
            value={form.quotaFiles}
            error={errors.quotaFiles}
            onChange={(quotaFiles) => change({ quotaFiles })}
          />
          <TextRow
            id="account-up"
            label="Upload per second"
            placeholder="no limit, or 2 MB"
            value={form.uploadRate}
            error={errors.uploadRate}
            onChange={(uploadRate) => change({ uploadRate })}
          />
          <TextRow
            id="account-down"
            label="Download per second"
            placeholder="no limit, or 2 MB"
            value={form.downloadRate}
            error={errors.downloadRate}
            onChange={(downloadRate) => change({ downloadRate })}
          />
        </div>
        <CheckRow label="Login" text="Enabled" checked={form.enabled} onChange={(enabled) => change({ enabled })} />
        {problem !== null && (
          <p role="alert" className="form-problem tone-bad">
            {problem}
          </p>
        )}
      </ModalForm>
    </Modal>
  )
}

interface RightsProps {
  form: AccountForm
  error: string | undefined
  change(update: Partial<AccountForm>): void
}

function Rights({ form, error, change }: RightsProps) {
  const toggle = (right: Right, on: boolean): void =>
    change({ rights: on ? [...form.rights, right] : form.rights.filter((one) => one !== right) })
  return (
    <>
      <Row label="Role" help={ROLE_HINTS[form.role]}>
        <Segments
          label="Role"
          value={form.role}
          options={roleSchema.options.map((role) => [role, ROLE_NAMES[role], ROLE_HINTS[role]] as const)}
          onChange={(value) => change({ role: roleSchema.options.find((role) => role === value) ?? 'reader' })}
        />
      </Row>
      {form.role === 'custom' && (
        <Row label="Rights" error={error}>
          <div role="group" aria-label="Rights" className="account-rights">
            {RIGHTS.map((right) => (
              <label key={right} className="check">
                <input
                  type="checkbox"
                  checked={form.rights.includes(right)}
                  onChange={(event) => toggle(right, event.target.checked)}
                />
                {RIGHT_NAMES[right]}
              </label>
            ))}
          </div>
        </Row>
      )}
    </>
  )
}

interface PasswordRowProps {
  value: string
  error: string | undefined
  onChange(password: string): void
}

/** In sight: whoever types it here has to tell it to somebody. */
export function PasswordRow({ value, error, onChange }: PasswordRowProps) {
  return (
    <TextRow
      id="account-password"
      label="Password"
      mono
      value={value}
      error={error}
      help="Suggested at random; type another one if you like. It is shown once more, then never again."
      onChange={onChange}
      after={
        <button type="button" className="button" onClick={() => onChange(randomPassword())}>
          <Dices size={16} aria-hidden />
          Suggest
        </button>
      }
    />
  )
}
