import { create } from 'zustand'
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

/** Asks main to connect. A failure shows in the session's state. */
export async function connect(): Promise<void> {
  const check = checkForm(useSession.getState().form)
  if (!check.ok) {
    useSession.setState({ fieldError: { field: check.field, message: check.message } })
    return
  }
  useSession.setState({ fieldError: null })
  try {
    // The state comes by events. The answer overtakes them, and taking it too would open the folder twice.
    await call('session.connect', check.request)
  } catch (error) {
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
