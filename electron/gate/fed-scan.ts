/** A scan fed with bytes, hashed on this side of the connection as well. */
import { createHash } from 'node:crypto'
import { SluiceError } from '../../common/errors.ts'
import type { ScannerStatus } from '../../common/models.ts'
import type { AgentUpload } from './agent-upload.ts'
import { failedOutcome, judge, type Seen } from './reports.ts'
import type { Refused, ScanOutcome, ScanStream } from './types.ts'

export class FedScan implements ScanStream {
  readonly unscanned = false
  readonly #upload: AgentUpload
  readonly #status: () => ScannerStatus
  readonly #onOutcome: (outcome: ScanOutcome) => void
  readonly #signal: AbortSignal | undefined
  readonly #hash = createHash('sha256')
  readonly #from = performance.now()
  readonly #cancel = (): void => this.abort()
  #bytes = 0
  #failure: SluiceError | null = null

  /** @param onOutcome hears of the end of a scan that was not cancelled */
  constructor(
    upload: AgentUpload,
    status: () => ScannerStatus,
    onOutcome: (outcome: ScanOutcome) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#onOutcome = onOutcome
    this.#upload = upload
    this.#status = status
    this.#signal = signal
    signal?.addEventListener('abort', this.#cancel, { once: true })
    if (signal?.aborted) this.abort()
  }

  get failure(): Refused | null {
    const error = this.#failure ?? this.#upload.failure
    return error === null ? null : failedOutcome(error, this.#seen(null), this.#status())
  }

  async write(chunk: Buffer): Promise<void> {
    this.#throwIfCancelled()
    this.#bytes += chunk.length
    if (this.failure !== null) return
    this.#hash.update(chunk)
    const status = this.#status()
    if (status.state === 'ready' && status.maxBytes !== null && this.#bytes > status.maxBytes) {
      this.#failure = tooLarge(status.maxBytes)
      this.#upload.abort()
      return
    }
    await this.#upload.write(chunk)
    this.#throwIfCancelled()
  }

  async finish(): Promise<ScanOutcome> {
    this.#throwIfCancelled()
    try {
      const outcome = await this.#end(this.#hash.digest('hex'))
      this.#onOutcome(outcome)
      return outcome
    } finally {
      this.#signal?.removeEventListener('abort', this.#cancel)
    }
  }

  async #end(sha256: string): Promise<ScanOutcome> {
    try {
      if (this.#failure !== null) throw this.#failure
      const report = await this.#upload.finish()
      return judge(report, this.#seen(sha256), this.#status())
    } catch (error) {
      this.#throwIfCancelled()
      if (!(error instanceof SluiceError) || error.code === 'cancelled') throw error
      return failedOutcome(error, this.#seen(null), this.#status())
    }
  }

  abort(): void {
    this.#signal?.removeEventListener('abort', this.#cancel)
    this.#upload.abort()
  }

  #seen(sha256: string | null): Seen {
    return { sha256, bytes: this.#bytes, ms: Math.round((performance.now() - this.#from) * 10) / 10 }
  }

  #throwIfCancelled(): void {
    if (this.#signal?.aborted) throw cancelled(this.#signal)
  }
}

/** A scan that had no agent from the start: takes everything, passes nothing. */
export class HopelessScan implements ScanStream {
  readonly unscanned = false
  readonly failure: Refused

  constructor(failure: Refused) {
    this.failure = failure
  }

  write(): Promise<void> {
    return Promise.resolve()
  }

  finish(): Promise<Refused> {
    return Promise.resolve(this.failure)
  }

  abort(): void {}
}

export function tooLarge(maxBytes: number): SluiceError {
  const message = `The file is too large for the scanner, which takes at most ${maxBytes} bytes: it stays where it is.`
  return new SluiceError('scan-too-large', message)
}

export function cancelled(signal: AbortSignal): SluiceError {
  return new SluiceError('cancelled', 'The scan was cancelled.', { cause: signal.reason })
}
