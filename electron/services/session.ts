/**
 * The browsing session: one server at a time, one control connection, its state told to whoever listens. A connection
 * the server closed is opened again by the next operation, since idle servers hang up all the time.
 */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ConnectRequest, Endpoint, SessionState } from '../../common/models.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Connections } from './connections.ts'

export class Session {
  readonly #connections: Connections
  readonly #tell: (state: SessionState) => void
  #state: SessionState = { state: 'disconnected', error: null }
  #client: FtpClient | null = null
  #connecting: AbortController | null = null
  #reconnecting: Promise<FtpClient> | null = null

  constructor(connections: Connections, tell: (state: SessionState) => void) {
    this.#connections = connections
    this.#tell = tell
  }

  get state(): SessionState {
    return this.#state
  }

  /** The server the session is with, also while it is lost. @throws SluiceError not-connected */
  get endpoint(): Endpoint {
    if (this.#state.state === 'connected' || this.#state.state === 'lost') return this.#state.endpoint
    throw notConnected()
  }

  /** Ends what there is and logs in anew. @throws SluiceError as the engine does; the state then holds the error too */
  async connect({ password, ...endpoint }: ConnectRequest): Promise<SessionState> {
    // Not awaited here: the attempt must be there at once, so that a disconnect in the next moment finds it.
    const ending = this.disconnect()
    const open = async (o: { onStep(step: string): void; signal: AbortSignal }): Promise<FtpClient> => {
      await ending
      return this.#connections.open({ ...endpoint, password }, o)
    }
    await this.#open(endpoint, open).catch((error: unknown) => {
      const failure = toErrorData(error)
      // Cancelled by a disconnect, which has set the state itself.
      if (failure.code !== 'cancelled') this.#set({ state: 'disconnected', error: failure })
      throw error
    })
    return this.#state
  }

  /** Closes the session or stops an attempt to open one. Transfers go on: they have connections of their own. */
  async disconnect(): Promise<void> {
    this.#connecting?.abort()
    this.#connecting = null
    const client = this.#client
    this.#client = null
    this.#set({ state: 'disconnected', error: null })
    await client?.close()
  }

  /**
   * Runs an operation on the session's connection, opening it again when it is gone.
   * @throws SluiceError not-connected, or what the operation throws
   */
  async run<T>(operation: (client: FtpClient) => Promise<T>): Promise<T> {
    return operation(await this.#openClient())
  }

  async #openClient(): Promise<FtpClient> {
    if (this.#client?.isOpen) return this.#client
    const { endpoint } = this
    this.#reconnecting ??= this.#open(endpoint, (o) => this.#connections.reopen(endpoint, o))
      .catch((error: unknown) => {
        if (this.#state.state === 'connecting') this.#set({ state: 'lost', endpoint, error: toErrorData(error) })
        throw error
      })
      .finally(() => {
        this.#reconnecting = null
      })
    return this.#reconnecting
  }

  async #open(
    endpoint: Endpoint,
    connect: (o: { onStep(step: string): void; signal: AbortSignal }) => Promise<FtpClient>,
  ): Promise<FtpClient> {
    const attempt = new AbortController()
    this.#connecting = attempt
    const onStep = (step: string): void => {
      if (this.#connecting === attempt) this.#set({ state: 'connecting', endpoint, step })
    }
    onStep('Connecting')
    try {
      const client = await connect({ onStep, signal: attempt.signal })
      if (attempt.signal.aborted) {
        client.destroy()
        throw new SluiceError('cancelled', 'Cancelled.')
      }
      this.#adopt(client, endpoint)
      return client
    } finally {
      if (this.#connecting === attempt) this.#connecting = null
    }
  }

  #adopt(client: FtpClient, endpoint: Endpoint): void {
    this.#client = client
    this.#set({
      state: 'connected',
      endpoint,
      home: client.home,
      tls: client.tls?.version ?? null,
      system: client.system,
    })
    void client.closed.then((error) => {
      if (this.#client !== client) return
      this.#client = null
      const reason =
        error ??
        new SluiceError('connection-lost', `${endpoint.host} closed the connection; it opens again when needed.`)
      this.#set({ state: 'lost', endpoint, error: reason.toData() })
    })
  }

  #set(state: SessionState): void {
    this.#state = state
    this.#tell(state)
  }
}

function notConnected(): SluiceError {
  return new SluiceError('not-connected', 'Not connected to a server: connect first.')
}
