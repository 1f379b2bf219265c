/** Failed logins: answers that come later and later, and addresses that are shut out. */
import { accountKey } from '../accounts/names.ts'
import type { Clock } from './clock.ts'
import { RecentMap } from './recent.ts'

/** Addresses, and accounts, that are remembered. */
const MOST = 10_000
/** Failures older than that are forgotten: somebody who forgot a password comes back after lunch. */
const REMEMBERED_MS = 15 * 60_000
const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 8000
/** Of an account alone, wherever the guesses come from: its owner waits with the others, so it stays short. */
const LONGEST_ACCOUNT_DELAY_MS = 2000
const LONGEST_BAN_MS = 24 * 3_600_000
/** Longer names are nobody's, also when their letters are written in one piece. */
const NAME_LENGTH = 64
/** Longest spelling of such a name that is looked at: letters may come with marks of their own. */
const SPELLING_LENGTH = 512

interface Failure {
  time: number
  account: string
}

interface Offender {
  failures: Failure[]
  bans: number
  bannedUntil: number
}

function grown(failures: number, longest: number): number {
  return failures === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), longest)
}

export class Failures {
  readonly #addresses = new RecentMap<Offender>(MOST)
  readonly #accounts = new RecentMap<number[]>(MOST)
  readonly #clock: Clock
  readonly #most: number
  readonly #banMs: number

  /** @param most failures of an address before it is shut out @param banMs the first time, then doubled */
  constructor(clock: Clock, most: number, banMs: number) {
    this.#clock = clock
    this.#most = most
    this.#banMs = banMs
  }

  banned(address: string): boolean {
    return (this.#addresses.get(address)?.bannedUntil ?? 0) > this.#clock.now()
  }

  /** ms; null: shut out. */
  delay(address: string, account: string): number | null {
    if (this.banned(address)) return null
    const offender = this.#addresses.get(address)
    const byAddress = offender === undefined ? 0 : this.#recent(offender).length
    const byAccount = (this.#accounts.get(keyOf(account)) ?? []).filter((time) => this.#isRecent(time)).length
    return Math.max(grown(byAddress, LONGEST_DELAY_MS), grown(byAccount, LONGEST_ACCOUNT_DELAY_MS))
  }

  /** True: the address is shut out from now on. */
  add(address: string, account: string): boolean {
    const time = this.#clock.now()
    const key = keyOf(account)
    const times = (this.#accounts.get(key) ?? []).filter((each) => this.#isRecent(each))
    // More than a few do not make the wait longer.
    this.#accounts.set(key, [...times, time].slice(-8))
    const offender = this.#addresses.get(address) ?? { failures: [], bans: 0, bannedUntil: 0 }
    this.#addresses.set(address, offender)
    if (offender.bannedUntil > time) return false
    // A day of peace, and the next ban is a first one.
    if (offender.bans > 0 && time - offender.bannedUntil > LONGEST_BAN_MS) offender.bans = 0
    offender.failures = [...this.#recent(offender), { time, account: key }]
    if (offender.failures.length < this.#most) return false
    offender.failures = []
    offender.bannedUntil = time + Math.min(this.#banMs * 2 ** offender.bans, LONGEST_BAN_MS)
    offender.bans += 1
    return true
  }

  /** Forgets the failures of that account alone: an own account must not wash away guesses at others'. */
  forgive(address: string, account: string): void {
    const key = keyOf(account)
    this.#accounts.delete(key)
    const offender = this.#addresses.get(address)
    if (offender === undefined) return
    offender.failures = this.#recent(offender).filter((failure) => failure.account !== key)
    if (offender.failures.length === 0 && offender.bans === 0) this.#addresses.delete(address)
  }

  #recent(offender: Offender): Failure[] {
    return offender.failures.filter(({ time }) => this.#isRecent(time))
  }

  #isRecent(time: number): boolean {
    return this.#clock.now() - time < REMEMBERED_MS
  }
}

/** One for all spellings that the login takes: who guesses must not get around the wait by wide letters. */
function keyOf(account: string): string {
  return accountKey(account.slice(0, SPELLING_LENGTH)).slice(0, NAME_LENGTH)
}
