/** The scan gate: knows the agent, and lets nothing pass that it has not found clean. */
import { toErrorData, SluiceError, type ErrorData } from '../../common/errors.ts'
import type { ScannerStatus, ScanPolicy } from '../../common/models.ts'
import { AGENT_TIMEOUTS, type AgentTimeouts } from './agent-answer.ts'
import { AgentClient } from './agent-client.ts'
import { ContentHints, factsOf } from './content-hints.ts'
import { cancelled, FedScan, HopelessScan, tooLarge } from './fed-scan.ts'
import { openFile, readBlocks } from './local-file.ts'
import { PolicySwitch } from './policy-switch.ts'
import { FolderQuarantine } from './quarantine.ts'
import { failedOutcome, judge, type Seen } from './reports.ts'
import type { AgentAddress, GateOutcome, Quarantine, ScanGate, ScanOutcome, ScanStream } from './types.ts'
import { clearUnscanned, UnscannedStream } from './unscanned.ts'

/** ms between looks at the agent while all is well, and while it is not */
const LOOK_READY = 15_000
const LOOK_UNAVAILABLE = 1000
/** ms that a scan waits for an agent that is just being started again */
const PATIENCE = 5000

export interface GateOptions {
  quarantineFolder: string
  /** ms that a scan waits for an agent that is being started; 5000 */
  patience?: number
  timeouts?: Partial<AgentTimeouts>
}

/** Builds the gate. The quarantine folder is made when it is first needed. */
export function createGate(options: GateOptions): ScanGate {
  return new Gate(options)
}

class Gate implements ScanGate {
  readonly quarantine: Quarantine
  readonly #patience: number
  readonly #timeouts: AgentTimeouts
  readonly #hints = new ContentHints()
  readonly #policy = new PolicySwitch()
  readonly #listeners = new Set<(status: ScannerStatus) => void>()
  #client: AgentClient | null = null
  #status: ScannerStatus = { state: 'starting' }
  #lookTimer: NodeJS.Timeout | null = null

  constructor(options: GateOptions) {
    this.quarantine = new FolderQuarantine(options.quarantineFolder)
    this.#patience = options.patience ?? PATIENCE
    this.#timeouts = { ...AGENT_TIMEOUTS, ...options.timeouts }
  }

  status(): ScannerStatus {
    return this.#status
  }

  onStatus(callback: (status: ScannerStatus) => void): () => void {
    this.#listeners.add(callback)
    return () => this.#listeners.delete(callback)
  }

  policy(): ScanPolicy {
    return this.#policy.get()
  }

  setPolicy(policy: ScanPolicy): void {
    this.#policy.set(policy)
  }

  onPolicy(callback: (policy: ScanPolicy) => void): () => void {
    return this.#policy.onChange(callback)
  }

  useAgent(address: AgentAddress | null, whyNot?: ErrorData): void {
    this.#drop()
    if (address === null) {
      this.#setStatus(whyNot ? { state: 'unavailable', error: whyNot } : { state: 'starting' })
      return
    }
    this.#setStatus({ state: 'starting' })
    try {
      this.#client = new AgentClient(address, this.#timeouts)
    } catch (error) {
      this.#setStatus({ state: 'unavailable', error: toErrorData(error) })
      return
    }
    void this.#look(this.#client)
  }

