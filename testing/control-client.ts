/** A client of bare sockets: says exactly what it is told and hands over every reply, so that tests can misbehave. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface TestReply {
  code: number
  /** Without CRLF; the code is still in front. */
  lines: string[]
}

/** ms without a reply after which a test has failed */
const PATIENCE = 10_000

export class ControlClient {
  #socket: Socket
  #buffer = ''
  #ended = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  /** Connects; the greeting is the first reply. */
  static async connect(host: string, port: number): Promise<ControlClient> {
    const socket = connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    return new ControlClient(socket)
  }

  get socket(): Socket {
    return this.#socket
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1')
      this.#wake()
    })
    const ended = (): void => {
      this.#ended = true
      this.#wake()
    }
    this.#socket.once('close', ended)
    // What a reset says is that it is over.
    this.#socket.on('error', ended)
  }

  /** Any bytes. */
  write(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
  }

  /** A line, and its reply. */
  async command(line: string): Promise<TestReply> {
    this.write(`${line}\r\n`)
    return this.reply()
  }

  /** The next reply, whole. @throws Error when the server hangs up first, or says nothing for 10 s */
  async reply(): Promise<TestReply> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line()
      lines.push(line)
      const [, code, mark] = /^(\d{3})([ -])/.exec(line) ?? []
      const [, first] = /^(\d{3})/.exec(lines[0] ?? '') ?? []
      if (first === undefined) throw new Error(`Not a reply: ${line}`)
      if (mark === ' ' && code === first) return { code: Number(code), lines }
    }
  }

  /** Resolves when the server has hung up. */
  async closed(): Promise<void> {
    while (!this.#ended) await this.#news('the end of the connection')
  }

  /** AUTH TLS was answered 234: the handshake. Any certificate will do. */
  async startTls(): Promise<void> {
    this.#socket.removeAllListeners('data')
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    await once(secure, 'secureConnect')
    this.#socket = secure
    this.#listen()
  }

  /** The port of a passive data connection, by EPSV. */
  async passive(): Promise<number> {
    const { code, lines } = await this.command('EPSV')
    const port = /\|\|\|(\d+)\|/.exec(lines[0] ?? '')?.[1]
    if (code !== 229 || port === undefined) throw new Error(`EPSV was answered ${lines.join(' ')}`)
    return Number(port)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#buffer.slice(0, end)
        this.#buffer = this.#buffer.slice(end + 2)
        return Buffer.from(line, 'latin1').toString('utf8')
      }
      if (this.#ended) throw new Error(`The server hung up; left over: ${JSON.stringify(this.#buffer)}`)
      await this.#news('a reply')
    }
  }

  async #news(what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`The server did not give ${what}`)), PATIENCE)
    this.#wake = resolve
    await promise.finally(() => clearTimeout(timer))
  }
}
