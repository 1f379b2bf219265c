/**
 * Events to the renderer, in order and in batches: the first one goes at once, what follows within the next 50 ms
 * goes together. The window never gets more than about 20 messages a second, however busy main is.
 */
import type { AppEvent } from '../../common/ipc.ts'

/** ms between two batches */
const INTERVAL = 50

export class EventHub {
  readonly #send: (events: AppEvent[]) => void
  #waiting: AppEvent[] = []
  #timer: NodeJS.Timeout | null = null

  /** @param send delivers one batch; it may drop it when there is no window */
  constructor(send: (events: AppEvent[]) => void) {
    this.#send = send
  }

  /** Queues an event. Protocol lines join the ones already waiting, since they come by the hundred. */
  emit(event: AppEvent): void {
    const last = this.#waiting.at(-1)
    if (event.type === 'protocol' && last?.type === 'protocol') last.lines.push(...event.lines)
    else this.#waiting.push(event.type === 'protocol' ? { type: 'protocol', lines: [...event.lines] } : event)
    if (this.#timer === null) this.#flush()
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }

  #flush(): void {
    if (this.#waiting.length === 0) {
      this.#timer = null
      return
    }
    const batch = this.#waiting
    this.#waiting = []
    this.#timer = setTimeout(() => this.#flush(), INTERVAL)
    this.#send(batch)
  }
}
