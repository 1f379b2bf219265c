/** One control connection: commands in their order, each to its end, but those that are answered during a transfer. */
import type { Socket } from 'node:net'
import type { LiveSession } from '../../common/share.ts'
import { printableText } from '../../common/safe-name.ts'
import type { NewAuditEntry } from '../audit/types.ts'
import { plainAddress } from '../data/addresses.ts'
import type { DataConnections } from '../data/types.ts'
import type { UserFiles } from '../files/types.ts'
import type { Admission } from '../limits/index.ts'
import { isHttp, maskedLine } from '../protocol/command.ts'
import { formatReply } from '../protocol/reply.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { HANDLERS } from '../verbs/index.ts'
import type { SecureContext } from 'node:tls'
import { ControlConnection } from './control-connection.ts'
import { checkRules, dispatchOf, type Dispatch } from './dispatch.ts'
import { afterCommand, beforeCommand, nameForLog, newLogin } from './state.ts'
import type { ServerServices, Session } from './types.ts'

/** Lines in a row that are no commands, before the session ends. */
const MOST_JUNK = 10
/** The same before the login: a client that was led here by a browser never logs in (ALPACA). */
const MOST_JUNK_BEFORE_LOGIN = 3
/** Characters of a line that logs and lists get. */
const LOGGED = 500

export interface SessionDeps {
  id: number
  socket: Socket
  services: ServerServices
  /** The data connections of this session. */
  data: (session: ControlSession) => DataConnections
  admission: Admission
  onLine: ((direction: 'in' | 'out', line: string) => void) | undefined
  onProblem: (message: string) => void
  onChange: () => void
  onEnd: (session: ControlSession) => void
}

interface Running {
  dispatch: Dispatch
  line: string
  abort: AbortController
  /** 150 was said: the client knows that a transfer runs. */
  moving: boolean
  done: Promise<void>
}

/** Aborts waiting handlers; they need no reply of their own. */
const IDLE_SIGNAL = new AbortController().signal

