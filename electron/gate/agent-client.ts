/** Speaks to the scanning agent over HTTP (common/agent-api.ts); believes nothing that is not exactly as agreed. */
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { isIPv4, type Socket } from 'node:net'
import { agentStatusSchema, type AgentStatus } from '../../common/agent-api.ts'
import { SluiceError } from '../../common/errors.ts'
import { scanReportSchema, type ScanReport } from '../../common/models.ts'
import { readAnswer, refusal, type AgentAnswer, type AgentTimeouts } from './agent-answer.ts'
import { AgentUpload } from './agent-upload.ts'
import type { AgentAddress } from './types.ts'

function isThisComputer({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}

export class AgentClient {
  readonly #address: AgentAddress
  readonly #base: URL
  readonly #agent: Agent
  readonly #timeouts: AgentTimeouts

  /** Throws `bad-argument` when the address is no http(s) URL, or is plain http beyond this computer. */
  constructor(address: AgentAddress, timeouts: AgentTimeouts) {
    const base = URL.parse(address.url)
    if (base === null || !/^https?:$/.test(base.protocol)) {
      throw new SluiceError('bad-argument', `"${address.url}" is no address of a scanning agent.`)
    }
    if (base.protocol === 'http:' && !isThisComputer(base)) {
      throw new SluiceError(
        'bad-argument',
        `${address.url}: an agent on another machine must be reached by https, or anyone on the way could read the files and forge verdicts.`,
      )
    }
    this.#address = address
    this.#base = base
    this.#timeouts = timeouts
    const options = { keepAlive: true, maxFreeSockets: 32 }
    this.#agent =
      base.protocol === 'https:'
        ? new TlsAgent({ ...options, minVersion: 'TLSv1.2', ...(address.ca === undefined ? {} : { ca: address.ca }) })
        : new Agent(options)
  }

  /** "this computer", or the host. */
  get location(): string {
    return isThisComputer(this.#base) ? 'this computer' : this.#base.hostname
  }

  /** Throws `agent-unavailable` with what is known of the reason. */
  async status(signal?: AbortSignal): Promise<AgentStatus> {
    const { status, body } = await this.#ask('/v1/status', signal)
    if (status !== 200) throw refusal(status, body)
    const parsed = agentStatusSchema.safeParse(body)
    if (parsed.success) return parsed.data
    throw new SluiceError('agent-unavailable', 'What answers in place of the scanning agent is something else.')
  }

  /** The verdict that the agent knows for these bytes; null when it knows none or cannot be asked. */
  async knownVerdict(sha256: string, signal?: AbortSignal): Promise<ScanReport | null> {
    try {
      const { status, body } = await this.#ask(`/v1/verdicts/${sha256}`, signal)
      const parsed = scanReportSchema.safeParse(body)
      return status === 200 && parsed.success && parsed.data.sha256 === sha256 ? parsed.data : null
    } catch {
      // Not worth a failure: the file is sent then, and that says what is wrong.
      return null
    }
  }

  /** Begins to send a body for a scan. */
  upload(): AgentUpload {
    const headers = { 'Content-Type': 'application/octet-stream', 'Transfer-Encoding': 'chunked' }
    const sent = this.#request('POST', '/v1/scans', headers)
    return new AgentUpload(sent, this.#timeouts)
  }

  /** Ends all connections at once; what is under way fails. */
  dispose(): void {
    this.#agent.destroy()
  }

  async #ask(path: string, signal: AbortSignal | undefined): Promise<AgentAnswer> {
    const limit = AbortSignal.timeout(this.#timeouts.question)
    const either = signal ? AbortSignal.any([signal, limit]) : limit
    for (let attempt = 0; ; attempt++) {
      const sent = this.#request('GET', path, {}).end()
      try {
        return await answerTo(sent, either)
      } catch (cause) {
        sent.destroy()
        // A kept connection may have been closed by the agent the moment it was used again.
        if (sent.reusedSocket && attempt === 0 && !either.aborted) continue
        if (cause instanceof SluiceError) throw cause
        const why = limit.aborted ? 'nothing within the time' : cause instanceof Error ? cause.message : String(cause)
        const message = `The scanning agent on ${this.location} does not answer (${why}).`
        throw new SluiceError('agent-unavailable', message, { cause })
      }
    }
  }

  #request(method: string, path: string, headers: Record<string, string>): ClientRequest {
    const options = {
      method,
      agent: this.#agent,
      headers: { ...headers, Authorization: `Bearer ${this.#address.token}`, Accept: 'application/json' },
    }
    const url = new URL(path, this.#base)
    const sent = this.#base.protocol === 'https:' ? tlsRequest(url, options) : request(url, options)
    limitConnecting(sent, this.#timeouts.connect)
    return sent
  }
}

function limitConnecting(sent: ClientRequest, ms: number): void {
  sent.once('socket', (socket: Socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => sent.destroy(new Error(`no connection within ${ms} ms`)), ms)
    // "ready" precedes the TLS handshake, so the first flushed request is what counts there.
    const done = (): void => clearTimeout(timer)
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', done).once('close', done)
  })
}

async function answerTo(sent: ClientRequest, signal: AbortSignal): Promise<AgentAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const cancel = (): void => reject(signal.reason as Error)
  sent.once('response', resolve).on('error', reject)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    signal.throwIfAborted()
    const response = await promise
    // The rest of the answer is bounded too.
    const stop = (): void => void response.destroy()
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await readAnswer(response)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
