import { CircleAlert, Eye, EyeOff, History, LoaderCircle, TriangleAlert, UserPlus, X } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { protocolSchema } from '../../../common/models.ts'
import { PROTOCOL_NAMES } from '../../../common/endpoint.ts'
import { formatTime } from '../../../common/format.ts'
import { usePanes } from '../state/panes.ts'
import {
  chooseRecent,
  connect,
  disconnect,
  forgetRecent,
  setHost,
  setPassword,
  setPort,
  setProtocol,
  setUser,
  useSession,
  type FieldError,
} from '../state/session.ts'
import { openDialog, report } from '../state/ui.ts'
import './ConnectionBar.css'
import { useFloatingRoot } from './FloatingRoot.ts'
import { IconButton } from './IconButton.tsx'

export function ConnectionBar() {
  const session = useSession((s) => s.session)
  const form = useSession((s) => s.form)
  const fieldError = useSession((s) => s.fieldError)
  const focusPassword = useSession((s) => s.focusPassword)
  const [shown, setShown] = useState(false)
  const bar = useRef<HTMLFormElement>(null)
  const password = useRef<HTMLInputElement>(null)

  useEffect(() => {
    if (fieldError) bar.current?.querySelector<HTMLInputElement>(`[name='${fieldError.field}']`)?.focus()
  }, [fieldError])
  const refused = session.state === 'disconnected' && session.error?.code === 'login-refused'
  useEffect(() => {
    // A mistyped password is the likeliest reason, and typing replaces it.
    if (refused) password.current?.select()
  }, [refused])

  const busy = session.state === 'connecting'
  const fixed = busy || session.state === 'connected'
  const focused = useRef(0)
  useEffect(() => {
    // The state that frees the field may come a moment after the wish.
    if (fixed || focused.current === focusPassword) return
    focused.current = focusPassword
    password.current?.focus()
  }, [focusPassword, fixed])
  // What is tried again by itself is told over the rows; here it would come and go with every attempt.
  const gaveUp = session.state === 'disconnected' || (session.state === 'lost' && session.retryAt === null)
  const sessionError = gaveUp ? session.error : null
  const hasRows = usePanes((s) => s.remote.path !== null)
  const problem = fieldError?.message ?? (sessionError?.code === 'cancelled' ? null : sessionError?.message) ?? null
  const invalid = (field: FieldError['field']) =>
    fieldError?.field === field ? ({ 'aria-invalid': true, 'aria-describedby': 'connection-problem' } as const) : {}

  return (
    <form
      ref={bar}
      className="connection-bar"
      aria-label="Connection"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (session.state === 'connected' || busy) disconnect()
        else report(connect())
      }}
    >
      <div className="connection-fields">
        <Field id="protocol" label="Protocol" className="wide">
          <select
            id="protocol"
            className="select"
            value={form.protocol}
            disabled={fixed}
            onChange={(event) => setProtocol(protocolSchema.options.find((p) => p === event.target.value) ?? 'ftpes')}
          >
            {(['ftpes', 'ftps', 'ftp'] as const).map((protocol) => (
              <option key={protocol} value={protocol}>
                {PROTOCOL_NAMES[protocol]}
              </option>
            ))}
          </select>
        </Field>
        <Field id="host" label="Host" className="host">
          <input
            id="host"
            name="host"
            className="input"
            value={form.host}
            disabled={fixed}
            placeholder="ftp.example.org, or paste an ftp:// address"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autoFocus
            onChange={(event) => setHost(event.target.value)}
            {...invalid('host')}
          />
        </Field>
        <Field id="port" label="Port" className="port">
          <input
            id="port"
            name="port"
            className="input"
            inputMode="numeric"
            value={form.port}
            disabled={fixed}
            autoComplete="off"
            maxLength={5}
            onChange={(event) => setPort(event.target.value)}
            {...invalid('port')}
          />
        </Field>
        <Field id="user" label="User">
          <input
            id="user"
            name="user"
            className="input"
            value={form.user}
            disabled={fixed}
            placeholder="anonymous"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={(event) => setUser(event.target.value)}
            {...invalid('user')}
          />
        </Field>
        <Field id="password" label="Password">
          <span className="password">
            <input
              ref={password}
              id="password"
              name="password"
              className="input"
              type={shown ? 'text' : 'password'}
              value={form.password}
              disabled={fixed}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setPassword(event.target.value)}
              {...invalid('password')}
            />
            <IconButton
              small
              icon={shown ? EyeOff : Eye}
              label={shown ? 'Hide password' : 'Show password'}
              aria-pressed={shown}
              disabled={fixed}
              onClick={() => setShown(!shown)}
            />
          </span>
        </Field>
        <div className="connection-buttons">
          <RecentMenu disabled={fixed} />
          <button type="submit" className={fixed ? 'button' : 'button primary'}>
            {busy ? 'Cancel' : session.state === 'connected' ? 'Disconnect' : 'Connect'}
          </button>
        </div>
      </div>
      <div className="connection-notes" aria-live="polite">
        {busy && !hasRows && (
          <p className="connection-note">
            <LoaderCircle className="turning tone-busy" size={16} aria-hidden />
            {session.step}…
          </p>
        )}
        {!fixed && form.protocol === 'ftp' && (
          <p className="connection-note tone-warn">
            <TriangleAlert size={16} aria-hidden />
            Plain FTP sends your password and files readable to everyone on the way. Use it only where TLS is not
            offered.
          </p>
        )}
        {!fixed && problem !== null && (
          <p id="connection-problem" role="alert" className="connection-note tone-bad selectable">
            <CircleAlert size={16} aria-hidden />
            {problem}
          </p>
        )}
        {session.state === 'disconnected' && session.signUp === true && <SignUpOffer />}
      </div>
    </form>
  )
}

