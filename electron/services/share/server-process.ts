/**
 * One running server process, as the app speaks to it: each request has a number, a time limit and one answer. What is no
 * message of the contract, or answers nothing that was asked, is passed over.
 */
import { z } from 'zod'
import { ERROR_CODES, SluiceError, type ErrorData } from '../../../common/errors.ts'
import type { ShareArgument, ShareEvent, ShareMethod, ShareResults } from '../../../common/share-control.ts'
import type { ServerChild } from './types.ts'

/** ms for an answer. Looking through a large audit log, or reaching a database elsewhere, takes its time. */
const ANSWER_LIMITS: Partial<Record<ShareMethod, number>> = {
  open: 30_000,
  start: 60_000,
  portTest: 60_000,
  'audit.page': 60_000,
  'audit.clear': 120_000,
  'audit.export': 600_000,
}
const ANSWER_LIMIT = 20_000
/** ms for a process that was told to end; one whose loop hangs would keep its port for ever */
const END_LIMIT = 2_000

const errorDataSchema: z.ZodType<ErrorData> = z.object({
  code: z.enum(ERROR_CODES).catch('internal'),
  message: z.string(),
})
/** The server is the app's own, so that the shape is looked at, not the values in it. */
const messageSchema = z.union([
  z.object({ type: z.literal('answer'), id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ type: z.literal('answer'), id: z.int(), ok: z.literal(false), error: errorDataSchema }),
  z.object({
    type: z.literal('event'),
    event: z.custom<ShareEvent>((event) => typeof event === 'object' && event !== null && 'name' in event),
  }),
])

interface Waiting {
  resolve(value: unknown): void
  reject(error: SluiceError): void
  timer: NodeJS.Timeout
}

export class ServerProcess {
  /** Resolves with the exit code when the process has ended. */
  readonly exited: Promise<number>
  readonly #child: ServerChild
  readonly #onEvent: (event: ShareEvent) => void
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #code: number | null = null
  #force: NodeJS.Timeout | null = null

  constructor(child: ServerChild, onEvent: (event: ShareEvent) => void) {
    this.#child = child
    this.#onEvent = onEvent
    child.on('message', (message) => this.#take(message))
    this.exited = new Promise((resolve) => {
      child.once('exit', (code) => {
        this.#code = code
        if (this.#force !== null) clearTimeout(this.#force)
        this.#failAll()
        resolve(code)
      })
    })
  }

  /**
   * Asks and waits for the answer.
   * @param limit ms; default: what the method may take
   * @throws SluiceError what the server answered, `timeout`, or `interrupted` when the process ended meanwhile
   */
  call<M extends ShareMethod>(
    method: M,
    argument: ShareArgument<M>,
    limit = ANSWER_LIMITS[method] ?? ANSWER_LIMIT,
  ): Promise<ShareResults[M]> {
    if (this.#code !== null) return Promise.reject(ended(this.#code))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        const seconds = Math.round(limit / 1000)
        reject(new SluiceError('timeout', `The file server did not answer within ${seconds} s (${method}).`))
      }, limit)
      this.#waiting.set(id, {
        timer,
        reject,
        // Both ends are ours: the contract says what a method's answer is.
        resolve: (value) => resolve(value as ShareResults[M]),
      })
      this.#child.postMessage({ id, method, argument })
    })
  }

  /** Tells the process to end, and ends it by force when it does not. */
  kill(): void {
    if (this.#code !== null) return
    this.#child.kill()
    this.#force ??= setTimeout(() => {
      const { pid } = this.#child
      if (pid !== undefined) endByForce(pid)
    }, END_LIMIT)
    this.#force.unref()
  }

  #take(message: unknown): void {
    const parsed = messageSchema.safeParse(message)
    if (!parsed.success || this.#code !== null) return
    const { data } = parsed
    if (data.type === 'event') {
      this.#onEvent(data.event)
      return
    }
    const waiting = this.#waiting.get(data.id)
    if (!waiting) return
    this.#waiting.delete(data.id)
    clearTimeout(waiting.timer)
    if (data.ok) waiting.resolve(data.value)
    else waiting.reject(SluiceError.fromData(data.error))
  }

  #failAll(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { timer, reject } of waiting) {
      clearTimeout(timer)
      reject(ended(this.#code))
    }
  }
}

function endByForce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended this very moment.
  }
}

function ended(code: number | null): SluiceError {
  return new SluiceError('interrupted', `The file server ended unexpectedly (code ${code ?? 'unknown'}).`)
}
