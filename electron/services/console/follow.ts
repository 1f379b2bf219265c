/** Runs requests through the queue, shows how far they are, tells how each file ends, and waits for the last one. */
import { toErrorData } from '../../../common/errors.ts'
import type { Endpoint, RequestProgress, TransferRequest, TransferRow } from '../../../common/models.ts'
import { endLine, endRecord, progressLine, Tally } from './follow-text.ts'
import { errorLine, errorRecord } from './output.ts'
import type { CommandContext, Outcome } from './types.ts'

/** ms between two looks at the progress */
const LOOK_EVERY = 250
/** Requests under way at a time: enough to keep all workers busy, few enough to be looked at. */
const WINDOW = 12

interface Followed {
  /** Rows planned; null while planning goes on. */
  added: number | null
  /** Rows that ended so far. */
  ended: number
}

/**
 * Sends the requests and resolves when every row of theirs has ended. When the command is cancelled, so are they.
 * Nothing is kept here for each file: the journal has them.
 * @param command the command's name, for records of what cannot even be requested
 * @throws SluiceError not-connected, or why the only request cannot be made
 */
export async function follow(
  context: CommandContext,
  command: string,
  requests: readonly TransferRequest[],
): Promise<Outcome> {
  const follower = new Follower(context, command, context.host.session.endpoint)
  try {
    return await follower.run(requests)
  } finally {
    follower.dispose()
  }
}

class Follower {
  readonly #context: CommandContext
  readonly #command: string
  readonly #endpoint: Endpoint
  readonly #tally = new Tally()
  readonly #followed = new Map<number, Followed>()
  readonly #stop: (() => void)[] = []
  /** What the requests that have ended moved, for the progress of all. */
  #before = { files: 0, ended: 0, bytes: 0, transferred: 0 }
  #broken: { error: unknown } | null = null
  #wake: () => void = () => undefined

  constructor(context: CommandContext, command: string, endpoint: Endpoint) {
    this.#context = context
    this.#command = command
    this.#endpoint = endpoint
    const { transfers } = context.host
    this.#stop.push(transfers.onEnded((row) => this.#rowEnded(row)))
    const timer = setInterval(() => {
      try {
        this.#look()
      } catch (error) {
        // The queue was closed: the program ends.
        this.#broken ??= { error }
        this.#wake()
      }
    }, LOOK_EVERY)
    this.#stop.push(() => clearInterval(timer))
    const onAbort = (): void => {
      for (const request of this.#followed.keys()) transfers.cancelRequest(request)
    }
    context.signal.addEventListener('abort', onAbort)
    this.#stop.push(() => context.signal.removeEventListener('abort', onAbort))
  }

  async run(requests: readonly TransferRequest[]): Promise<Outcome> {
    const { signal, write, progress } = this.#context
    for (const request of requests) {
      while (this.#followed.size >= WINDOW && !signal.aborted) await this.#something()
      if (signal.aborted) break
      // Planned one after the other: the queue keeps their order, and moves the first while the next are planned.
      await this.#add(request, requests.length === 1)
    }
    while (this.#followed.size > 0) await this.#something()
    progress(null)
    if (this.#tally.files !== 1) write({ lines: [this.#tally.summary()] })
    return signal.aborted ? 'cancelled' : this.#tally.outcome()
  }

  dispose(): void {
    for (const stop of this.#stop) stop()
  }

  async #add(request: TransferRequest, only: boolean): Promise<void> {
    const { signal, host, write } = this.#context
    let id: number | null = null
    const onRequest = (request: number): void => {
      id = request
      this.#followed.set(request, { added: null, ended: 0 })
      if (signal.aborted) host.transfers.cancelRequest(request)
    }
    try {
      const { request: added, added: rows } = await host.transfers.add(request, this.#endpoint, { onRequest })
      const followed = this.#followed.get(added)
      if (followed) followed.added = rows
      this.#settle(added)
    } catch (error) {
      if (id !== null) this.#forget(id)
      if (signal.aborted) return
      if (only) throw error
      const data = toErrorData(error)
      this.#tally.refused(data)
      write({ lines: [errorLine(error)], data: [errorRecord(data, this.#command)] })
    }
  }

  #rowEnded(row: TransferRow): void {
    const followed = this.#followed.get(row.request)
    if (!followed) return
    followed.ended++
    this.#tally.add(row)
    this.#context.write({ lines: [endLine(this.#context.host, row)], data: [endRecord(row)] })
    // Asked only when it can be true: each question costs a look into the journal.
    if (followed.added !== null && followed.ended >= followed.added) this.#settle(row.request)
  }

  /** Takes a request off the list when it is planned and its last row has ended; rows that are retried have not. */
  #settle(request: number): void {
    const followed = this.#followed.get(request)
    if (!followed || followed.added === null) return
    const progress = this.#context.host.transfers.progress(request)
    if (progress.unfinished > 0) return
    this.#before = plus(this.#before, progress)
    this.#forget(request)
  }

  #forget(request: number): void {
    this.#followed.delete(request)
    this.#wake()
  }

  /** Waits until a request has ended, or fails. */
  async #something(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (this.#broken) throw this.#broken.error
  }

  #look(): void {
    const { transfers } = this.#context.host
    let sum = { ...this.#before, rate: null as number | null, active: [] as TransferRow[], planned: true }
    for (const [request, { added }] of this.#followed) {
      const progress = transfers.progress(request)
      sum = {
        ...plus(sum, progress),
        rate: progress.rate === null ? sum.rate : (sum.rate ?? 0) + progress.rate,
        active: [...sum.active, ...progress.active],
        planned: sum.planned && added !== null,
      }
      this.#settle(request)
    }
    if (sum.files > 0) this.#context.progress(progressLine(sum))
  }
}

interface Sum {
  files: number
  ended: number
  bytes: number
  transferred: number
}

function plus<T extends Sum>(sum: T, { files, unfinished, bytes, transferred }: RequestProgress): T {
  return {
    ...sum,
    files: sum.files + files,
    ended: sum.ended + files - unfinished,
    bytes: sum.bytes + bytes,
    transferred: sum.transferred + transferred,
  }
}
