/**
 * An FTP server on loopback that behaves exactly as badly as a test wants. It begins as a well-behaved one: give `verbs`
 * to replace what it does on some command, or `script` to take over from the first byte.
 *
 *   const server = await startScriptedServer({ verbs: { RETR: async (_path, session) => {
 *     session.reply('150 Here it comes')
 *     const data = await session.data()
 *     data.write('half'); data.resetAndDestroy()
 *     session.reply('226 Done')
 *   } } })
 *   onTestFinished(() => server.stop())
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createSecureContext, TLSSocket, type SecureContext, type SecureContextOptions } from 'node:tls'

/** Text is the reply to send; a function does what it likes. Neither: silence, that is `() => undefined`. */
export type Behaviour = string | ((argument: string, session: ScriptedSession) => void | Promise<void>)

export interface ScriptedOptions {
  /** Default "220 Scripted server"; null: says nothing. */
  greeting?: string | null
  /** Certificate and key: makes AUTH TLS work, and data connections use TLS after PROT P. */
  tls?: Pick<SecureContextOptions, 'cert' | 'key' | 'minVersion' | 'maxVersion'>
  /** Used for data connections instead of `tls`. */
  dataTls?: ScriptedOptions['tls']
  /** TLS from the first byte. */
  implicit?: boolean
  /** Lines of FEAT; default UTF8, SIZE, MDTM, EPSV, REST STREAM and, with `tls`, AUTH TLS, PBSZ, PROT. */
  features?: readonly string[]
  verbs?: Readonly<Record<string, Behaviour>>
  /** Instead of everything above. */
  script?: (session: ScriptedSession) => void | Promise<void>
}

export interface ScriptedServer {
  readonly host: '127.0.0.1'
  readonly port: number
  /** Every command line of every session, in order, without its end of line; a bare LF ends a line too. */
  readonly commands: string[]
  readonly sessions: ScriptedSession[]
  /** Errors that behaviours threw: a test may want them to be none. */
  readonly errors: unknown[]
  /** Ends everything. Safe to call twice. */
  stop(): Promise<void>
}

export class ScriptedSession {
  /** The control connection; after AUTH TLS the TLS one. */
  socket: Socket
  readonly options: ScriptedOptions
  readonly #server: Tracker
  readonly #lines: string[] = []
  #partial = ''
  #wake: () => void = () => undefined
  #over = false
  #protected: boolean
  #listener: Server | null = null
  #arrivals: Socket[] = []
  #wakeData: () => void = () => undefined
  #active: { host: string; port: number } | null = null

  constructor(socket: Socket, options: ScriptedOptions, server: Tracker) {
    this.socket = socket
    this.options = options
    this.#server = server
    this.#protected = options.implicit === true
    this.#listen()
  }

  /** Sends one or several lines, each with CRLF. */
  reply(...lines: string[]): void {
    this.send(lines.map((line) => `${line}\r\n`).join(''))
  }

