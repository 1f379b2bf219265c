/** One passive data connection that a client was told of: waits for the client, and turns others away. */
import type { Socket } from 'node:net'
import { ReplyError } from '../protocol/reply-error.ts'
import { sameAddress } from './addresses.ts'
import type { HeldPort } from './passive-ports.ts'

export interface ListenerOptions {
  /** The control connection's other end: nobody else is let in (the stolen data connection of THREATS.md). */
  peer: string
  /** ms to wait for it, from now on. */
  patienceMs: number
  /** Another address came. Told once with it, and at the end with how many came when there were more. */
  onStranger: (detail: string) => void
}

export class PassiveListener {
  readonly #held: HeldPort
  readonly #options: ListenerOptions
  readonly #arrived = Promise.withResolvers<Socket>()
  readonly #timer: NodeJS.Timeout
  #socket: Socket | null = null
  #strangers = 0
  #done = false

  constructor(held: HeldPort, options: ListenerOptions) {
    this.#held = held
    this.#options = options
    // It may fail before anyone waits for it.
    this.#arrived.promise.catch(() => {})
    this.#timer = setTimeout(
      () => this.close(`Nobody connected to port ${held.port} within ${options.patienceMs / 1000} s.`),
      options.patienceMs,
    )
    held.server.on('connection', (socket) => this.#meet(socket))
    held.server.on('error', () => this.close(`Listening on port ${held.port} failed.`))
  }

  get port(): number {
    return this.#held.port
  }

  #meet(socket: Socket): void {
    socket.on('error', () => {})
    if (this.#done || this.#socket !== null) return void socket.destroy()
    if (!sameAddress(socket.remoteAddress ?? '', this.#options.peer)) {
      this.#strangers++
      if (this.#strangers === 1) {
        this.#options.onStranger(
          `${socket.remoteAddress ?? 'An unknown address'} connected to data port ${this.port} and was turned away.`,
        )
      }
      return void socket.resetAndDestroy()
    }
    this.#socket = socket
    this.#stopListening()
    this.#arrived.resolve(socket)
  }

  #stopListening(): void {
    clearTimeout(this.#timer)
    this.#held.release()
    if (this.#strangers > 1) {
      this.#options.onStranger(`${this.#strangers} connections to data port ${this.port} were turned away.`)
      this.#strangers = 0
    }
  }

  /** The client's connection, paused. @throws ReplyError 425 it did not come */
  socket(): Promise<Socket> {
    return this.#arrived.promise
  }

  /** Whoever takes the socket owns it from now on. */
  handOver(): void {
    this.#done = true
    this.#socket = null
  }

  /** Gives up, and lets go of the client if it is here. Safe to call twice. */
  close(reason = 'The data connection was given up.'): void {
    if (this.#done) return
    this.#done = true
    this.#stopListening()
    this.#socket?.destroy()
    this.#socket = null
    this.#arrived.reject(new ReplyError(425, reason))
  }
}
