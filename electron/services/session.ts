/**
 * The browsing session: one server at a time, one control connection, its state told to whoever listens. A connection
 * the server closed is opened again by the next operation, since idle servers hang up all the time.
 */
import { SluiceError, toErrorData, type ErrorData } from '../../common/errors.ts'
import type { ConnectRequest, Endpoint, SessionState } from '../../common/models.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Connections } from './connections.ts'

export class Session {
  readonly #connections: Connections
  readonly #tell: (state: SessionState) => void
  #state: SessionState = { state: 'disconnected', error: null }
  #client: FtpClient | null = null
  #connecting: AbortController | null = null
  #reconnecting: { endpoint: Endpoint; client: Promise<FtpClient> } | null = null

  constructor(connections: Connections, tell: (state: SessionState) => void) {
    this.#connections = connections
    this.#tell = tell
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

  /** Ends what there is and logs in anew. @throws SluiceError as the engine does; the state then holds the error too */
  async connect({ password, ...endpoint }: ConnectRequest): Promise<SessionState> {
    // Not awaited here: the attempt must be there at once, so that a disconnect in the next moment finds it.
    const ending = this.disconnect()
    const open = async (o: { onStep(step: string): void; signal: AbortSignal }): Promise<FtpClient> => {
      await ending
      return this.#connections.open({ ...endpoint, password }, o)
    }
    await this.#open(endpoint, open, (error) => ({ state: 'disconnected', error }))
    return this.#state
  }

  /** Closes the session or stops an attempt to open one. Transfers go on: they have connections of their own. */
  async disconnect(): Promise<void> {
    this.#connecting?.abort()
    this.#connecting = null
    this.#reconnecting = null
    const client = this.#client
    this.#client = null
    this.#set({ state: 'disconnected', error: null })
    await client?.close()
  }

  /**
   * Runs an operation on the session's connection, opening it again when it is gone.
   * @param o.again asked when the server hung up during the operation: may all of it be done once more? An idle server
   * often hangs up in the very moment somebody comes back.
   * @throws SluiceError not-connected, or what the operation throws
   */
  async run<T>(operation: (client: FtpClient) => Promise<T>, o: { again?: () => boolean } = {}): Promise<T> {
    const client = await this.#openClient()
    try {
      return await operation(client)
    } catch (error) {
      if (!isHangUp(error) || o.again?.() !== true) throw error
      // Its end may not have been told yet; nobody shall be given it again.
      if (this.#client === client) this.#client = null
      client.destroy()
      return await operation(await this.#openClient())
    }
  }

  async #openClient(): Promise<FtpClient> {
    if (this.#client?.isOpen) return this.#client
    if (this.#reconnecting) return this.#reconnecting.client
    const { endpoint } = this
    const client = this.#open(
      endpoint,
      (o) => this.#connections.reopen(endpoint, o),
      (error) => ({ state: 'lost', endpoint, error }),
    ).finally(() => {
      if (this.#reconnecting === attempt) this.#reconnecting = null
    })
    const attempt = { endpoint, client }
    this.#reconnecting = attempt
    return client
  }

  async #open(
    endpoint: Endpoint,
    connect: (o: { onStep(step: string): void; signal: AbortSignal }) => Promise<FtpClient>,
    failed: (error: ErrorData) => SessionState,
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
    } catch (error) {
      // An attempt that was given up must not speak for what came after it.
      if (this.#connecting === attempt) this.#set(failed(toErrorData(error)))
      throw error
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

/** The server closed the connection, by itself or with 421 (RFC 959 section 4.2.2). */
function isHangUp(error: unknown): boolean {
  return error instanceof SluiceError && (error.code === 'connection-lost' || error.reply?.code === 421)
}

function notConnected(): SluiceError {
  return new SluiceError('not-connected', 'Not connected to a server: connect first.')
}
