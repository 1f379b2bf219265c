/**
 * The Chrome DevTools Protocol over `--remote-debugging-pipe`: null-terminated JSON on file descriptors 3 (to the browser)
 * and 4 (from it). No TCP port is open unless the caller (Playwright) asks for one, and the browser ends when the pipe does.
 */
import type { CDPSession } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'

interface Incoming {
  id?: number
  method?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
  sessionId?: string
}

interface Waiting {
  method: string
  resolve(result: unknown): void
  reject(error: Error): void
}

/** One attached target, or the browser itself. Types of commands and events are those of Playwright's CDPSession. */
export class CdpSession {
  readonly id: string | undefined
  readonly send: CDPSession['send']
  readonly #events = new EventEmitter()

  constructor(id: string | undefined, command: (method: string, params: object, session?: string) => Promise<unknown>) {
    this.id = id
    this.send = (method, params) => command(method, params ?? {}, id) as never
    this.#events.setMaxListeners(0)
  }

  readonly on: CDPSession['addListener'] = (event: string | symbol, listener: (payload: never) => void) => {
    this.#events.on(event, listener as (payload: unknown) => void)
    return this as never
  }

  dispatch(method: string, params: unknown): void {
    this.#events.emit(method, params)
  }
}

/** The browser process and the connection to it. Emits 'exit' when the browser ended, whoever ended it. */
export class Cdp extends EventEmitter<{ exit: [] }> {
  readonly process: ChildProcess
  readonly root = new CdpSession(undefined, (method, params) => this.#command(method, params))
  readonly #sessions = new Map<string, CdpSession>()
  readonly #waiting = new Map<number, Waiting>()
  readonly #toBrowser: Writable
  #parts: Buffer[] = []
  #lastId = 0
  #closed = false

  /** Starts `executable`; `onStderr` gets what the browser writes to its error stream, line by line. */
  constructor(executable: string, args: string[], onStderr: (line: string) => void) {
    super()
    this.process = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] })
    const [, , stderr, toBrowser, fromBrowser] = this.process.stdio as [null, null, Readable, Writable, Readable]
    this.#toBrowser = toBrowser
    toBrowser.on('error', () => {}) // EPIPE of a browser that just ended; 'exit' tells
    fromBrowser.on('error', () => {})
    fromBrowser.on('data', (chunk: Buffer) => this.#read(chunk))
    let rest = ''
    stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      lines.filter(Boolean).forEach(onStderr)
    })
    this.process.once('error', (error) => this.#end(error))
    this.process.once('exit', () => this.#end(new Error('The browser has ended')))
  }

  get closed(): boolean {
    return this.#closed
  }

  /** The session with this id; made on first use. */
  session(id: string): CdpSession {
    let session = this.#sessions.get(id)
    if (!session) {
      session = new CdpSession(id, (method, params, sessionId) => this.#command(method, params, sessionId))
      this.#sessions.set(id, session)
    }
    return session
  }

  #command(method: string, params: object, sessionId?: string): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Error(`${method}: the browser has ended`))
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#waiting.set(id, { method, resolve, reject })
      this.#toBrowser.write(JSON.stringify({ id, method, params, sessionId }) + '\0')
    })
  }

  #read(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      this.#parts.push(chunk.subarray(start, end))
      const text = Buffer.concat(this.#parts).toString()
      this.#parts = []
      start = end + 1
      this.#receive(JSON.parse(text) as Incoming)
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start))
  }

  #receive(message: Incoming): void {
    if (message.id === undefined) {
      const session = message.sessionId === undefined ? this.root : this.session(message.sessionId)
      session.dispatch(message.method ?? '', message.params)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`))
    else waiting?.resolve(message.result)
  }

  #end(error: Error): void {
    if (this.#closed) return
    this.#closed = true
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
    this.emit('exit')
  }
}
