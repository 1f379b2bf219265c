/** One body on its way to the agent, and the one answer to it. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { SluiceError } from '../../common/errors.ts'
import { scanReportSchema, type ScanReport } from '../../common/models.ts'
import { readAnswer, refusal, type AgentTimeouts } from './agent-answer.ts'

export class AgentUpload {
  readonly #request: ClientRequest
  readonly #timeouts: AgentTimeouts
  readonly #answer = Promise.withResolvers<ScanReport>()
  /** Those who wait for a chunk to be taken. */
  readonly #waiting = new Set<() => void>()
  #stallTimer: NodeJS.Timeout | null = null
  #verdictTimer: NodeJS.Timeout | null = null
  #answering = false
  #settled = false
  #failure: SluiceError | null = null

  constructor(request: ClientRequest, timeouts: AgentTimeouts) {
    this.#request = request
    this.#timeouts = timeouts
    // Whoever calls finish() hears of a failure; until then nobody need be waiting.
    this.#answer.promise.catch(() => {})
    request.once('response', (response) => void this.#read(response))
    request.on('error', (cause) => this.#lost(cause))
    request.once('close', () => this.#lost(null))
  }

  /** Why no verdict can come any more; null as long as one can. */
  get failure(): SluiceError | null {
    return this.#failure
  }

  /** Settles when the connection has taken the chunk, or the upload has failed; never rejects. */
  write(chunk: Buffer): Promise<void> {
    if (this.#settled || chunk.length === 0) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const taken = (): void => {
      this.#waiting.delete(taken)
      this.#watchStall()
      resolve()
    }
    this.#waiting.add(taken)
    if (this.#stallTimer === null) this.#watchStall()
    this.#request.write(chunk, taken)
    return promise
  }

  /** Ends the body and waits for the answer. Throws `scan-error`, `scan-too-large`, `agent-unavailable` or `cancelled`. */
  finish(): Promise<ScanReport> {
    if (!this.#settled) {
      this.#request.end()
      const late = new SluiceError('scan-error', 'The scanning agent gave no verdict in time.')
      this.#verdictTimer = setTimeout(() => this.#fail(late), this.#timeouts.verdict)
    }
    return this.#answer.promise
  }

  /** Gives up; safe at any time. */
  abort(): void {
    if (!this.#settled) this.#fail(new SluiceError('cancelled', 'The scan was cancelled.'))
  }

  async #read(response: IncomingMessage): Promise<void> {
    // Bytes that are still here when the answer comes cannot have been scanned.
    const early = !this.#request.writableFinished
    this.#answering = true
    try {
      const { status, body } = await readAnswer(response)
      if (status !== 200) throw refusal(status, body)
      const report = scanReportSchema.safeParse(body)
      if (!report.success) throw new SluiceError('scan-error', "The scanning agent's answer is no scan report.")
      if (early && report.data.verdict !== 'ERROR') {
        throw new SluiceError('scan-error', 'The scanning agent gave its verdict before it had the whole file.')
      }
      if (early) throw new SluiceError('scan-error', report.data.message ?? 'The scanning agent stopped the scan.')
      this.#settle()
      this.#answer.resolve(report.data)
    } catch (error) {
      this.#answering = false
      if (error instanceof SluiceError) this.#fail(error)
      else this.#lost(error)
    }
  }

  #lost(cause: unknown): void {
    // With an answer under way a broken pipe only says that the agent wants no more bytes.
    if (this.#answering) return
    const message = 'The connection to the scanning agent was lost during the scan.'
    this.#fail(new SluiceError('agent-unavailable', message, { cause }))
  }

  #fail(error: SluiceError): void {
    if (this.#settled) return
    this.#failure = error
    this.#settle()
    this.#answer.reject(error)
    this.#request.destroy()
  }

  #settle(): void {
    this.#settled = true
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    if (this.#verdictTimer !== null) clearTimeout(this.#verdictTimer)
    this.#stallTimer = this.#verdictTimer = null
    for (const taken of [...this.#waiting]) taken()
  }

  /** Counts only while a chunk waits: a slow source is not the agent's fault. */
  #watchStall(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    this.#stallTimer = null
    if (this.#waiting.size === 0 || this.#settled) return
    const stalled = new SluiceError('scan-error', 'The scanning agent takes no more bytes.')
    this.#stallTimer = setTimeout(() => this.#fail(stalled), this.#timeouts.stall)
  }
}