/** The server refused the login, and lets people make accounts themselves. */
function SignUpOffer() {
  const plain = useSession((s) => s.form.protocol === 'ftp')
  return (
    <p className="connection-note connection-offer">
      <UserPlus size={16} aria-hidden />
      <span>
        No account there yet? This server lets you make one.
        {plain && ' Choose a protocol with TLS first: a new password must not go in plain text.'}
      </span>
      <button type="button" className="button small" disabled={plain} onClick={() => openDialog({ kind: 'sign-up' })}>
        Create account
      </button>
    </p>
  )
}

interface FieldProps {
  id: string
  label: string
  className?: string
  children: ReactNode
}

function Field({ id, label, className = '', children }: FieldProps) {
  return (
    <div className={`connection-field ${className}`}>
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  )
}

function RecentMenu({ disabled }: { disabled: boolean }) {
  const recent = useSession((s) => s.recent)
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button
          type="button"
          className="button"
          aria-label="Recent connections"
          disabled={disabled}
          title="Recent connections"
        >
          <History size={16} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={useFloatingRoot()}>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={4}
          // The password field takes the focus when a connection was chosen.
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <DropdownMenu.Label className="menu-label">Recent connections</DropdownMenu.Label>
          {recent.length === 0 && <p className="menu-label">None yet. They appear here after a login.</p>}
          {recent.map((connection) => {
            const { protocol, user, host, port } = connection
            const name = `${user}@${host}:${port}`
            return (
              <div className="recent-row" role="none" key={`${protocol} ${name}`}>
                <DropdownMenu.Item className="menu-item recent-item" onSelect={() => chooseRecent(connection)}>
                  <span className="recent-name">{name}</span>
                  <span className="recent-more">
                    {PROTOCOL_NAMES[protocol]} · {formatTime(connection.lastUsed)}
                  </span>
                </DropdownMenu.Item>
                <DropdownMenu.Item
                  className="menu-item recent-forget"
                  aria-label={`Forget ${name}`}
                  onSelect={(event) => {
                    event.preventDefault()
                    forgetRecent(connection)
                  }}
                >
                  <X size={16} aria-hidden />
                </DropdownMenu.Item>
              </div>
            )
          })}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
