import { useEffect, useRef, useState } from 'react'
import { shownError } from '../api.ts'
import { passwordProblem } from '../lib/account-form.ts'
import { visibleName } from '../lib/names.ts'
import { setUser, signUp, useSession } from '../state/session.ts'
import { Modal, ModalForm } from './Modal.tsx'
import { Row } from './share/Fields.tsx'

/** Null in `field`: what the server said, which may be about any of them. */
interface Problem {
  field: 'user' | 'password' | 'again' | null
  message: string
}

/** A new account on the server in the connection bar; the name is the one that is typed there, and can be changed. */
export function SignUpDialog({ onClose }: { onClose(): void }) {
  const { host, user, password: typed } = useSession((s) => s.form)
  const [password, setPassword] = useState(typed)
  const [again, setAgain] = useState('')
  const [shown, setShown] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const frame = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (problem) frame.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [problem])

  const wrongField = (): Problem | null => {
    if (user.trim() === '') return { field: 'user', message: 'Type the name you want.' }
    const weak = passwordProblem(password)
    if (weak !== null) return { field: 'password', message: weak }
    return shown || password === again ? null : { field: 'again', message: 'The two passwords differ.' }
  }
  const submit = async (): Promise<void> => {
    const wrong = wrongField()
    setProblem(wrong)
    if (wrong !== null || busy) return
    setBusy(true)
    try {
      await signUp(password)
      onClose()
    } catch (error) {
      setProblem({ field: null, message: shownError(error).message })
      setBusy(false)
    }
  }
  const field = (name: 'user' | 'password' | 'again', value: string, onChange: (text: string) => void) => (
    <input
      id={`sign-up-${name}`}
      className="input"
      type={shown || name === 'user' ? 'text' : 'password'}
      spellCheck={false}
      autoComplete="off"
      autoCapitalize="off"
      autoFocus={name === 'password'}
      value={value}
      aria-invalid={problem?.field === name}
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
      description={`${visibleName(host)} lets anybody make an account. Yours gets a folder of its own there. The password goes over the encrypted connection and is not kept on this computer.`}
      onClose={onClose}
    >
      <ModalForm
        ref={frame}
        frame="account-form"
        busy={busy}
        text={busy ? 'Creating…' : 'Create account and connect'}
        onSubmit={submit}
        onClose={onClose}
      >
        <Row id="sign-up-user" label="User name">
          {field('user', user, setUser)}
        </Row>
        <Row id="sign-up-password" label="New password">
          {field('password', password, setPassword)}
        </Row>
        {!shown && (
          <Row id="sign-up-again" label="The same again">
            {field('again', again, setAgain)}
          </Row>
        )}
        <Row label="">
          <label className="check">
            <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
            Show what I type
          </label>
        </Row>
        <p id="sign-up-problem" role="alert" className="form-problem tone-bad">
          {problem?.message}
        </p>
      </ModalForm>
    </Modal>
  )
}
