/** A bounded set of logged-in connections to one server with one set of credentials, TLS policy and trust. */
import { SluiceError } from '../../common/errors.ts'
import type { CertificateInfo } from '../../common/models.ts'
import { FtpClient } from './client.ts'
import type { CallOptions, FtpOptions, PooledClient as Pooled, PoolSettings } from './options.ts'
import { cancelled } from './waiting.ts'

export type PooledClient = Pooled<FtpClient>

export interface FtpPool {
  /**
   * A connection for the caller alone: an idle one, or a new one while there are fewer than allowed, or the next one
   * that is given back; waiters are served in the order they came.
   * @throws SluiceError why no connection could be made, `cancelled`, `not-connected` after `dispose`
   */
  acquire(o?: CallOptions): Promise<PooledClient>
  /** Changes how many connections there may be; those beyond end when they are given back. */
  resize(max: number): void
  /** Ends everything: waiters and connections in use fail, idle ones say QUIT. */
  dispose(): Promise<void>
}

const IDLE_MS = 60_000
/** A connection that rested longer, in ms, is tried by NOOP first: it may be dead without our knowing. */
const STALE = 10_000
const NOOP_TIMEOUT = 5_000

interface Waiter {
  signal: AbortSignal | undefined
  resolve: (client: PooledClient) => void
  reject: (error: unknown) => void
}

interface Idle {
  client: FtpClient
  since: number
  timer: NodeJS.Timeout
}

/** The options are the pool's key: one pool never serves two sets of credentials or two ideas of trust. */
export function createPool(options: FtpOptions, settings: PoolSettings): FtpPool {
  return new Pool(options, settings)
}

class Pool implements FtpPool {
  readonly #options: FtpOptions
  readonly #settings: PoolSettings
  readonly #disposing = new AbortController()
  readonly #waiters: Waiter[] = []
  /** Longest unused first. */
  readonly #idle: Idle[] = []
  readonly #inUse = new Set<FtpClient>()
  #connecting = 0
  #max: number
  /** What the server let us have, after it refused more; the wish stays in `#max`. */
  #serverMax = Number.POSITIVE_INFINITY

  constructor(options: FtpOptions, settings: PoolSettings) {
    this.#settings = settings
    this.#max = settings.max
    this.#options = shareTrust(options)
  }

