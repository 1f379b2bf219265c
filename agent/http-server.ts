/**
 * The agent's HTTP interface (common/agent-api.ts). Plain node:http: three routes, of which one is a raw stream that
 * no framework should touch.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AgentProblem, AgentStatus } from '../common/agent-api.ts'
import { SluiceError } from '../common/errors.ts'
import { isLoopback } from '../common/loopback.ts'
import type { ScanReport } from '../common/models.ts'
import type { EngineStatus, ScanEngine } from './engine.ts'
import { createGuard } from './guards.ts'
import { scanBody, tooLarge } from './scan.ts'
import { Slots } from './slots.ts'
import { VerdictStore } from './verdict-store.ts'

export interface AgentServerOptions {
  host: string
  port: number
  token: string
  tls: { cert: Buffer; key: Buffer } | null
  maxScans: number
  version: string
  /** ms without a byte of a body, or without a request on a kept connection */
  idleTimeout?: number
}

export interface AgentServer {
  readonly port: number
  close(): Promise<void>
}

const IDLE_TIMEOUT = 120_000
const MAX_WAITING = 256
/** ms in which a client may notice an answer that came before the end of its body */
const LINGER = 2000

/** Serves the engine until `close`. Rejects when the address cannot be had. */
export async function startAgentServer(engine: ScanEngine, options: AgentServerOptions): Promise<AgentServer> {
  const service = new AgentService(engine, options)
  const listener: RequestListener = (request, response) => void service.handle(request, response)
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 0,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: 5000,
  }
  const server: Server = options.tls
    ? createTlsServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, listener)
    : createServer(limits, listener)
  server.maxConnections = 1024
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new SluiceError('internal', 'The server has no port.')
  return {
    port: address.port,
    async close() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
      await engine.dispose()
    },
  }
}

class AgentService {
  readonly #engine: ScanEngine
  readonly #guard: ReturnType<typeof createGuard>
  readonly #store = new VerdictStore()
  readonly #slots: Slots
  readonly #version: string
  readonly #idleTimeout: number

  constructor(engine: ScanEngine, options: AgentServerOptions) {
    this.#engine = engine
    this.#guard = createGuard(options.token, isLoopback(options.host))
    this.#slots = new Slots(options.maxScans, MAX_WAITING)
    this.#version = options.version
    this.#idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is no failure of ours; what waits for it is told by `close`.
    request.on('error', () => {})
    response.on('error', () => {})
    try {
      const refusal = this.#guard(request)
      if (refusal) refuse(request, response, refusal.status, refusal.error)
      else await this.#route(request, response)
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy()
      else refuse(request, response, error instanceof SluiceError ? 503 : 500, messageOf(error))
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    const [, sha256] = /^\/v1\/verdicts\/([0-9a-f]{64})$/.exec(url) ?? []
    const method = url === '/v1/scans' ? 'POST' : url === '/v1/status' || sha256 !== undefined ? 'GET' : null
    if (method === null) return refuse(request, response, 404, 'There is nothing at this address.')
    if (request.method !== method) {
      response.setHeader('Allow', method)
      return refuse(request, response, 405, `This address takes ${method} only.`)
    }
    if (method === 'POST') return this.#scan(request, response)
    const status = await this.#engine.status()
    if (sha256 === undefined) return send(response, 200, this.#describe(status))
    const known = this.#store.get(sha256, status.engineVersion, status.signatureVersion)
    if (known === null) send(response, 404, { error: 'No verdict is known for these bytes.' })
    else send(response, 200, known)
  }

  #describe(status: EngineStatus): AgentStatus {
    return { service: 'sluice-agent', version: this.#version, ...status }
  }

  async #scan(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers['content-type'] !== 'application/octet-stream') {
      return refuse(request, response, 415, 'The body must be application/octet-stream.')
    }
    if (request.headers['content-encoding'] !== undefined) {
      return refuse(request, response, 415, 'The body must not be encoded: the bytes themselves are scanned.')
    }
    const gone = new AbortController()
    const leave = (): void => gone.abort()
    response.once('close', leave)
    let release: (() => void) | null = null
    try {
      release = await this.#slots.acquire(gone.signal)
      const status = await this.#engine.status()
      const announced = Number(request.headers['content-length'] ?? 0)
      if (status.maxBytes !== null && announced > status.maxBytes) {
        return refuse(request, response, 413, tooLarge(status.maxBytes).message)
      }
      const report = await this.#scanRequest(request, status, gone.signal)
      this.#store.add(report)
      if (request.readableEnded) send(response, 200, report)
      else sendEarly(request, response, 200, report)
    } finally {
      release?.()
      response.off('close', leave)
    }
  }

  async #scanRequest(request: IncomingMessage, status: EngineStatus, signal: AbortSignal): Promise<ScanReport> {
    const { socket } = request
    // Counts silence both ways; with the body's end it is the engine's turn, which has limits of its own.
    const silent = (): void => void socket.destroy()
    socket.setTimeout(this.#idleTimeout, silent)
    request.once('end', () => socket.setTimeout(0))
    try {
      // Without destroyOnReturn an early ERROR could not be answered any more.
      return await scanBody(request.iterator({ destroyOnReturn: false }), this.#engine, status, signal)
    } finally {
      socket.setTimeout(0).off('timeout', silent)
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof SluiceError ? error.message : 'The agent failed in a way it should not.'
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, error: string): void {
  if (request.readableEnded || !hasBody(request)) send(response, status, { error })
  else sendEarly(request, response, status, { error })
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
}

/**
 * Answers while the body still arrives. Closing at once would reset the connection and the client might never read
 * the answer: the rest is thrown away for a moment first (RFC 9112 section 9.6). No "Connection: close" either: Node
 * would then close as soon as the answer is written.
 */
function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: ScanReport | AgentProblem,
): void {
  send(response, status, body)
  request.resume()
  const timer = setTimeout(() => request.socket.destroy(), LINGER)
  request.once('close', () => clearTimeout(timer))
}

function send(response: ServerResponse, status: number, body: ScanReport | AgentStatus | AgentProblem): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
  })
  response.end(text)
}
