/**
 * The browsing session: one server at a time, one control connection, its state told to whoever listens. Idle servers
 * hang up all the time: a word now and then keeps the connection, a lost one is opened again by itself for a while and by
 * the next operation at any time, and is then in the same folder as before.
 */
import { SluiceError, toErrorData, type ErrorCode, type ErrorData } from '../../common/errors.ts'
import type { ConnectRequest, Endpoint, SessionState } from '../../common/models.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Connections } from './connections.ts'
import { KeepAlive } from './keep-alive.ts'
import { Retries } from './retries.ts'
import type { Folders } from './working-folders.ts'

/** All in ms. */
export interface SessionTimings {
  /** Silence after which NOOP is sent. */
  keepAlive: number
  /** Pauses before a lost session is tried again by itself; their number is the number of tries. */
  retryDelays: readonly number[]
  /** A session that lived this long was well: its loss begins with the first pause. */
  stableAfter: number
}

const TIMINGS: SessionTimings = {
  keepAlive: 60_000,
  retryDelays: [5_000, 10_000, 20_000, 40_000, 60_000],
  stableAfter: 60_000,
}

/** Losses that time alone does not heal: somebody has to do something first. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set([
  'login-refused',
  'certificate-rejected',
  'tls-refused',
  'cancelled',
  'needs-answer',
  'not-connected',
  'illegal-characters',
])

interface OpenContext {
  onStep(step: string): void
  signal: AbortSignal
}

export class Session {
  readonly #connections: Connections
  readonly #folders: Folders
  readonly #tell: (state: SessionState) => void
  readonly #retries: Retries
  readonly #keepAlive: KeepAlive
  #state: SessionState = { state: 'disconnected', error: null }
  #client: FtpClient | null = null
  #connecting: AbortController | null = null
  #reconnecting: { endpoint: Endpoint; client: Promise<FtpClient> } | null = null
  /** Why the session was lost: an attempt that somebody stopped says less. */
  #loss: ErrorData | null = null

  constructor(
    connections: Connections,
    folders: Folders,
    tell: (state: SessionState) => void,
    timings: Partial<SessionTimings> = {},
  ) {
    const { keepAlive, retryDelays, stableAfter } = { ...TIMINGS, ...timings }
    this.#connections = connections
    this.#folders = folders
    this.#tell = tell
    this.#retries = new Retries(retryDelays, stableAfter)
    this.#keepAlive = new KeepAlive(keepAlive, () => void this.#sayNoop())
  }

  get state(): SessionState {
    return this.#state
  }

  /** The server the session is with, also while it is lost or opened again. @throws SluiceError not-connected */
  get endpoint(): Endpoint {
    if (this.#reconnecting) return this.#reconnecting.endpoint
    if (this.#state.state === 'connected' || this.#state.state === 'lost') return this.#state.endpoint
    throw notConnected()
  }

  /** The connection as it stands, to look at only: operations go through `run`. Null while there is none. */
  get client(): FtpClient | null {
    return this.#client?.isOpen ? this.#client : null
  }

  /** Ends what there is and logs in anew. @throws SluiceError as the engine does; the state then holds the error too */
  connect(request: ConnectRequest): Promise<SessionState> {
    return this.#begin(request, {})
  }

  /**
   * Makes an account on a server that offers it, and logs in with it; never over plain FTP.
   * @throws SluiceError as `connect`, and why there is no account; the state then holds the error too
   */
  signUp(request: ConnectRequest): Promise<SessionState> {
    return this.#begin(request, { signUp: true })
  }

  async #begin({ password, ...endpoint }: ConnectRequest, how: { signUp?: true }): Promise<SessionState> {
    // Not awaited here: the attempt must be there at once, so that a disconnect in the next moment finds it.
    const ending = this.disconnect()
    this.#retries.restart()
    let offer: { signUp?: true } = {}
    const onSignUpOffered = (): void => {
      offer = { signUp: true }
    }
    const open = async (o: OpenContext): Promise<Opened> => {
      await ending
      const client = await this.#connections.open({ ...endpoint, password }, { ...o, ...how, onSignUpOffered })
      return { client, atHome: true }
    }
    await this.#open(endpoint, open, (error) => ({ state: 'disconnected', error, ...offer }))
    return this.#state
  }

  /** Closes the session or stops an attempt to open one. Transfers go on: they have connections of their own. */
  async disconnect(): Promise<void> {
    this.#connecting?.abort()
    this.#connecting = null
    this.#reconnecting = null
    this.#loss = null
    this.#retries.cancel()
    this.#keepAlive.stop()
    const client = this.#client
    this.#client = null
    this.#folders.forgetRemote()
    this.#set({ state: 'disconnected', error: null })
    await client?.close()
  }

  /** Tries a lost session again now; pauses begin with the first one again. @throws SluiceError why it failed */
  async reconnect(): Promise<SessionState> {
    if (this.#client?.isOpen !== true) this.#retries.restart()
    await this.#openClient()
    return this.#state
  }

  /** Stops trying a lost session again by itself; an operation still opens it. */
  stopRetrying(): void {
    this.#retries.cancel()
    if (this.#state.state === 'lost') this.#set({ ...this.#state, retryAt: null })
    else if (this.#reconnecting) this.#connecting?.abort()
  }

  /**
   * Runs an operation on the session's connection, opening it again when it is gone.
   * @param o.again asked when the server hung up during the operation: may all of it be done once more? An idle server
   * often hangs up in the very moment somebody comes back; one that does it again and again is left to the pauses.
   * @throws SluiceError not-connected, or what the operation throws
   */
  run<T>(operation: (client: FtpClient) => Promise<T>, o: { again?: () => boolean } = {}): Promise<T> {
    return this.#keepAlive.during(async () => {
      const client = await this.#openClient()
      try {
        return await operation(client)
      } catch (error) {
        if (!isHangUp(error) || o.again?.() !== true || !this.#retries.atOnce()) throw error
        // Its end may not have been told yet; nobody shall be given it again.
        if (this.#client === client) this.#client = null
        client.destroy()
        return await operation(await this.#openClient())
      }
    })
  }

  async #openClient(): Promise<FtpClient> {
    if (this.#client?.isOpen) return this.#client
    if (this.#reconnecting) return this.#reconnecting.client
    const { endpoint } = this
    this.#retries.cancel()
    const client = this.#open(
      endpoint,
      (o) => this.#reopen(endpoint, o),
      (error) => this.#lost(endpoint, error),
    ).finally(() => {
      if (this.#reconnecting === attempt) this.#reconnecting = null
    })
    const attempt = { endpoint, client }
    this.#reconnecting = attempt
    return client
  }

  async #open(
    endpoint: Endpoint,
    connect: (o: OpenContext) => Promise<Opened>,
    failed: (error: ErrorData) => SessionState,
  ): Promise<FtpClient> {
    const attempt = new AbortController()
    this.#connecting = attempt
    const onStep = (step: string): void => {
      if (this.#connecting !== attempt) return
      if (this.#state.state === 'connecting' && this.#state.step === step) return
      this.#set({ state: 'connecting', endpoint, step })
    }
    onStep('Connecting')
    try {
      const opened = await connect({ onStep, signal: attempt.signal })
      if (attempt.signal.aborted) {
        opened.client.destroy()
        throw new SluiceError('cancelled', 'Cancelled.')
      }
      this.#adopt(opened, endpoint)
      return opened.client
    } catch (error) {
      // An attempt that was given up must not speak for what came after it.
      if (this.#connecting === attempt) this.#set(failed(toErrorData(error)))
      throw error
    } finally {
      if (this.#connecting === attempt) this.#connecting = null
    }
  }

  /** Logs in with what worked before, and goes to the folder the session was in. */
  async #reopen(endpoint: Endpoint, o: OpenContext): Promise<Opened> {
    const client = await this.#connections.reopen(endpoint, o)
    const folder = this.#folders.get().remote
    if (folder === null || folder === client.home) return { client, atHome: false }
    try {
      await client.cwd(folder, { signal: o.signal })
      return { client, atHome: false }
    } catch (error) {
      if (!client.isOpen || !(error instanceof SluiceError && error.reply)) {
        client.destroy()
        throw error
      }
      this.#connections.note('error', `${error.message} The session is back in ${client.home}.`)
      return { client, atHome: true }
    }
  }

  #adopt({ client, atHome }: Opened, endpoint: Endpoint): void {
    this.#client = client
    this.#loss = null
    this.#retries.connected()
    this.#keepAlive.start()
    const first = this.#folders.get().remote === null
    // The state says where a new session begins; whoever is in a folder that is gone has to be told to leave it.
    if (first) this.#folders.set('remote', client.home)
    this.#set({
      state: 'connected',
      endpoint,
      home: client.home,
      tls: client.tls?.version ?? null,
      system: client.system,
    })
    if (!first && atHome) this.#folders.set('remote', client.home)
    void client.closed.then((error) => {
      if (this.#client !== client) return
      this.#client = null
      const reason = error ?? new SluiceError('connection-lost', `${endpoint.host} closed the connection.`)
      this.#set(this.#lost(endpoint, reason.toData()))
    })
  }

  #lost(endpoint: Endpoint, error: ErrorData): SessionState {
    this.#keepAlive.stop()
    const reason = error.code === 'cancelled' ? (this.#loss ?? error) : error
    this.#loss = reason
    const retry = (): void => {
      // A failure shows in the state.
      this.#openClient().catch(() => undefined)
    }
    return {
      state: 'lost',
      endpoint,
      error: reason,
      retryAt: HOPELESS.has(error.code) ? null : this.#retries.schedule(retry),
    }
  }

  async #sayNoop(): Promise<void> {
    const client = this.#client
    if (!client) return
    try {
      await client.noop()
    } catch (error) {
      // A server that does not know NOOP has heard it all the same.
      if (!(error instanceof SluiceError && error.reply)) client.destroy()
    }
    if (this.#client === client && client.isOpen) this.#keepAlive.start()
  }

  #set(state: SessionState): void {
    this.#state = state
    this.#tell(state)
  }
}

interface Opened {
  client: FtpClient
  /** It stands in the folder after login, though it should be elsewhere or is new. */
  atHome: boolean
}

/** The server closed the connection, by itself or with 421 (RFC 959 section 4.2.2). */
function isHangUp(error: unknown): boolean {
  return error instanceof SluiceError && (error.code === 'connection-lost' || error.reply?.code === 421)
}

function notConnected(): SluiceError {
  return new SluiceError('not-connected', 'Not connected to a server: connect first.')
}
