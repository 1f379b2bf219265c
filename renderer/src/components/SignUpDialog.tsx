import { useState } from 'react'
import { shownError } from '../api.ts'
import { passwordProblem } from '../lib/account-form.ts'
import { visibleName } from '../lib/names.ts'
import { signUp, useSession } from '../state/session.ts'
import { Modal, ModalButtons } from './Modal.tsx'
import { Row } from './share/Fields.tsx'

/** A new account on the server in the connection bar, under the name that is typed there. */
export function SignUpDialog({ onClose }: { onClose(): void }) {
  const { host, user, password: typed } = useSession((s) => s.form)
  const [password, setPassword] = useState(typed)
  const [again, setAgain] = useState('')
  const [shown, setShown] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<void> => {
    const wrong = passwordProblem(password) ?? (shown || password === again ? null : 'The two passwords differ.')
    setProblem(wrong)
    if (wrong !== null || busy) return
    setBusy(true)
    try {
      await signUp(password)
      onClose()
    } catch (error) {
      setProblem(shownError(error).message)
      setBusy(false)
    }
  }
  const field = (id: string, value: string, onChange: (text: string) => void, autoFocus = false) => (
    <input
      id={id}
      className="input"
      type={shown ? 'text' : 'password'}
      spellCheck={false}
      autoComplete="off"
      autoFocus={autoFocus}
      value={value}
      aria-invalid={problem !== null}
      aria-describedby="sign-up-problem"
      onChange={(event) => {
        onChange(event.target.value)
        setProblem(null)
      }}
    />
  )
  return (
    <Modal
      title="Create account"
      description={`${visibleName(host)} lets anybody make an account. Yours will be called “${visibleName(user)}” and gets a folder of its own there. The password goes over the encrypted connection and is not kept on this computer.`}
      onClose={onClose}
    >
      <form
        className="modal-form account-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Row id="sign-up-password" label="New password">
          {field('sign-up-password', password, setPassword, true)}
        </Row>
        {!shown && (
          <Row id="sign-up-again" label="The same again">
            {field('sign-up-again', again, setAgain)}
          </Row>
        )}
        <Row label="">
          <label className="check">
            <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
            Show what I type
          </label>
        </Row>
        <p id="sign-up-problem" role="alert" className="form-problem tone-bad">
          {problem}
        </p>
        <ModalButtons>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {busy ? 'Creating…' : 'Create account and connect'}
          </button>
        </ModalButtons>
      </form>
    </Modal>
  )
}
