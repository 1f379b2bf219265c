/** Who may come in, how often and how fast. */
import type { ShareConfig } from '../../common/share.ts'
import { addressKey } from './address-key.ts'
import { systemClock, type Clock } from './clock.ts'
import { Failures } from './failures.ts'
import { Pacing } from './pacing.ts'
import { RecentMap } from './recent.ts'
import type { Admission, Limits } from './types.ts'

const DAY_MS = 24 * 3_600_000
/** Addresses whose sign-ups are remembered. */
const MOST_SIGNERS = 10_000

export function createLimits(config: Pick<ShareConfig, 'limits' | 'signUp'>, clock: Clock = systemClock): Limits {
  return new ServerLimits(config, clock)
}

/** Counts what is there under a name. */
class Counter {
  readonly #counts = new Map<string, number>()

  get(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  /** Gives what takes it away again; safe to call twice. */
  enter(key: string): () => void {
    this.#counts.set(key, this.get(key) + 1)
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      const left = this.get(key) - 1
      if (left === 0) this.#counts.delete(key)
      else this.#counts.set(key, left)
    }
  }
}

class ServerLimits implements Limits {
  readonly #config: Pick<ShareConfig, 'limits' | 'signUp'>
  readonly #clock: Clock
  readonly #failures: Failures
  readonly #pacing: Pacing
  readonly #total = new Counter()
  readonly #byAddress = new Counter()
  readonly #byAccount = new Counter()
  readonly #signUps = new RecentMap<number[]>(MOST_SIGNERS)

  constructor(config: Pick<ShareConfig, 'limits' | 'signUp'>, clock: Clock) {
    this.#config = config
    this.#clock = clock
    this.#failures = new Failures(clock, config.limits.failedLogins, config.limits.banSeconds * 1000)
    this.#pacing = new Pacing(clock)
  }

  admit(address: string): Admission | string {
    const { connections, perAddress } = this.#config.limits
    const key = addressKey(address)
    if (this.#failures.banned(key)) return 'Too many failed logins: try again later.'
    if (this.#total.get('') >= connections) return 'Too many connections: try again later.'
    if (this.#byAddress.get(key) >= perAddress) return 'Too many connections from your address.'
    const leaveTotal = this.#total.enter('')
    const leaveAddress = this.#byAddress.enter(key)
    return {
      leave: () => {
        leaveTotal()
        leaveAddress()
      },
    }
  }

  admitAccount(name: string): Admission | string {
    if (this.#byAccount.get(name) >= this.#config.limits.perAccount) return 'Too many sessions of this account.'
    return { leave: this.#byAccount.enter(name) }
  }

  delay(address: string, account: string): number | null {
    return this.#failures.delay(addressKey(address), account)
  }

  async holdBack(address: string, account: string, signal: AbortSignal): Promise<boolean> {
    const key = addressKey(address)
    const delay = this.#failures.delay(key, account)
    if (delay === null) return false
    if (delay > 0) await this.#clock.sleep(delay, signal)
    // Those who guessed beside this one may have had the address shut out in the meantime.
    return !this.#failures.banned(key)
  }

  loginFailed(address: string, account: string): boolean {
    return this.#failures.add(addressKey(address), account)
  }

  loginSucceeded(address: string, account: string): void {
    this.#failures.forgive(addressKey(address), account)
  }

  maySignUp(address: string): boolean {
    const key = addressKey(address)
    const now = this.#clock.now()
    const today = (this.#signUps.get(key) ?? []).filter((time) => now - time < DAY_MS)
    if (today.length >= this.#config.signUp.perDay) return false
    this.#signUps.set(key, [...today, now])
    return true
  }

  signUpRefused(address: string): void {
    const key = addressKey(address)
    const times = this.#signUps.get(key)
    if (times === undefined) return
    if (times.length > 1) this.#signUps.set(key, times.slice(0, -1))
    else this.#signUps.delete(key)
  }

  async pace(
    account: { name: string; uploadRate: number | null; downloadRate: number | null },
    direction: 'upload' | 'download',
    bytes: number,
    signal: AbortSignal,
  ): Promise<void> {
    const rate = direction === 'upload' ? account.uploadRate : account.downloadRate
    if (rate === null) return
    await this.#pacing.take(`${direction} ${account.name}`, rate, bytes, signal)
  }
}
