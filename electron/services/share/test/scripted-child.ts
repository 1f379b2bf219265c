/** A server process that does what the test says. The real one runs in the integration tests. */
import { EventEmitter } from 'node:events'
import type { ShareEvent, ShareMethod, ShareRequest } from '../../../../common/share-control.ts'
import { SluiceError } from '../../../../common/errors.ts'
import { shareConfigSchema, type Account, type ShareConfig, type ShareStatus } from '../../../../common/share.ts'
import type { ServerChild } from '../types.ts'

export const RUNNING = {
  state: 'running',
  addresses: [
    { url: 'ftp://127.0.0.1:2121', host: '127.0.0.1', port: 2121, implicit: false, reach: 'loopback', interface: 'lo' },
  ],
  fingerprint: 'AA:BB',
  tlsRequired: true,
  scan: true,
  scanner: { state: 'starting' },
  startedAt: 1,
  sessions: 0,
  transfers: 0,
  problems: [],
} as const satisfies ShareStatus

/** What it answers to a method: a value, an error, or nothing as long as `silent`. */
export const silent = Symbol('silent')
export type Answers = Partial<Record<ShareMethod, unknown>>

export class ScriptedChild extends EventEmitter implements ServerChild {
  readonly requests: ShareRequest[] = []
  killed = false
  readonly #answers: Answers

  constructor(answers: Answers = {}) {
    super()
    this.#answers = answers
  }

  postMessage(request: ShareRequest): void {
    this.requests.push(request)
    const answer = request.method in this.#answers ? this.#answers[request.method] : DEFAULTS[request.method]
    if (answer === silent) return
    queueMicrotask(() => {
      if (request.method === 'start' && !(answer instanceof Error)) this.tell({ name: 'status', status: RUNNING })
      if (answer instanceof SluiceError) this.answer(request.id, answer)
      else this.answer(request.id, typeof answer === 'function' ? answer(request.argument) : answer)
    })
  }

  answer(id: number, value: unknown): void {
    if (value instanceof SluiceError) this.emit('message', { type: 'answer', id, ok: false, error: value.toData() })
    else this.emit('message', { type: 'answer', id, ok: true, value })
  }

  tell(event: ShareEvent): void {
    this.emit('message', { type: 'event', event })
  }

  die(code = 9): void {
    this.emit('exit', code)
  }

  kill(): boolean {
    this.killed = true
    queueMicrotask(() => this.die(15))
    return true
  }

  /** Names of the methods it was asked, in order. */
  get methods(): ShareMethod[] {
    return this.requests.map(({ method }) => method)
  }

  argumentOf(method: ShareMethod): unknown {
    return this.requests.findLast((request) => request.method === method)?.argument
  }
}

const DEFAULTS: Answers = {
  open: null,
  useAgent: null,
  watch: null,
  start: { firstAccount: null },
  stop: null,
  'accounts.list': [] satisfies Account[],
  'accounts.add': null,
}

export const CONFIG: ShareConfig = shareConfigSchema.parse({ root: '/srv/shared' })

/** Children in the order in which they were started; `next` says what the coming ones answer. */
export function scriptedChildren(): { fork: () => ScriptedChild; started: ScriptedChild[]; next: Answers } {
  const started: ScriptedChild[] = []
  const factory = {
    started,
    next: {} as Answers,
    fork: () => {
      const child = new ScriptedChild(factory.next)
      started.push(child)
      return child
    },
  }
  return factory
}
