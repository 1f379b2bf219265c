/**
 * A load generator: a process of its own that speaks just enough FTP. Usage: load logins|get|put|idle --port N --user U
 * --password P --count N --sessions N --name FILE. `idle` says "ready" when all are logged in and stays until its input ends.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

const HOST = '127.0.0.1'
const SMALL = Buffer.alloc(4096, 7)

interface Options {
  port: number
  user: string
  password: string
  name: string
}

class Control {
  readonly #socket: Socket
  #buffer = ''
  #waiting: ((reply: string) => void) | null = null

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#buffer += chunk
      this.#deliver()
    })
    socket.on('close', () => this.#fail('closed'))
    socket.on('error', (error) => this.#fail(error.message))
  }

  #deliver(): void {
    // The last line of a reply has a blank behind its code (RFC 959 section 4.2).
    const end = /(?:^|\r\n)(\d{3} [^\r\n]*)\r\n/.exec(this.#buffer)
    if (end === null || this.#waiting === null) return
    this.#buffer = this.#buffer.slice(end.index + end[0].length)
    const waiting = this.#waiting
    this.#waiting = null
    waiting(end[1] ?? '')
  }

  #fail(why: string): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(`000 ${why}`)
  }

  async reply(...wanted: string[]): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    this.#waiting = resolve
    this.#deliver()
    const line = await promise
    if (!wanted.some((start) => line.startsWith(start))) throw new Error(`expected ${wanted.join('/')}, got ${line}`)
    return line
  }

  async ask(command: string, ...wanted: string[]): Promise<string> {
    this.#socket.write(`${command}\r\n`)
    return await this.reply(...wanted)
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: HOST, port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

async function login({ port, user, password }: Options): Promise<Control> {
  const control = new Control(await open(port))
  await control.reply('220')
  await control.ask(`USER ${user}`, '331')
  await control.ask(`PASS ${password}`, '230')
  return control
}

async function dataPort(control: Control): Promise<number> {
  const line = await control.ask('EPSV', '229')
  return Number(/\(\|\|\|(\d+)\|\)/.exec(line)?.[1])
}

async function get(control: Control, name: string): Promise<void> {
  const socket = await open(await dataPort(control))
  let bytes = 0
  socket.on('data', (chunk) => (bytes += chunk.length))
  const ended = once(socket, 'close')
  await control.ask(`RETR ${name}`, '150', '125')
  await Promise.all([ended, control.reply('226')])
  if (bytes !== SMALL.length) throw new Error(`${bytes} bytes came`)
}

async function put(control: Control, name: string): Promise<void> {
  const socket = await open(await dataPort(control))
  const ended = once(socket, 'close')
  await control.ask(`STOR ${name}`, '150', '125')
  socket.resume()
  socket.end(SMALL)
  await Promise.all([ended, control.reply('226')])
}

/** `sessions` workers share `count` jobs. */
async function share(
  count: number,
  sessions: number,
  work: (next: () => number | null) => Promise<void>,
): Promise<void> {
  let taken = 0
  const next = (): number | null => (taken < count ? taken++ : null)
  await Promise.all(Array.from({ length: sessions }, () => work(next)))
}

async function logins(options: Options, count: number, sessions: number): Promise<void> {
  await share(count, sessions, async (next) => {
    while (next() !== null) {
      const control = await login(options)
      await control.ask('QUIT', '221')
      control.destroy()
    }
  })
}

async function move(how: 'get' | 'put', options: Options, count: number, sessions: number): Promise<void> {
  await share(count, sessions, async (next) => {
    const control = await login(options)
    await control.ask('TYPE I', '200')
    for (let job = next(); job !== null; job = next()) {
      if (how === 'get') await get(control, options.name)
      else await put(control, `${options.name}-${job}`)
    }
    await control.ask('QUIT', '221')
    control.destroy()
  })
}

async function idle(options: Options, count: number): Promise<void> {
  const controls: Control[] = []
  await share(count, 10, async (next) => {
    while (next() !== null) controls.push(await login(options))
  })
  process.stdout.write('ready\n')
  await text(process.stdin)
  for (const control of controls) control.destroy()
}

async function main(): Promise<void> {
  const value = { type: 'string', default: '' } as const
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { port: value, user: value, password: value, count: value, sessions: value, name: value },
  })
  const { user, password, name } = values
  const options = { port: Number(values.port), user, password, name }
  const [count, sessions] = [Number(values.count), Number(values.sessions)]
  const [what] = positionals
  if (what === 'logins') await logins(options, count, sessions)
  else if (what === 'get' || what === 'put') await move(what, options, count, sessions)
  else await idle(options, count)
}

await main()
