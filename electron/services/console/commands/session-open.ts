/** open and user: to a server, and into an account. */
import { isIPv6 } from 'node:net'
import { SluiceError } from '../../../../common/errors.ts'
import { splitFtpUrl, type FtpUrl } from '../../../../common/ftp-url.ts'
import {
  ANONYMOUS_PASSWORD,
  DEFAULT_PORTS,
  type ConnectRequest,
  type Endpoint,
  type Protocol,
} from '../../../../common/models.ts'
import { line } from '../output.ts'
import { literal } from '../parse.ts'
import type { CommandContext, Handler } from '../types.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i

export const open: Handler = async (context, [address = '', port]) => {
  const { host, write } = context
  const url = addressOf(literal(address), host.defaultProtocol)
  const { protocol } = url
  const server = { protocol, host: url.host, port: portOf(port) ?? url.port ?? DEFAULT_PORTS[protocol] }
  if (protocol === 'ftp')
    write({ lines: [line('warn', `NOT ENCRYPTED: password and files can be read on the way to ${url.host}.`)] })
  if (url.password !== undefined)
    write({ lines: [line('warn', 'A password in an address can be seen by others: leave it out, it is asked for.')] })
  const account = await accountFor(context, url.host, url.user ?? null, url.password)
  const { state } = host.session
  if (state.state !== 'disconnected') {
    write({ lines: [line('muted', `Closing the session with ${state.endpoint.host}.`)] })
    await host.session.disconnect()
  }
  await logIn(context, { ...server, ...account })
  if (url.path !== undefined) await goTo(context, url.path)
}

export const user: Handler = async (context, [name]) => {
  const { protocol, host, port } = currentEndpoint(context)
  const account = await accountFor(context, host, name === undefined ? null : literal(name), undefined)
  await logIn(context, { protocol, host, port, ...account })
}

type Address = FtpUrl & { protocol: Protocol }

/** A URL, or [user@]host[:port][/folder]. @throws SluiceError bad-argument */
function addressOf(text: string, usual: Protocol): Address {
  const bare = !SCHEME.test(text)
  const url = splitFtpUrl(bare ? `${usual}://${isIPv6(text) ? `[${text}]` : text}` : text)
  if (url === null) {
    // Without quoting it: a password may be in it.
    throw new SluiceError(
      'bad-argument',
      'That is no address of an FTP server. Type a host ("ftp.example.org"), or ftp://, ftpes:// or ftps:// and a host.',
    )
  }
  return { ...url, protocol: bare ? usual : (url.protocol ?? 'ftp') }
}

function portOf(word: string | undefined): number | null {
  if (word === undefined) return null
  const port = Number(word)
  if (/^\d{1,5}$/.test(word) && port >= 1 && port <= 65_535) return port
  throw new SluiceError('bad-argument', 'That is no port: ports are numbers from 1 to 65535.')
}

/** Name and password: as typed, as known without asking, or asked for. */
async function accountFor(
  { host, ask }: CommandContext,
  server: string,
  user: string | null,
  password: string | undefined,
): Promise<{ user: string; password: string }> {
  if (user !== null && password !== undefined) return { user, password }
  const known = await host.credentials(server, user)
  if (known) return known
  const name = user ?? (await ask(`User at ${server} (nothing for anonymous):`)).trim()
  if (name === '' || name === 'anonymous') return { user: 'anonymous', password: ANONYMOUS_PASSWORD }
  // With a name there may be a password that is known.
  const now = user === null ? await host.credentials(server, name) : null
  if (now) return now
  return { user: name, password: await ask(`Password of ${name} at ${server}:`, { hidden: true }) }
}

/** Logs in and says where. A cancel ends the attempt. */
async function logIn({ host, signal, write }: CommandContext, request: ConnectRequest): Promise<void> {
  signal.throwIfAborted()
  const onAbort = (): void => void host.session.disconnect()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const state = await host.connect(request)
    if (state.state !== 'connected')
      throw new SluiceError('interrupted', `The login at ${request.host} was interrupted.`)
    const { endpoint, tls, system, home } = state
    const facts = [`Logged in to ${endpoint.host} as ${endpoint.user}`, tls ?? 'not encrypted']
    if (system !== null) facts.push(system)
    write({
      lines: [line('good', `${facts.join(', ')}.`)],
      data: [{ session: 'connected', ...endpointData(endpoint), tls, system, home }],
    })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const endpointData = ({ protocol, host, port, user }: Endpoint): Endpoint => ({ protocol, host, port, user })

async function goTo({ host, signal }: CommandContext, path: string): Promise<void> {
  const folder = await host.session.run(async (client) => {
    await client.cwd(path, { signal })
    return client.pwd({ signal })
  })
  host.folders.set('remote', folder)
}

function currentEndpoint({ host }: CommandContext): Endpoint {
  const { state } = host.session
  if (state.state === 'disconnected') throw new SluiceError('not-connected', 'Not connected: use "open <host>".')
  return state.endpoint
}
