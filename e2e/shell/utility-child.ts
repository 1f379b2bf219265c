/** Preloaded in a child of utilityProcess.fork: `process.parentPort`, and the end of the child when its parent ends. */
import { EventEmitter } from 'node:events'

/** Messages wait until the first 'message' listener is there; only with a listener does the port keep the process alive. */
class ParentPort extends EventEmitter {
  readonly #send: (message: unknown) => void
  #early: unknown[] | null = []

  constructor(send: (message: unknown) => void) {
    super()
    this.#send = send
    this.on('newListener', (name) => {
      if (name !== 'message' || !this.#early) return
      const early = this.#early
      this.#early = null
      process.channel?.ref()
      queueMicrotask(() => early.forEach((data) => this.emit('message', { data, ports: [] })))
    })
  }

  postMessage(message: unknown): void {
    this.#send(message)
  }

  receive(data: unknown): void {
    if (this.#early) this.#early.push(data)
    else this.emit('message', { data, ports: [] })
  }
}

const send = process.send?.bind(process)
if (send) {
  const port = new ParentPort((message) => send(message))
  process.on('message', (message) => port.receive(message))
  process.on('disconnect', () => process.exit(0))
  process.channel?.unref()
  Object.defineProperty(process, 'parentPort', { value: port, enumerable: true })
  Object.defineProperty(process, 'type', { value: 'utility', enumerable: true })
  // A utility process has no such thing; code that looks for it must not find it.
  Object.defineProperty(process, 'send', { value: undefined, configurable: true })
}
