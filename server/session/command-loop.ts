/** Commands in their order, each to its end; but during a transfer those that the table says are answered at once. */
import { isHttp } from '../protocol/command.ts'
import type { ReadLine } from '../protocol/line-reader.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { ControlConnection } from './control-connection.ts'
import { dispatchOf, type Dispatch } from './dispatch.ts'

/** Lines in a row that are no commands, before the session ends. */
const MOST_JUNK = 10
/** The same before the login: a client that was led here by a browser never logs in (ALPACA, CVE-2021-3618). */
const MOST_JUNK_BEFORE_LOGIN = 3

export interface LoopHost {
  readonly control: ControlConnection
  readonly loggedIn: boolean
  /** Notes a line, its secrets hidden, and gives it so; null: one that was refused. */
  note(line: string | null, why: string): string
  /** Runs a handler and sees to its reply. Never rejects. */
  handle(dispatch: Dispatch): Promise<void>
  refuse(error: ReplyError): void
  /** A command begins. What is given back is called when it has ended. */
  started(dispatch: Dispatch): () => void
  end(code: 421, text: string): void
}

interface Running {
  dispatch: Dispatch
  /** Secrets hidden. */
  line: string
  abort: AbortController
  /** 150 was said: the client knows that a transfer runs. */
  moving: boolean
}

/** For whoever asks while no command runs. */
const NEVER = new AbortController().signal

export class CommandLoop {
  readonly #host: LoopHost
  #running: Running | null = null
  #done: Promise<void> = Promise.resolve()
  /** What waits for the end of the command that runs; nothing behind it is looked at, for replies come in order. */
  #held: ReadLine | null = null
  #junk = 0
  /** 421's text: the session ends when its command has. */
  #last: string | null = null

  constructor(host: LoopHost) {
    this.#host = host
  }

  get signal(): AbortSignal {
    return this.#running?.abort.signal ?? NEVER
  }

  /** Settles when the command that runs has ended, with all it leaves behind. */
  get done(): Promise<void> {
    return this.#done
  }

  /** The transfer that runs. */
  get transferring(): string | null {
    return this.#running?.moving === true ? this.#running.line : null
  }

  /** A preliminary reply was sent. */
  moves(): void {
    if (this.#running !== null) this.#running.moving = true
  }

  abort(): void {
    this.#running?.abort.abort()
  }

  /** Ends the session when the command that runs has ended, at once when none does. */
  endAfterCommand(text: string): void {
    this.#last = text
    if (this.#running === null) this.#host.end(421, text)
  }

  /** Runs lines as long as there are some that may run now. */
  pump(): void {
    const { control } = this.#host
    while (!control.closed && this.#held === null && this.#mayLook()) {
      const read = control.next()
      if (read === null) return
      if (read.kind === 'endless') this.#host.end(421, 'That line has no end.')
      else if (this.#running === null) this.#start(read)
      else this.#during(read, this.#running)
    }
  }

  /** What comes behind AUTH must stay where it is found; and who does not read replies gets no more of them. */
  #mayLook(): boolean {
    return this.#running === null || (this.#running.dispatch.verb.name !== 'AUTH' && !this.#host.control.congested)
  }

  /** A line that comes while a command runs. */
  #during(read: ReadLine, running: Running): void {
    const dispatch = read.kind === 'line' ? tryDispatch(read.text) : null
    if (dispatch === null || read.kind !== 'line' || dispatch.argument !== '') {
      this.#held = read
      return
    }
    if (dispatch.verb.name === 'ABOR' && this.#host.loggedIn) {
      // The transfer answers for itself (426), then ABOR does (RFC 959 section 5.4).
      running.abort.abort()
      this.#held = read
    } else if (running.moving && dispatch.verb.duringTransfer === true) {
      this.#host.note(read.text, '')
      void this.#host.handle(dispatch)
    } else {
      // Also what came before 150 did: it was sent off without waiting, so its reply comes in its turn.
      this.#held = read
    }
  }

  #start(read: ReadLine): void {
    const host = this.#host
    if (read.kind !== 'line') {
      const why = read.kind === 'refused' ? read.why : ''
      host.note(null, why)
      this.#refuse(new ReplyError(500, why))
      return
    }
    const line = host.note(read.text, '')
    if (!host.loggedIn && isHttp(read.text)) {
      host.end(421, 'This is an FTP server.')
      return
    }
    let dispatch: Dispatch
    try {
      dispatch = dispatchOf(read.text)
    } catch (error) {
      this.#refuse(error instanceof ReplyError ? error : new ReplyError(451, 'The server failed in that.'))
      return
    }
    this.#junk = 0
    this.#running = { dispatch, line, abort: new AbortController(), moving: false }
    const ended = host.started(dispatch)
    this.#done = this.#run(dispatch, ended)
  }

  async #run(dispatch: Dispatch, ended: () => void): Promise<void> {
    await this.#host.handle(dispatch)
    ended()
    // Who only asks and does not listen must not fill the memory with replies.
    await this.#host.control.drained()
    this.#running = null
    this.#next()
  }

  #next(): void {
    if (this.#host.control.closed) return
    if (this.#last !== null) {
      this.#host.end(421, this.#last)
      return
    }
    const held = this.#held
    this.#held = null
    if (held !== null) this.#start(held)
    this.pump()
  }

  #refuse(error: ReplyError): void {
    this.#host.refuse(error)
    // Whoever asks for what others have is a client all the same.
    if (error.code === 502) return
    this.#junk += 1
    const most = this.#host.loggedIn ? MOST_JUNK : MOST_JUNK_BEFORE_LOGIN
    if (this.#junk >= most) this.#host.end(421, 'Too many lines that are no commands.')
  }
}

function tryDispatch(line: string): Dispatch | null {
  try {
    return dispatchOf(line)
  } catch {
    return null
  }
}
