/** How long a session may take: for its login in all, and then for each silence. */
import type { ShareConfig } from '../../common/share.ts'

export class Deadlines {
  readonly #limits: Pick<ShareConfig['limits'], 'idleSeconds' | 'loginSeconds'>
  readonly #late: (text: string) => void
  #timer: NodeJS.Timeout | null = null
  #loginDue = false
  #over = false

  /** @param late gets 421's text */
  constructor(limits: Pick<ShareConfig['limits'], 'idleSeconds' | 'loginSeconds'>, late: (text: string) => void) {
    this.#limits = limits
    this.#late = late
  }

  /** From now on a login is due. */
  expectLogin(): void {
    if (this.#over) return
    this.#loginDue = true
    this.#set(this.#limits.loginSeconds * 1000, 'You did not log in in time.')
  }

  loggedIn(): void {
    this.#loginDue = false
    this.#clear()
  }

  /** A command runs: silence is no fault of the client's, but the login stays due whatever it does. */
  busy(): void {
    if (!this.#loginDue) this.#clear()
  }

  /** Nothing runs: the client's turn. */
  idle(): void {
    if (this.#loginDue || this.#over) return
    const { idleSeconds } = this.#limits
    this.#set(idleSeconds * 1000, `Nothing was asked for ${idleSeconds} seconds.`)
  }

  dispose(): void {
    this.#over = true
    this.#clear()
  }

  #set(ms: number, text: string): void {
    this.#clear()
    this.#timer = setTimeout(() => this.#late(text), ms)
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
