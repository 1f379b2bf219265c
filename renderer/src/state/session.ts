import { create } from 'zustand'
import { SluiceError } from '../../../common/errors.ts'
import type { Endpoint, Protocol, RecentConnection, SessionState } from '../../../common/models.ts'
import { call, shownError } from '../api.ts'
import {
  EMPTY_FORM,
  checkForm,
  formFor,
  withHost,
  withPort,
  withProtocol,
  type ConnectionForm,
} from '../lib/connection-form.ts'
import { report } from './ui.ts'
import { showFiles } from './view.ts'

export interface FieldError {
  field: 'host' | 'port' | 'user' | 'password'
  message: string
}

interface SessionSlice {
  session: SessionState
  recent: RecentConnection[]
  form: ConnectionForm
  fieldError: FieldError | null
  /** Counts up when the password field should take the focus: a known connection was chosen. */
  focusPassword: number
}

export const useSession = create<SessionSlice>()(() => ({
  session: { state: 'disconnected', error: null },
  recent: [],
  form: EMPTY_FORM,
  fieldError: null,
  focusPassword: 0,
}))

function changeForm(change: (form: ConnectionForm) => ConnectionForm): void {
  useSession.setState(({ form }) => ({ form: change(form), fieldError: null }))
}

export const setProtocol = (protocol: Protocol): void => changeForm((form) => withProtocol(form, protocol))
export const setHost = (text: string): void => changeForm((form) => withHost(form, text))
export const setPort = (port: string): void => changeForm((form) => withPort(form, port))
export const setUser = (user: string): void => changeForm((form) => ({ ...form, user }))
export const setPassword = (password: string): void => changeForm((form) => ({ ...form, password }))

/** Folder that the address of the attempt under way names; '' for the server's own choice. */
let startFolder = ''

/** The same, once: a session that somebody else opens begins where the server says. */
export function takeStartFolder(): string {
  const folder = startFolder
  startFolder = ''
  return folder
}

/**
 * Makes an account on a server that offers it, under the name in the fields, and logs in with it.
 * @throws SluiceError why the server did not make it
 */
export async function signUp(password: string): Promise<void> {
  const check = checkForm({ ...useSession.getState().form, password })
  if (!check.ok) throw new SluiceError('bad-argument', check.message)
  if (check.request.protocol === 'ftp') {
    throw new SluiceError('bad-argument', 'A new password must not go in plain text: choose a protocol with TLS.')
  }
  await call('session.signUp', check.request)
  changeForm((form) => ({ ...form, password }))
}

/** Asks main to connect. A failure shows in the session's state. */
export async function connect(): Promise<void> {
  const { form } = useSession.getState()
  const check = checkForm(form)
  if (!check.ok) {
    useSession.setState({ fieldError: { field: check.field, message: check.message } })
    return
  }
  useSession.setState({ fieldError: null })
  // Its progress and its rows show in the remote pane.
  showFiles(() => undefined)
  startFolder = form.startFolder
  try {
    // The state comes by events. The answer overtakes them, and taking it too would open the folder twice.
    await call('session.connect', check.request)
  } catch (error) {
    startFolder = ''
    // The state tells of the failure as a rule; a request that was refused before it began leaves no trace there.
    useSession.setState(({ session }) =>
      session.state === 'connecting' || (session.state === 'disconnected' && session.error === null)
        ? { session: { state: 'disconnected', error: shownError(error) } }
        : {},
    )
  }
}

export function disconnect(): void {
  report(call('session.disconnect'))
}

/** Goes back to a server that was lost. The password is asked for only where main does not have it, or not the right one. */
export async function reconnect(): Promise<void> {
  const { session, form } = useSession.getState()
  if (session.state !== 'lost') return
  try {
    await call('session.reconnect')
  } catch (error) {
    const { code } = shownError(error)
    if (code === 'login-refused') chooseRecent(session.endpoint)
    // Any other failure shows in the session's state.
    if (code !== 'not-connected') return
    // The fields may hold another server by now, or no password.
    if (isFormOf(form, session.endpoint) && (form.password !== '' || form.user === '')) await connect()
    else chooseRecent(session.endpoint)
  }
}

export function stopRetrying(): void {
  report(call('session.stopRetrying'))
}

/** True when the fields name this server and account. */
function isFormOf(form: ConnectionForm, { protocol, host, port, user }: Endpoint): boolean {
  const check = checkForm(form)
  if (!check.ok) return false
  const { request } = check
  return request.protocol === protocol && request.host === host && request.port === port && request.user === user
}

/** The fields show the server that the session is with, whoever opened it: the bar, the console or an earlier window. */
export function showInForm(endpoint: Endpoint): void {
  if (isFormOf(useSession.getState().form, endpoint)) return
  useSession.setState({ form: formFor(endpoint), fieldError: null })
}

/** Fills the fields with a known connection; the password is never remembered, so it is asked for next. */
export function chooseRecent(endpoint: Endpoint): void {
  useSession.setState(({ focusPassword }) => ({
    form: formFor(endpoint),
    fieldError: null,
    focusPassword: focusPassword + 1,
  }))
}

export function forgetRecent({ protocol, host, port, user }: Endpoint): void {
  report(call('recent.remove', { protocol, host, port, user }).then((recent) => useSession.setState({ recent })))
}

/** The server the remote pane shows: connected, or lost a moment ago. */
export function currentEndpoint(session: SessionState): Endpoint | null {
  return session.state === 'connected' || session.state === 'lost' ? session.endpoint : null
}
