import {
  ANONYMOUS_PASSWORD,
  DEFAULT_PORTS,
  type ConnectRequest,
  type Endpoint,
  type Protocol,
} from '../../../common/models.ts'
import { splitFtpUrl } from '../../../common/ftp-url.ts'

/** What the connection bar holds. The port is text while it is being typed. */
export interface ConnectionForm {
  protocol: Protocol
  host: string
  port: string
  /** True once a person changed the port: it then no longer follows the protocol. */
  portEdited: boolean
  user: string
  password: string
  /** Folder to open after login, from a pasted address; '' for the server's own choice. */
  startFolder: string
}

export const EMPTY_FORM: ConnectionForm = {
  protocol: 'ftpes',
  host: '',
  port: String(DEFAULT_PORTS.ftpes),
  portEdited: false,
  user: '',
  password: '',
  startFolder: '',
}

export function withProtocol(form: ConnectionForm, protocol: Protocol): ConnectionForm {
  return { ...form, protocol, port: form.portEdited ? form.port : String(DEFAULT_PORTS[protocol]) }
}

export function withPort(form: ConnectionForm, port: string): ConnectionForm {
  // Emptied again: back to following the protocol, once left.
  return { ...form, port, portEdited: port.trim() !== '' }
}

/** Takes what was typed or pasted as host; a whole address fills the other fields as well. */
export function withHost(form: ConnectionForm, text: string): ConnectionForm {
  const url = splitFtpUrl(text)
  if (!url) return { ...form, host: text, startFolder: '' }
  const protocol = url.protocol ?? form.protocol
  return {
    protocol,
    host: url.host,
    port: String(url.port ?? DEFAULT_PORTS[protocol]),
    portEdited: url.port !== undefined,
    user: url.user ?? form.user,
    password: url.password ?? form.password,
    startFolder: url.path ?? '',
  }
}

/** Fields of a known connection; the password has to be typed. */
export function formFor(endpoint: Endpoint): ConnectionForm {
  return {
    protocol: endpoint.protocol,
    host: endpoint.host,
    port: String(endpoint.port),
    portEdited: endpoint.port !== DEFAULT_PORTS[endpoint.protocol],
    user: endpoint.user === 'anonymous' ? '' : endpoint.user,
    password: '',
    startFolder: '',
  }
}

export type FormCheck =
  { ok: true; request: ConnectRequest } | { ok: false; field: 'host' | 'port' | 'user' | 'password'; message: string }

/** What main is asked for, or which field to mend and how. An empty user logs in anonymously. */
export function checkForm(form: ConnectionForm): FormCheck {
  const host = form.host.trim()
  if (host === '')
    return { ok: false, field: 'host', message: 'Type the server’s name or address, like ftp.example.org.' }
  if (host.length > 255 || /[\s/@\u0000-\u001f]/.test(host)) {
    return { ok: false, field: 'host', message: 'This is not a server’s name: leave out spaces, “/” and “@”.' }
  }
  const portText = form.port.trim() === '' ? String(DEFAULT_PORTS[form.protocol]) : form.port.trim()
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0
  if (port < 1 || port > 65_535) return { ok: false, field: 'port', message: 'A port is a number from 1 to 65535.' }
  const user = form.user.trim()
  if (user.length > 255) return { ok: false, field: 'user', message: 'The user name is too long.' }
  if (form.password.length > 1024) return { ok: false, field: 'password', message: 'The password is too long.' }
  const anonymous = user === ''
  return {
    ok: true,
    request: {
      protocol: form.protocol,
      host,
      port,
      user: anonymous ? 'anonymous' : user,
      password: anonymous && form.password === '' ? ANONYMOUS_PASSWORD : form.password,
    },
  }
}