  /** Sends bytes as they are. */
  send(bytes: string | Buffer): void {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  /** The next command line; null when the client has closed. */
  async line(): Promise<string | null> {
    while (this.#lines.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#lines.shift() ?? null
  }

  /** The next command line, which must match. */
  async expect(pattern: RegExp): Promise<string> {
    const line = await this.line()
    if (line === null || !pattern.test(line))
      throw new Error(`expected ${String(pattern)}, got ${JSON.stringify(line)}`)
    return line
  }

  /** Resolves when the client has closed the control connection. */
  async closed(): Promise<void> {
    while ((await this.line()) !== null);
  }

  /** Does the server's part of the TLS handshake on the control connection. */
  startTls(): void {
    this.socket.removeAllListeners('data')
    this.socket = this.#secure(this.socket, this.options.tls)
    this.#listen()
  }

  /** Listens for a data connection and gives its port; `data()` accepts. */
  async listenForData(): Promise<number> {
    this.#listener?.close()
    const listener = createServer({ pauseOnConnect: true, allowHalfOpen: true })
    this.#server.track(listener)
    this.#listener = listener
    this.#active = null
    // Clients connect before they send the command, so before a behaviour asks for the connection.
    const arrivals: Socket[] = (this.#arrivals = [])
    listener.on('connection', (socket) => {
      this.#server.track(socket)
      arrivals.push(socket)
      this.#wakeData()
    })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return (listener.address() as AddressInfo).port
  }

  /**
   * The data connection: accepted, or made where PORT or EPRT said; with TLS if protected. It is paused, and stays half
   * open when the client ends. `local`: the address to come from.
   */
  async data(local = '127.0.0.1'): Promise<Socket> {
    const raw = await this.rawData(local)
    if (!this.#protected) return raw
    const socket = this.#secure(raw, this.options.dataTls ?? this.options.tls)
    await once(socket, 'secure')
    return socket
  }

  /** The same without TLS. */
  async rawData(local = '127.0.0.1'): Promise<Socket> {
    if (this.#active) {
      const socket = connect({ ...this.#active, localAddress: local, allowHalfOpen: true })
      this.#server.track(socket)
      await once(socket, 'connect')
      return socket
    }
    for (;;) {
      const socket = this.#arrivals.shift()
      if (socket) return socket
      await new Promise<void>((resolve) => {
        this.#wakeData = resolve
      })
    }
  }

  /** All that the client sends over the data connection, to its end. */
  async received(): Promise<Buffer> {
    const data = await this.data()
    const bytes = await buffer(data)
    data.end()
    return bytes
  }

  /** Where the client listens in active mode. */
  get activeTarget(): { host: string; port: number } {
    if (!this.#active) throw new Error('the client sent neither PORT nor EPRT')
    return this.#active
  }

  /** Answers commands until the client closes. */
  async serve(): Promise<void> {
    for (let line = await this.line(); line !== null; line = await this.line()) {
      const at = line.indexOf(' ')
      const verb = (at === -1 ? line : line.slice(0, at)).toUpperCase()
      const behaviour = this.options.verbs?.[verb] ?? GOOD_BEHAVIOUR[verb] ?? '502 Not implemented'
      if (typeof behaviour === 'string') this.reply(behaviour)
      else await behaviour(at === -1 ? '' : line.slice(at + 1), this)
    }
  }

  setProtected(on: boolean): void {
    this.#protected = on
  }

  setActive(host: string, port: number): void {
    this.#active = { host, port }
  }

  #secure(raw: Socket, tls: ScriptedOptions['tls']): TLSSocket {
    const socket = new TLSSocket(raw, { isServer: true, secureContext: this.#server.secureContext(tls) })
    this.#server.track(socket)
    return socket
  }

  #listen(): void {
    const socket = this.socket
    socket.on('data', (chunk: Buffer) => {
      this.#partial += chunk.toString('utf8')
      const lines = this.#partial.split(/\r?\n/)
      this.#partial = lines.pop() ?? ''
      this.#lines.push(...lines)
      this.#server.commands.push(...lines)
      this.#wake()
    })
    socket.on('close', () => {
      if (socket !== this.socket) return
      this.#over = true
      this.#wake()
    })
  }
}

const GOOD_BEHAVIOUR: Readonly<Record<string, Behaviour>> = {
  USER: '331 Password, please',
  PASS: '230 Welcome',
  AUTH: (_argument, session) => {
    if (!session.options.tls) return session.reply('502 No TLS here')
    session.reply('234 Go on')
    session.startTls()
  },
  PBSZ: '200 PBSZ=0',
  PROT: (level, session) => {
    session.setProtected(level === 'P')
    session.reply('200 Protection set')
  },
  FEAT: (_argument, session) => {
    const tls = session.options.tls ? ['AUTH TLS', 'PBSZ', 'PROT'] : []
    const features = session.options.features ?? ['UTF8', 'SIZE', 'MDTM', 'EPSV', 'REST STREAM', ...tls]
    session.reply('211-Features:', ...features.map((feature) => ` ${feature}`), '211 End')
  },
  OPTS: '200 Fine',
  SYST: '215 UNIX Type: L8',
  PWD: '257 "/" is where you are',
  TYPE: '200 Type set',
  CWD: '250 Moved',
  NOOP: '200 Still here',
  SIZE: '550 Not told',
  EPSV: async (_argument, session) => {
    session.reply(`229 Extended passive mode (|||${await session.listenForData()}|)`)
  },
  PASV: async (_argument, session) => {
    const port = await session.listenForData()
    session.reply(`227 Passive mode (127,0,0,1,${port >> 8},${port & 255})`)
  },
  PORT: (argument, session) => {
    const [a, b, c, d, high = 0, low = 0] = argument.split(',').map(Number)
    session.setActive(`${a}.${b}.${c}.${d}`, high * 256 + low)
    session.reply('200 PORT taken')
  },
  EPRT: (argument, session) => {
    const [, , host = '', port] = argument.split(argument.charAt(0))
    session.setActive(host, Number(port))
    session.reply('200 EPRT taken')
  },
  ABOR: '226 Aborted',
  QUIT: (_argument, session) => {
    session.reply('221 Bye')
    session.socket.end()
  },
}

/** Resolves when the client has ended its side of a data connection, in whatever way. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) socket.once(event, () => resolve())
    socket.resume()
    if (socket.destroyed || socket.readableEnded) resolve()
  })
}

interface Tracker {
  readonly commands: string[]
  track(it: Socket | Server): void
  /** One context for each certificate, so that sessions can be resumed on other connections. */
  secureContext(tls: ScriptedOptions['tls']): SecureContext
}

/** Starts it on 127.0.0.1 and a free port. */
export async function startScriptedServer(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const open = new Set<Socket | Server>()
  const commands: string[] = []
  const sessions: ScriptedSession[] = []
  const errors: unknown[] = []
  const contexts = new Map<ScriptedOptions['tls'], SecureContext>()
  const tracker: Tracker = {
    commands,
    secureContext: (tls) => {
      const context = contexts.get(tls) ?? createSecureContext(tls)
      contexts.set(tls, context)
      return context
    },
    track: (it) => {
      open.add(it)
      it.once('close', () => open.delete(it))
      // Clients under test break connections all the time; that is no failure of the server.
      it.on('error', () => undefined)
    },
  }
  let stopping = false
  const server = createServer((socket) => {
    tracker.track(socket)
    const session = new ScriptedSession(socket, options, tracker)
    sessions.push(session)
    converse(session, options).catch((error: unknown) => {
      if (!stopping) errors.push(error)
    })
  })
  tracker.track(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    commands,
    sessions,
    errors,
    stop: async () => {
      stopping = true
      const ends = [...open].map(async (it) => {
        const closed = once(it, 'close')
        if ('destroy' in it) it.destroy()
        else it.close()
        await closed
      })
      await Promise.all(ends)
    },
  }
}

async function converse(session: ScriptedSession, options: ScriptedOptions): Promise<void> {
  if (options.script) {
    await options.script(session)
    return
  }
  if (options.implicit) session.startTls()
  if (options.greeting !== null) session.reply(options.greeting ?? '220 Scripted server')
  await session.serve()
}