  async scanFile(
    path: string,
    options: { signal?: AbortSignal; onProgress?: (bytes: number) => void } = {},
  ): Promise<GateOutcome> {
    const { signal, onProgress } = options
    if (signal?.aborted) throw cancelled(signal)
    if (!this.#policy.get().upload) return clearUnscanned(path, signal)
    await using file = await openFile(path)
    const before = await file.stat({ bigint: true })
    const size = Number(before.size)
    const client = await this.#ready(signal)
    if (client instanceof SluiceError) return failedOutcome(client, unseen(), this.#status)

    const known = await this.#knownOutcome(client, this.#hints.get(path, before), size, signal)
    if (signal?.aborted) throw cancelled(signal)
    if (known) {
      onProgress?.(size)
      return known
    }
    const status = this.#status
    if (status.state === 'ready' && status.maxBytes !== null && size > status.maxBytes) {
      return failedOutcome(tooLarge(status.maxBytes), unseen(), status)
    }
    const scan = this.#feed(client, signal)
    try {
      let bytes = 0
      await readBlocks(file, path, size, async (block) => {
        // A scan that has failed gets no more: reading on would only delay the news.
        if (scan.failure !== null) return
        await scan.write(block)
        bytes += block.length
        onProgress?.(bytes)
      })
      const outcome = await scan.finish()
      const { sha256, verdict } = outcome.report
      const after = await file.stat({ bigint: true })
      if (verdict !== 'ERROR' && sha256 !== null && factsOf(before) === factsOf(after)) {
        this.#hints.set(path, after, sha256)
      }
      return outcome
    } finally {
      scan.abort()
    }
  }

  async openScan(options: { name: string; signal?: AbortSignal }): Promise<ScanStream> {
    if (!this.#policy.get().download) return new UnscannedStream(options.signal)
    const client = await this.#ready(options.signal)
    if (client instanceof SluiceError) {
      const error = new SluiceError(client.code, `${options.name}: ${client.message}`, { cause: client })
      return new HopelessScan(failedOutcome(error, unseen(), this.#status))
    }
    return this.#feed(client, options.signal)
  }

  #feed(client: AgentClient, signal: AbortSignal | undefined): FedScan {
    const learn = (outcome: ScanOutcome): void => this.#learn(client, outcome)
    return new FedScan(client.upload(), () => this.#status, learn, signal)
  }

  dispose(): void {
    this.#drop()
    this.#listeners.clear()
    this.#policy.dispose()
  }

  #drop(): void {
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer)
    this.#lookTimer = null
    this.#client?.dispose()
    this.#client = null
  }

  #setStatus(status: ScannerStatus): void {
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return
    this.#status = status
    for (const listener of [...this.#listeners]) listener(status)
  }

  /** Asks the agent how it is, and again after a while. */
  async #look(client: AgentClient): Promise<void> {
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer)
    this.#lookTimer = null
    let status: ScannerStatus
    try {
      const { engine, engineVersion, signatureVersion, builtInRulesOnly, maxBytes } = await client.status()
      const { location } = client
      status = { state: 'ready', engine, engineVersion, signatureVersion, builtInRulesOnly, maxBytes, location }
    } catch (error) {
      status = { state: 'unavailable', error: toErrorData(error) }
    }
    if (this.#client !== client) return
    this.#setStatus(status)
    if (this.#lookTimer !== null) clearTimeout(this.#lookTimer)
    const pause = status.state === 'ready' ? LOOK_READY : LOOK_UNAVAILABLE
    this.#lookTimer = setTimeout(() => void this.#look(client), pause)
    this.#lookTimer.unref()
  }

  /** A failed scan or new signatures are reasons to look at once. */
  #learn(client: AgentClient, outcome: ScanOutcome): void {
    const status = this.#status
    const same = status.state === 'ready' && status.signatureVersion === outcome.report.signatureVersion
    if ((outcome.report.verdict === 'ERROR' || !same) && this.#client === client) void this.#look(client)
  }

  /** The agent, waited for while it may just be starting; an error when it does not come. Throws `cancelled`. */
  async #ready(signal: AbortSignal | undefined): Promise<AgentClient | SluiceError> {
    if (signal?.aborted) throw cancelled(signal)
    if (this.#status.state !== 'ready') await this.#wait(signal)
    if (signal?.aborted) throw cancelled(signal)
    if (this.#status.state === 'ready' && this.#client !== null) return this.#client
    if (this.#status.state === 'unavailable') return SluiceError.fromData(this.#status.error)
    return new SluiceError('agent-unavailable', 'The scanning agent does not answer; nothing passes without it.')
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#patience)
    const stop = this.onStatus((status) => {
      if (status.state === 'ready') resolve()
    })
    const cancel = (): void => resolve()
    signal?.addEventListener('abort', cancel, { once: true })
    return promise.finally(() => {
      clearTimeout(timer)
      stop()
      signal?.removeEventListener('abort', cancel)
    })
  }

  async #knownOutcome(
    client: AgentClient,
    sha256: string | null,
    bytes: number,
    signal: AbortSignal | undefined,
  ): Promise<ScanOutcome | null> {
    if (sha256 === null) return null
    const report = await client.knownVerdict(sha256, signal)
    if (report === null) return null
    const outcome = judge(report, { sha256, bytes, ms: report.ms }, this.#status)
    // What cannot be believed is scanned anew.
    return outcome.report.verdict === 'ERROR' ? null : outcome
  }
}

function unseen(): Seen {
  return { sha256: null, bytes: 0, ms: 0 }
}