  acquire(o: CallOptions = {}): Promise<PooledClient> {
    if (this.#disposing.signal.aborted) return Promise.reject(this.#disposed())
    if (o.signal?.aborted) return Promise.reject(cancelled())
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = this.#waiters.indexOf(waiter)
        if (at !== -1) this.#waiters.splice(at, 1)
        reject(cancelled())
      }
      const waiter: Waiter = {
        signal: o.signal,
        resolve: (client) => {
          o.signal?.removeEventListener('abort', leave)
          resolve(client)
        },
        reject: (error) => {
          o.signal?.removeEventListener('abort', leave)
          reject(error)
        },
      }
      o.signal?.addEventListener('abort', leave, { once: true })
      this.#waiters.push(waiter)
      this.#serve()
    })
  }

  resize(max: number): void {
    this.#max = max
    this.#serverMax = Number.POSITIVE_INFINITY
    while (this.#idle.length > 0 && this.#count() > max) this.#dropOldest()
    this.#serve()
  }

  async dispose(): Promise<void> {
    this.#disposing.abort()
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#disposed())
    for (const client of this.#inUse) client.destroy()
    this.#inUse.clear()
    const idle = this.#idle.splice(0)
    for (const { timer } of idle) clearTimeout(timer)
    await Promise.all(idle.map(({ client }) => client.close()))
  }

  #bound(): number {
    return Math.max(1, Math.min(this.#max, this.#serverMax))
  }

  #count(): number {
    return this.#idle.length + this.#inUse.size + this.#connecting
  }

  /** Gives waiters what there is, and makes connections for those left. */
  #serve(): void {
    for (let idle = this.#waiters.length > 0 ? this.#idle.pop() : undefined; idle;) {
      clearTimeout(idle.timer)
      if (idle.client.isOpen) this.#give(idle.client, Date.now() - idle.since > STALE)
      idle = this.#waiters.length > 0 ? this.#idle.pop() : undefined
    }
    while (this.#waiters.length > this.#connecting && this.#count() < this.#bound()) void this.#connect()
  }

  async #connect(): Promise<void> {
    this.#connecting += 1
    try {
      const client = await FtpClient.connect({
        ...this.#options,
        connectionNumber: this.#settings.nextConnectionNumber(),
        signal: this.#disposing.signal,
      })
      this.#connecting -= 1
      if (this.#disposing.signal.aborted) client.destroy()
      else this.#give(client, false)
    } catch (error) {
      this.#connecting -= 1
      if (this.#disposing.signal.aborted) return
      // A server that lets in fewer at a time than we wish is no error, as long as some are in.
      if (refusesMore(error) && this.#count() > 0) this.#serverMax = this.#count()
      else this.#waiters.shift()?.reject(error)
    }
    this.#serve()
  }

  /** Hands a connection to the first waiter, or keeps it. */
  #give(client: FtpClient, stale: boolean): void {
    const waiter = this.#waiters.shift()
    if (!waiter) {
      this.#keep(client)
      return
    }
    this.#inUse.add(client)
    if (!stale) {
      waiter.resolve(this.#lend(client))
      return
    }
    client.noop({ signal: AbortSignal.timeout(NOOP_TIMEOUT) }).then(
      () => {
        if (waiter.signal?.aborted) this.#takeBack(client, true)
        else waiter.resolve(this.#lend(client))
      },
      () => {
        this.#takeBack(client, false)
        if (!waiter.signal?.aborted && !this.#disposing.signal.aborted) this.#waiters.unshift(waiter)
        else waiter.reject(this.#disposed())
        this.#serve()
      },
    )
  }

  #lend(client: FtpClient): PooledClient {
    let lent = true
    const back = (usable: boolean) => {
      if (lent) this.#takeBack(client, usable)
      lent = false
    }
    return { client, release: () => back(true), discard: () => back(false) }
  }

  #takeBack(client: FtpClient, usable: boolean): void {
    this.#inUse.delete(client)
    const fits = this.#count() < this.#bound() && !this.#disposing.signal.aborted
    if (!usable || !client.isOpen) client.destroy()
    else if (!fits) void client.close()
    else this.#give(client, false)
    this.#serve()
  }

  #keep(client: FtpClient): void {
    if (this.#count() >= this.#bound()) {
      void client.close()
      return
    }
    const idle: Idle = {
      client,
      since: Date.now(),
      timer: setTimeout(() => {
        this.#forget(idle)
        void client.close()
      }, this.#settings.idleMs ?? IDLE_MS),
    }
    // An idle connection must not keep the process alive.
    idle.timer.unref()
    this.#idle.push(idle)
    void client.closed.then(() => this.#forget(idle))
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.timer)
    const at = this.#idle.indexOf(idle)
    if (at !== -1) this.#idle.splice(at, 1)
  }

  #dropOldest(): void {
    const idle = this.#idle.shift()
    if (!idle) return
    clearTimeout(idle.timer)
    void idle.client.close()
  }

  #disposed(): SluiceError {
    const { host } = this.#options.endpoint
    return new SluiceError('not-connected', `The connections to ${host} were closed.`)
  }
}

/** True for the ways in which servers say that there are enough connections already. */
function refusesMore(error: unknown): boolean {
  if (!(error instanceof SluiceError) || !error.reply) return false
  const { code, text } = error.reply
  return (
    code === 421 || ([530, 450, 500].includes(code) && /too many|maximum|limit|exceed|sessions|already/i.test(text))
  )
}

/** Several connections start at once: a person is asked about a certificate once, not once for each. */
function shareTrust(options: FtpOptions): FtpOptions {
  const ask = options.onUntrustedCertificate
  if (!ask) return options
  const answers = new Map<string, Promise<boolean>>()
  return {
    ...options,
    onUntrustedCertificate: (certificate: CertificateInfo, signal: AbortSignal) => {
      const known = answers.get(certificate.fingerprint)
      if (known) return known
      const answer = ask(certificate, signal)
      answers.set(certificate.fingerprint, answer)
      // Only a yes holds; a no, or a question that failed, may be put again by a later connection.
      const forget = () => answers.delete(certificate.fingerprint)
      answer.then((accepted) => accepted || forget(), forget)
      return answer
    },
  }
}