export class ControlSession implements Session {
  readonly id: number
  readonly services: ServerServices
  readonly address: string
  /** One for the control connection and its data connections; null without TLS. */
  readonly secureContext: SecureContext | null
  readonly connectedAt = Date.now()
  readonly control: ControlConnection
  readonly data: DataConnections
  login = newLogin()
  protected = false
  pbsz = false
  readonly #deps: SessionDeps
  #running: Running | null = null
  /** A line that waits for the end of the transfer; nothing behind it is looked at. */
  #held: string | null = null
  #accountPlace: Admission | null = null
  #timer: NodeJS.Timeout | null = null
  #loginBy = 0
  #junk = 0
  #lastActivityAt = Date.now()
  #command = ''
  #ended = false
  /** 421's text: the session ends when its command has. */
  #lastCommand: string | null = null

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.id = deps.id
    this.services = deps.services
    this.address = plainAddress(deps.socket.remoteAddress ?? '')
    this.secureContext = deps.services.certificate?.context() ?? null
    this.control = new ControlConnection(deps.socket, {
      readable: () => this.#pump(),
      gone: (why) => this.#gone(why),
    })
    this.data = deps.data(this)
    this.#expectLogin()
    this.#watchIdle()
  }

  /** Says hello, behind the handshake on the port of implicit TLS. */
  async begin(implicit: boolean): Promise<void> {
    if (implicit) {
      if (!(await this.#handshake())) return
      // Whoever comes with TLS expects it everywhere; PROT C undoes it where that is allowed.
      this.protected = true
      this.pbsz = true
    }
    this.reply(220, this.services.config.greeting)
  }

  get tls(): string | null {
    return this.control.tls
  }

  get signal(): AbortSignal {
    return this.#running?.abort.signal ?? IDLE_SIGNAL
  }

  get transferring(): string | null {
    return this.#running?.moving === true ? this.#running.line : null
  }

  get live(): LiveSession {
    return {
      id: this.id,
      address: this.address,
      account: this.login.account?.name ?? null,
      tls: this.tls,
      connectedAt: this.connectedAt,
      lastActivityAt: this.#lastActivityAt,
      command: this.#command,
      folder: this.login.account === null ? null : this.login.folder,
    }
  }

  files(): UserFiles {
    if (this.login.files === null) throw new ReplyError(530, 'Log in first, with USER and PASS.')
    return this.login.files
  }

  reply(code: number, text: string | readonly string[]): void {
    if (code < 200 && this.#running !== null) this.#running.moving = true
    const lines = formatReply(code, text)
    this.control.write(lines)
    if (this.#deps.onLine === undefined) return
    for (const line of lines.trimEnd().split('\r\n')) this.#deps.onLine('out', printableText(line, LOGGED))
  }

  audit(entry: NewAuditEntry): void {
    this.services.audit.add({ account: nameForLog(this.login), address: this.address, ...entry })
  }

  async startTls(): Promise<void> {
    if (this.#held !== null) this.control.destroy('Bytes were sent in clear behind AUTH.')
    if (!(await this.#handshake())) return
    // RFC 2228 section 3: what was agreed before AUTH is void, also the login.
    this.reinitialize()
  }

  async #handshake(): Promise<boolean> {
    if (this.secureContext === null) return false
    try {
      await this.control.secure(this.secureContext)
      return true
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.audit({ kind: 'refused', outcome: 'failed', detail: `TLS: ${why}` })
      this.control.destroy(why)
      return false
    }
  }

  /** The account of the session from now on, with its place among the account's sessions. */
  enter(login: Pick<Session['login'], 'account' | 'rights' | 'files' | 'folder'>, place: Admission): void {
    Object.assign(this.login, login)
    this.#accountPlace = place
    this.#watchIdle()
    this.#deps.onChange()
  }

  logout(): void {
    const wasIn = this.login.account !== null
    this.data.drop()
    this.#leaveAccount()
    this.login = newLogin()
    if (!wasIn) return
    this.#expectLogin()
    this.#deps.onChange()
  }

  reinitialize(): void {
    this.logout()
    this.protected = false
    this.pbsz = false
  }

  end(code: 221 | 421, text: string): void {
    if (this.control.closed) return
    const reply = formatReply(code, text)
    this.#deps.onLine?.('out', reply.trimEnd())
    this.control.end(reply)
    this.#release()
  }

  /** Ends it when the command that runs has ended, at once when none does. */
  endAfterCommand(text: string): void {
    this.#lastCommand = text
    if (this.#running === null) this.end(421, text)
  }

  /** Cuts what runs, and ends it. */
  endNow(text: string): void {
    this.#running?.abort.abort()
    this.end(421, text)
  }

  destroy(): void {
    this.control.destroy('The server stopped.')
  }

  /** Runs lines as long as there are some that may run now. */
  #pump(): void {
    while (!this.control.closed && this.#held === null) {
      if (this.#running !== null && !this.#mayLookAhead()) return
      const read = this.control.next()
      if (read === null) return
      this.#lastActivityAt = Date.now()
      if (read.kind === 'endless') {
        this.end(421, 'That line has no end.')
        return
      }
      if (read.kind === 'refused') {
        this.#deps.onLine?.('in', `(refused: ${read.why})`)
        this.reply(500, read.why)
        this.#countJunk()
        continue
      }
      if (this.#running === null) this.#start(read.text)
      else this.#during(read.text, this.#running)
    }
  }

  /** During a transfer lines are looked at; during any other command they wait, since replies come in order. */
  #mayLookAhead(): boolean {
    return this.#running !== null && this.#held === null && this.#running.dispatch.verb.name !== 'AUTH'
  }

  /** A line that comes while a command runs. */
  #during(line: string, running: Running): void {
    let dispatch: Dispatch
    try {
      dispatch = dispatchOf(line)
    } catch {
      this.#held = line
      return
    }
    const { verb, argument } = dispatch
    if (verb.name === 'ABOR' && argument === '') {
      // The transfer answers for itself (426), then ABOR does (RFC 959 section 5.4).
      running.abort.abort()
      this.#held = line
      return
    }
    // A line that came before 150 was sent off without waiting for it: its reply comes in its turn.
    if (running.moving && verb.duringTransfer === true && argument === '') {
      this.#log(line)
      void this.#handle(dispatch)
      return
    }
    this.#held = line
  }

  #start(line: string): void {
    this.#log(line)
    if (this.login.account === null && isHttp(line)) {
      this.audit({ kind: 'refused', outcome: 'refused', detail: 'HTTP' })
      this.end(421, 'This is an FTP server.')
      return
    }
    let dispatch: Dispatch
    try {
      dispatch = dispatchOf(line)
    } catch (error) {
      this.#answer(error)
      this.#countJunk()
      return
    }
    if (dispatch.verb.login === false || this.login.account !== null) this.#junk = 0
    const { name } = dispatch.verb
    this.#stopTimer()
    beforeCommand(this.login, name)
    const running: Running = {
      dispatch,
      line: this.#command,
      abort: new AbortController(),
      moving: false,
      done: Promise.resolve(),
    }
    this.#running = running
    this.#watchLogin()
    const { login } = this
    running.done = this.#handle(dispatch).then(async () => {
      afterCommand(login, name)
      this.#watchIdle()
      await this.control.drained()
      this.#running = null
      this.#next()
    })
  }

  #next(): void {
    if (this.control.closed) {
      this.#stopTimer()
      return
    }
    if (this.#lastCommand !== null) {
      this.end(421, this.#lastCommand)
      return
    }
    const held = this.#held
    this.#held = null
    if (held !== null) this.#start(held)
    this.#pump()
  }

  async #handle(dispatch: Dispatch): Promise<void> {
    try {
      checkRules(dispatch, this.login)
      await HANDLERS[dispatch.verb.name](this, dispatch.argument, dispatch.verb)
    } catch (error) {
      this.#answer(error)
    }
  }

  #answer(error: unknown): void {
    if (error instanceof ReplyError) {
      if (error.code === 421) this.end(421, error.message)
      else this.reply(error.code, error.message)
      return
    }
    if (this.#running?.abort.signal.aborted === true) {
      this.reply(426, 'Aborted.')
      return
    }
    this.reply(451, 'The server failed in that.')
    const why = error instanceof Error ? error.message : String(error)
    this.#deps.onProblem(`${this.#command.split(' ', 1)[0] ?? ''} failed: ${printableText(why, LOGGED)}`)
  }

  #countJunk(): void {
    this.#junk += 1
    const most = this.login.account === null ? MOST_JUNK_BEFORE_LOGIN : MOST_JUNK
    if (this.#junk >= most) this.end(421, 'Too many lines that are no commands.')
    else this.#watchIdle()
  }

  #log(line: string): void {
    this.#command = printableText(maskedLine(line), LOGGED)
    this.#deps.onLine?.('in', this.#command)
  }

  #expectLogin(): void {
    this.#loginBy = performance.now() + this.services.config.limits.loginSeconds * 1000
    this.#watchIdle()
  }

  /** Until the login its deadline counts, whatever the client does; then silence does, but not that of a transfer. */
  #watchIdle(): void {
    this.#stopTimer()
    if (this.#ended || this.control.closed) return
    if (this.login.account === null) {
      this.#watchLogin()
      return
    }
    const { idleSeconds } = this.services.config.limits
    this.#timer = setTimeout(() => this.end(421, `Nothing for ${idleSeconds} seconds.`), idleSeconds * 1000)
  }

  #watchLogin(): void {
    if (this.login.account !== null) return
    this.#stopTimer()
    const left = Math.max(0, this.#loginBy - performance.now())
    this.#timer = setTimeout(() => this.endNow('You did not log in in time.'), left)
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #leaveAccount(): void {
    if (this.login.account !== null) this.audit({ kind: 'logout', outcome: 'ok' })
    this.#accountPlace?.leave()
    this.#accountPlace = null
  }

  #gone(_why: string): void {
    this.#running?.abort.abort()
    this.#release()
    this.#deps.onEnd(this)
  }

  /** Gives back what a session holds but its socket. */
  #release(): void {
    if (this.#ended) return
    this.#ended = true
    this.#stopTimer()
    this.#running?.abort.abort()
    this.data.drop()
    this.#leaveAccount()
    this.#deps.admission.leave()
  }
}
