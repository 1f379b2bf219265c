/** One logged-in control connection and the verbs on it. */
import { SluiceError } from '../../common/errors.ts'
import type { Entry } from '../../common/models.ts'
import { remoteBasename } from '../../common/remote-path.ts'
import { batchesOf } from './batches.ts'
import { refuseIllegal, splitCommand } from './command.ts'
import { ControlConnection } from './control-connection.ts'
import type { DataContext } from './data-connection.ts'
import { demand, exchange } from './exchange.ts'
import type { FeatureSet } from './features.ts'
import { listFolder, statEntry } from './list.ts'
import { timeValue } from './listing/time.ts'
import { currentFolder, logIn, type Login } from './login.ts'
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  type CallOptions,
  type FtpOptions,
  type Limits,
  type ListOptions,
  type Reply,
  type Sink,
  type TlsInfo,
  type TransferOptions,
  type TransferResult,
} from './options.ts'
import { replyError, showReply } from './reply-errors.ts'
import { receiveData, sendData } from './transfer.ts'
import { unlessAborted, within } from './waiting.ts'

/** How long QUIT may take, in ms. */
const QUIT_TIMEOUT = 2_000
/** How long an interrupted command may take to come to rest before the connection is given up, in ms. */
const SETTLE_TIMEOUT = 5_000
/** Verbs that would change the state behind our back, open data connections, or weaken the protection. */
const NOT_RAW = new Set(
  (
    'USER PASS ACCT REIN QUIT AUTH ADAT PBSZ PROT CCC MIC CONF ENC PORT PASV EPRT EPSV LPRT LPSV TYPE STRU MODE REST ' +
    'RETR STOR STOU APPE LIST NLST MLSD ABOR OPTS'
  ).split(' '),
)

export class FtpClient {
  /** The folder after login. */
  readonly home: string
  /** The reply to SYST; null when the server does not tell. */
  readonly system: string | null
  readonly tls: TlsInfo | null
  readonly features: FeatureSet
  /** Settles when the control connection has ended; null: we ended it. Never rejects. */
  readonly closed: Promise<SluiceError | null>
  readonly #control: ControlConnection
  readonly #data: DataContext
  readonly #limits: Limits
  readonly #host: string
  /** Settles when the command before has ended, and the connection is in order for the next one. */
  #turn: Promise<void> = Promise.resolve()
  #type: 'I' | 'A' | null = null
  /** Where `cwd` put us, and where the server is: listing needs to go elsewhere now and then. */
  #folder: string
  #serverFolder: string
  /** What listing found out about this server. */
  readonly #listing = { mlsd: true, dashA: true }

  private constructor(
    control: ControlConnection,
    options: FtpOptions,
    login: Login,
    limits: Limits,
    data: DataContext,
  ) {
    this.#control = control
    this.#data = data
    this.#limits = limits
    this.#host = options.endpoint.host
    this.home = login.home
    this.system = login.system
    this.tls = login.tls?.info ?? null
    this.features = login.features
    this.closed = control.closed
    this.#folder = this.#serverFolder = login.home
  }

  /**
   * Connects and logs in: greeting, TLS, login, FEAT, OPTS UTF8, SYST, PWD.
   * @throws SluiceError `host-not-found`, `connect-failed`, `timeout`, `cancelled`, `tls-refused`, `tls-failed`,
   *   `certificate-rejected`, `login-refused`, `connection-lost`, `protocol-violation`, `illegal-characters`
   */
  static async connect(options: FtpOptions): Promise<FtpClient> {
    const { endpoint, connectionNumber = 0, onLine, signal } = options
    const { host, port } = endpoint
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    const log = (kind: 'command' | 'reply' | 'info' | 'error', text: string) =>
      onLine?.({ connection: connectionNumber, kind, text })
    options.onStep?.('Connecting')
    log('info', `Connecting to ${host}:${port}`)
    const control = await ControlConnection.open({ host, port, timeouts, limits, log }, signal)
    try {
      const login = await logIn(control, options)
      if (login.tls) log('info', `Protected by ${login.tls.info.version}, ${login.tls.info.cipher}`)
      const { dataMode } = options
      const mode = typeof dataMode === 'function' ? dataMode : () => dataMode
      const data = { control, host, timeouts, tls: login.tls, mode, useEpsv: true }
      return new FtpClient(control, options, login, limits, data)
    } catch (error) {
      control.destroy()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#control.isOpen
  }

  /** The current folder, as the server names it. */
  pwd(o: CallOptions = {}): Promise<string> {
    return this.#exclusive(o, async () => {
      await this.#return(o)
      return currentFolder(this.#control, this.#host, o.signal)
    })
  }

