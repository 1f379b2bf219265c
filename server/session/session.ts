/** One control connection, as verbs see it. */
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { LiveSession } from '../../common/share.ts'
import { printableText } from '../../common/safe-name.ts'
import type { NewAuditEntry } from '../audit/types.ts'
import { plainAddress } from '../data/addresses.ts'
import type { DataConnections } from '../data/types.ts'
import type { UserFiles } from '../files/types.ts'
import type { Admission } from '../limits/index.ts'
import { maskedLine } from '../protocol/command.ts'
import { formatReply } from '../protocol/reply.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { HANDLERS } from '../verbs/index.ts'
import { CommandLoop, type LoopHost } from './command-loop.ts'
import { ControlConnection } from './control-connection.ts'
import { Deadlines } from './deadlines.ts'
import { checkRules, type Dispatch } from './dispatch.ts'
import { afterCommand, beforeCommand, newLogin } from './state.ts'
import type { ServerServices, Session } from './types.ts'

/** Characters of a line that logs and lists get. */
const LOGGED = 500
/** Entries about refusals that one session may leave: by the thousand they would push out what others did. */
const MOST_REFUSALS = 100
const NO_MORE = 'What else is refused in this session is not noted.'

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
  /** Nothing of it is left. */
  onEnd: () => void
}

export class ControlSession implements Session, LoopHost {
  readonly id: number
  readonly services: ServerServices
  readonly address: string
  readonly control: ControlConnection
  readonly data: DataConnections
  login = newLogin()
  protected = false
  pbsz = false
  readonly #deps: SessionDeps
  readonly #loop: CommandLoop
  readonly #deadlines: Deadlines
  readonly #connectedAt = Date.now()
  #lastActivityAt = Date.now()
  #command = ''
  #context: SecureContext | null = null
  #accountPlace: Admission | null = null
  #ended = false
  #refusals = 0

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.id = deps.id
    this.services = deps.services
    this.address = plainAddress(deps.socket.remoteAddress ?? '')
    this.#loop = new CommandLoop(this)
    this.#deadlines = new Deadlines(deps.services.config.limits, (text) => this.endNow(text))
    this.control = new ControlConnection(deps.socket, {
      readable: () => this.#loop.pump(),
      gone: () => this.#gone(),
    })
    this.data = deps.data(this)
    this.#deadlines.expectLogin()
  }

  /** Says hello; on the port of implicit TLS behind the handshake. */
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

  /** One for the control connection and its data connections; null before TLS. */
  get secureContext(): SecureContext | null {
    return this.#context
  }

  get loggedIn(): boolean {
    return this.login.account !== null
  }

  get signal(): AbortSignal {
    return this.#loop.signal
  }

  get transferring(): string | null {
    return this.#loop.transferring
  }

  get live(): LiveSession {
    return {
      id: this.id,
      address: this.address,
      account: this.login.account?.name ?? null,
      tls: this.tls,
      connectedAt: this.#connectedAt,
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
    if (this.control.closed) return
    if (code < 200) this.#loop.moves()
    const reply = formatReply(code, text)
    this.control.write(reply)
    this.#logReply(reply)
  }

  audit(entry: NewAuditEntry): void {
    if (entry.kind === 'refused') {
      this.#refusals += 1
      if (this.#refusals > MOST_REFUSALS) return
      if (this.#refusals === MOST_REFUSALS) entry = { ...entry, detail: NO_MORE }
    }
    const account = this.login.account?.name ?? this.login.userName
    this.services.audit.add({ session: this.id, account, address: this.address, ...entry })
  }

  async startTls(): Promise<void> {
    // RFC 2228 section 3: what was agreed before AUTH is void, also the login; and its deadline counts for the handshake.
    this.reinitialize()
    await this.#handshake()
  }

  enter(login: Pick<Session['login'], 'account' | 'rights' | 'files' | 'folder'>, place: Admission): void {
    Object.assign(this.login, login)
    this.#accountPlace = place
    this.#deadlines.loggedIn()
    this.#deps.onChange()
  }

  logout(): void {
    const { loggedIn } = this
    this.data.reset()
    this.#leaveAccount()
    this.login = newLogin()
    if (!loggedIn) return
    this.#deadlines.expectLogin()
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
    this.#logReply(reply)
    this.control.end(reply)
    this.#release()
  }

  /** Ends it when the command that runs has ended, at once when none does. */
  endAfterCommand(text: string): void {
    this.#loop.endAfterCommand(text)
  }

  /** Cuts what runs, and ends it. */
  endNow(text: string): void {
    this.#loop.abort()
    this.end(421, text)
  }

  destroy(): void {
    this.control.destroy()
  }

  note(line: string | null, why: string): string {
    this.#lastActivityAt = Date.now()
    const shown = line === null ? `(not a command: ${why})` : printableText(maskedLine(line), LOGGED)
    if (line !== null) this.#command = shown
    this.#deps.onLine?.('in', shown)
    return shown
  }

  started({ verb }: Dispatch): () => void {
    const { login } = this
    this.#deadlines.busy()
    beforeCommand(login, verb.name)
    return () => {
      afterCommand(login, verb.name)
      this.#deadlines.idle()
    }
  }

  async handle(dispatch: Dispatch): Promise<void> {
    try {
      checkRules(dispatch, this.login, (right) => {
        const detail = `${dispatch.verb.name} ${dispatch.argument}`.trimEnd() + `: needs the right "${right}"`
        this.audit({ kind: 'refused', outcome: 'refused', detail })
      })
      await HANDLERS[dispatch.verb.name](this, dispatch.argument, dispatch.verb)
    } catch (error) {
      this.#answer(error, dispatch)
    }
  }

  refuse(error: ReplyError): void {
    this.reply(error.code, error.message)
    this.#deadlines.idle()
  }

  #answer(error: unknown, dispatch: Dispatch): void {
    if (error instanceof ReplyError) {
      if (error.code === 421) this.end(421, error.message)
      else this.reply(error.code, error.message)
      return
    }
    if (this.signal.aborted) {
      this.reply(426, 'Aborted.')
      return
    }
    this.reply(451, 'The server failed in that.')
    const why = error instanceof Error ? error.message : String(error)
    this.#deps.onProblem(`${dispatch.verb.name} failed: ${printableText(why, LOGGED)}`)
  }

  async #handshake(): Promise<boolean> {
    const { certificate, config } = this.services
    if (certificate === null) return false
    try {
      this.#context = certificate.context(config.tls.requireResumption)
      await this.control.secure(this.#context)
      return true
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.audit({ kind: 'refused', outcome: 'failed', detail: `TLS: ${why}` })
      this.control.destroy()
      return false
    }
  }

  #logReply(reply: string): void {
    if (this.#deps.onLine === undefined) return
    for (const line of reply.trimEnd().split('\r\n')) this.#deps.onLine('out', printableText(line, LOGGED))
  }

  #leaveAccount(): void {
    if (this.login.account !== null) this.audit({ kind: 'logout', outcome: 'ok' })
    this.#accountPlace?.leave()
    this.#accountPlace = null
  }

  #gone(): void {
    this.#release()
    // Its place is free when its command has ended: who comes and goes must not leave more work behind than may be here.
    void this.#loop.done.then(() => {
      this.#deps.admission.leave()
      this.#deps.onEnd()
    })
  }

  /** Gives back what a session holds but its socket and its place. */
  #release(): void {
    if (this.#ended) return
    this.#ended = true
    this.#deadlines.dispose()
    this.#loop.abort()
    this.data.drop()
    this.#leaveAccount()
  }
}
