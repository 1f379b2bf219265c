/**
 * Events to the renderer, in order and in batches: the first one goes at once, what follows within the next 50 ms
 * goes together. The window never gets more than about 20 messages a second, however busy main is.
 */
import type { AppEvent } from '../../common/ipc.ts'

/** ms between two batches */
const INTERVAL = 50
/** Console lines that wait; a window keeps no more either, so that older ones are not worth sending. */
const CONSOLE_LINES = 10_000

export class EventHub {
  readonly #send: (events: AppEvent[]) => void
  #waiting: AppEvent[] = []
  #timer: NodeJS.Timeout | null = null

  /** @param send delivers one batch; it may drop it when there is no window */
  constructor(send: (events: AppEvent[]) => void) {
    this.#send = send
  }

  /**
   * Queues an event. Lines join the ones already waiting, since they come by the hundred; of the console's states only
   * the newest counts.
   */
  emit(event: AppEvent): void {
    if (event.type === 'console-state') this.#waiting = this.#waiting.filter(({ type }) => type !== 'console-state')
    if (!this.#join(event)) this.#waiting.push(ownLines(event))
    if (this.#timer === null) this.#flush()
  }

  /** Sends what waits at once: what is answered next then comes after it, and holds nothing that is told again later. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#flush()
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#waiting = []
  }

  #join(event: AppEvent): boolean {
    const last = this.#waiting.at(-1)
    if (event.type === 'protocol' && last?.type === 'protocol') {
      last.lines.push(...event.lines)
      return true
    }
    if (event.type === 'console-lines' && last?.type === 'console-lines') {
      // One by one: as arguments a million of them would be too many.
      for (const line of event.lines) last.lines.push(line)
      if (last.lines.length > CONSOLE_LINES * 2) last.lines.splice(0, last.lines.length - CONSOLE_LINES)
      return true
    }
    return false
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

/** The event with lines of its own to add to. */
function ownLines(event: AppEvent): AppEvent {
  if (event.type === 'protocol') return { type: 'protocol', lines: [...event.lines] }
  if (event.type === 'console-lines') return { type: 'console-lines', lines: [...event.lines] }
  return event
}