  /** Makes `path` the current folder; relative paths of later calls start there. */
  cwd(path: string, o: CallOptions = {}): Promise<void> {
    return this.#changeFolder(`Cannot open the folder ${path}`, 'CWD', path, o)
  }

  cdup(o: CallOptions = {}): Promise<void> {
    return this.#changeFolder('Cannot open the folder above', 'CDUP', '', o)
  }

  async noop(o: CallOptions = {}): Promise<void> {
    await this.#demand(o, `${this.#host} does not answer properly`, 'NOOP')
  }

  /** STAT: what the server tells about itself, or about `path`; its lines joined by "\n". */
  async stat(path = '', o: CallOptions = {}): Promise<string> {
    return (await this.#demand(o, 'Cannot get the status', 'STAT', path)).text
  }

  /**
   * Lists a folder in batches while the data arrives; "." and ".." never come, names are as the server sent them (they
   * may be hostile: use them in paths on this computer only through `safeLocalName`). Links are not followed.
   * The connection is busy until the iteration has ended: no other call on this client can finish before.
   * @throws SluiceError `not-found`, `permission-denied`, `protocol-violation` beyond the limits, and transfer errors
   */
  list(path: string, o: ListOptions = {}): AsyncGenerator<Entry[], void, undefined> {
    return batchesOf<Entry[]>(o.signal, (onEntries, signal) =>
      this.#exclusive({ signal }, async () => {
        refuseIllegal(path)
        await this.#setType('A', signal)
        await listFolder({
          data: this.#data,
          limits: this.#limits,
          features: this.features,
          system: this.system,
          memory: this.#listing,
          path,
          signal,
          raw: o.raw ?? false,
          onUnreadable: o.onUnreadable ?? (() => undefined),
          goTo: (folder) => this.#goTo(folder, signal),
          onEntries,
        })
      }),
    )
  }

  /**
   * One entry: by MLST where the server has it, else by SIZE and MDTM, else out of the listing of the folder above.
   * @returns null when there is no such entry
   */
  async stat1(path: string, o: CallOptions = {}): Promise<Entry | null> {
    if (this.features.has('MLST')) {
      return this.#exclusive(o, async () => {
        await this.#prepare(path, o)
        return statEntry(this.#control, this.#host, path, o.signal)
      })
    }
    const size = await this.size(path, o)
    if (size !== null) {
      const unknown = { permissions: null, owner: null, group: null, target: null }
      return { name: remoteBasename(path), type: 'file', size, modified: await this.modified(path, o), ...unknown }
    }
    return this.#findInParent(path, o)
  }

  /** Bytes of a file (SIZE, asked in binary type: RFC 3659 section 4); null when the server does not tell. */
  size(path: string, o: CallOptions = {}): Promise<number | null> {
    return this.#exclusive(o, async () => {
      await this.#prepare(path, o)
      return this.#size(path, o)
    })
  }

  /** Time of the last change (MDTM) in ms since the epoch; null when the server does not tell. */
  modified(path: string, o: CallOptions = {}): Promise<number | null> {
    return this.#exclusive(o, async () => {
      await this.#prepare(path, o)
      const reply = await exchange(this.#control, 'MDTM', path, o)
      if (reply.code === 213) return timeValue(reply.text)
      if (reply.code >= 500) return null
      throw replyError(`Cannot ask for the time of ${path}`, this.#host, reply)
    })
  }

  async mkdir(path: string, o: CallOptions = {}): Promise<void> {
    await this.#demand(o, `Cannot make the folder ${path}`, 'MKD', path)
  }

  async rmdir(path: string, o: CallOptions = {}): Promise<void> {
    await this.#demand(o, `Cannot delete the folder ${path}`, 'RMD', path)
  }

  async remove(path: string, o: CallOptions = {}): Promise<void> {
    await this.#demand(o, `Cannot delete ${path}`, 'DELE', path)
  }

  /**
   * SITE CHMOD, which no standard knows but most servers of Unix do.
   * @param mode octal, three or four digits
   * @throws SluiceError `bad-argument` for another mode, `unsupported` where the server has no such command
   */
  chmod(path: string, mode: string, o: CallOptions = {}): Promise<void> {
    return this.#exclusive(o, async () => {
      if (!/^[0-7]{3,4}$/.test(mode)) {
        throw new SluiceError('bad-argument', `“${mode}” is no mode: give three or four octal digits, such as 644.`)
      }
      await this.#prepare(path, o)
      const reply = await exchange(this.#control, 'SITE', `CHMOD ${mode} ${path}`, o)
      // 202: "superfluous at this site" (RFC 959 section 4.2.2), so nothing was changed.
      if ([202, 500, 502, 504].includes(reply.code)) {
        throw new SluiceError(
          'unsupported',
          `${this.#host} cannot change permissions: it answered "${showReply(reply)}" to SITE CHMOD.`,
          { reply },
        )
      }
      if (reply.code >= 300) throw replyError(`Cannot change the permissions of ${path}`, this.#host, reply)
    })
  }

  /** RNFR, RNTO. Whether an existing target is replaced is up to the server. */
  rename(from: string, to: string, o: CallOptions = {}): Promise<void> {
    return this.#exclusive(o, async () => {
      await this.#prepare(from, o)
      await this.#prepare(to, o)
      const what = `Cannot rename ${from} to ${to}`
      const first = await exchange(this.#control, 'RNFR', from, o)
      if (first.code !== 350) throw replyError(what, this.#host, first)
      await demand(this.#control, this.#host, what, 'RNTO', to, o)
    })
  }

  /**
   * Downloads a file into `sink` (see there for who owns the bytes). Resolves only if the data connection ended cleanly,
   * the final reply is 2xx and, in binary type, no byte of the known size is missing: a TLS connection's end without
   * close_notify looks like a proper one to Node, so that an attacker on the way could cut the file otherwise.
   * @throws SluiceError `not-found`, `permission-denied`, `data-truncated`, `data-connection-failed`, `timeout`,
   *   `connection-lost`, `cancelled`, `ftp-refused` and others; whatever the sink throws
   */
  download(path: string, sink: Sink, o: TransferOptions): Promise<TransferResult> {
    return this.#exclusive(o, async () => {
      const what = `Cannot download ${path}`
      await this.#prepare(path, o)
      const known = o.type === 'ascii' ? null : o.size === undefined ? await this.#size(path, o) : o.size
      await this.#setType(o.type === 'binary' ? 'I' : 'A', o.signal)
      const { offset, signal, onProgress } = o
      const bytes = await receiveData(
        this.#data,
        { verb: 'RETR', argument: path, what, offset, signal, onProgress },
        sink,
      )
      // More than was known is a file that grows, such as a log.
      const expected = known === null ? 0 : known - (offset ?? 0)
      if (bytes < expected) {
        throw new SluiceError('data-truncated', `${what}: only ${bytes} of ${expected} bytes came from ${this.#host}.`)
      }
      return { bytes }
    })
  }

  /**
   * Uploads to `path` (STOR), replacing what is there. A chunk's memory may be used again when the chunk after the next
   * is asked for. What a failed upload left on the server is the caller's to remove.
   * @throws SluiceError as `download`, and `storage-full`, `name-refused`; whatever the source throws
   */
  upload(path: string, source: AsyncIterable<Buffer>, o: TransferOptions): Promise<TransferResult> {
    return this.#send('STOR', path, source, o)
  }

  /** Like `upload`, but adds to the end of the file (APPE); `offset` has no meaning here. */
  append(path: string, source: AsyncIterable<Buffer>, o: Omit<TransferOptions, 'offset'>): Promise<TransferResult> {
    return this.#send('APPE', path, source, o)
  }

  /**
   * Sends a raw command line and gives the final reply, whatever it says.
   * @throws SluiceError `bad-argument` for commands that need a data connection or would change what the engine relies on
   */
  command(line: string, o: CallOptions = {}): Promise<Reply> {
    const { verb, argument } = splitCommand(line)
    const name = verb.toUpperCase()
    if (NOT_RAW.has(name)) {
      const why = new SluiceError(
        'bad-argument',
        `${name} cannot be sent as a raw command; use the command made for it.`,
      )
      return Promise.reject(why)
    }
    if (['CWD', 'XCWD', 'CDUP', 'XCUP'].includes(name)) return this.#rawFolder(verb, argument, o)
    return this.#exclusive(o, async () => {
      await this.#return(o)
      return exchange(this.#control, verb, argument, o)
    })
  }

  /** Says QUIT and closes; after a short time without waiting for an answer. Never rejects. */
  async close(): Promise<void> {
    if (!this.isOpen) return
    const quit = this.#exclusive({}, () => exchange(this.#control, 'QUIT', '', { timeout: QUIT_TIMEOUT }))
    await within(quit, {
      timeout: QUIT_TIMEOUT,
      onTimeout: () => new SluiceError('timeout', 'No answer to QUIT.'),
    }).catch(() => undefined)
    this.destroy()
  }

  /** Closes at once; calls in progress fail. */
  destroy(): void {
    this.#control.destroy()
  }

  /** Runs `work` when all calls before have ended. The caller may leave the queue; the order stays. */
  async #exclusive<T>(o: CallOptions, work: () => Promise<T>): Promise<T> {
    const before = this.#turn
    let finish: () => void = () => undefined
    this.#turn = new Promise((resolve) => {
      finish = resolve
    })
    try {
      await unlessAborted(before, o.signal)
    } catch (error) {
      void before.then(finish)
      throw error
    }
    try {
      return await work()
    } finally {
      // The caller learns its outcome now; who comes next waits for replies that are still owed.
      void this.#control.settle(SETTLE_TIMEOUT).then(finish)
    }
  }

  #demand(o: CallOptions, what: string, verb: string, path = ''): Promise<Reply> {
    return this.#exclusive(o, async () => {
      await this.#prepare(path, o)
      return demand(this.#control, this.#host, what, verb, path, o)
    })
  }

  #send(verb: string, path: string, source: AsyncIterable<Buffer>, o: TransferOptions): Promise<TransferResult> {
    return this.#exclusive(o, async () => {
      await this.#prepare(path, o)
      await this.#setType(o.type === 'binary' ? 'I' : 'A', o.signal)
      const { signal, onProgress } = o
      const offset = verb === 'STOR' ? o.offset : undefined
      const what = `Cannot upload ${path}`
      return { bytes: await sendData(this.#data, { verb, argument: path, what, offset, signal, onProgress }, source) }
    })
  }

  async #size(path: string, o: CallOptions): Promise<number | null> {
    await this.#setType('I', o.signal)
    const reply = await exchange(this.#control, 'SIZE', path, o)
    if (reply.code === 213 && /^\d{1,15}$/.test(reply.text.trim())) return Number(reply.text)
    if (reply.code >= 500 || reply.code === 213) return null
    throw replyError(`Cannot ask for the size of ${path}`, this.#host, reply)
  }

  async #setType(type: 'I' | 'A', signal: AbortSignal | undefined): Promise<void> {
    if (this.#type === type) return
    this.#type = null
    await demand(this.#control, this.#host, 'Cannot set the transfer type', 'TYPE', type, { signal })
    this.#type = type
  }

  async #findInParent(path: string, o: CallOptions): Promise<Entry | null> {
    const name = remoteBasename(path)
    const at = path.replace(/\/+$/, '').lastIndexOf('/')
    if (name === '')
      return {
        name,
        type: 'dir',
        size: null,
        modified: null,
        permissions: null,
        owner: null,
        group: null,
        target: null,
      }
    const parent = at === -1 ? this.#folder : path.slice(0, at) || '/'
    try {
      for await (const batch of this.list(parent, o)) {
        const found = batch.find((entry) => entry.name === name)
        if (found) return found
      }
    } catch (error) {
      if (!(error instanceof SluiceError && error.code === 'not-found')) throw error
    }
    return null
  }

  #changeFolder(what: string, verb: string, path: string, o: CallOptions): Promise<void> {
    return this.#exclusive(o, async () => {
      await this.#return(o)
      await demand(this.#control, this.#host, what, verb, path, o)
      this.#folder = this.#serverFolder = await currentFolder(this.#control, this.#host, o.signal)
    })
  }

  #rawFolder(verb: string, argument: string, o: CallOptions): Promise<Reply> {
    return this.#exclusive(o, async () => {
      await this.#return(o)
      const reply = await exchange(this.#control, verb, argument, o)
      if (reply.code < 300) this.#folder = this.#serverFolder = await currentFolder(this.#control, this.#host, o.signal)
      return reply
    })
  }

  /** Before anything is sent: refuses illegal paths, and sees to it that relative ones mean the folder that `cwd` chose. */
  async #prepare(path: string, o: CallOptions): Promise<void> {
    refuseIllegal(path)
    if (!path.startsWith('/')) await this.#return(o)
  }

  async #return(o: CallOptions): Promise<void> {
    if (this.#serverFolder !== this.#folder) await this.#goTo(this.#folder, o.signal)
  }

  async #goTo(folder: string, signal: AbortSignal | undefined): Promise<void> {
    await demand(this.#control, this.#host, `Cannot open the folder ${folder}`, 'CWD', folder, { signal })
    this.#serverFolder = folder
  }
}
