/**
 * Remembers passwords that were right a moment ago, so that a client that opens many connections pays for the slow hash
 * once. What is kept is an HMAC under a key of this process, over the password and the stored hash: it says nothing
 * about the password, and a new password makes it worthless by itself.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { passwordBytes } from './password-hash.ts'

const LIFETIME_MS = 5 * 60_000
const MAX_VERIFIERS = 1000

export class Verifiers {
  readonly #now: () => number
  readonly #key = randomBytes(32)
  /** By account; the oldest first. */
  readonly #kept = new Map<number, { mac: Buffer; until: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  #mac(hash: string, password: string): Buffer {
    return createHmac('sha256', this.#key).update(hash).update('\0').update(passwordBytes(password)).digest()
  }

  remember(account: number, hash: string, password: string): void {
    this.#kept.delete(account)
    this.#kept.set(account, { mac: this.#mac(hash, password), until: this.#now() + LIFETIME_MS })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_VERIFIERS && oldest !== undefined) this.#kept.delete(oldest)
  }

  /** True when this password was right for this hash within the last minutes. */
  knows(account: number, hash: string, password: string): boolean {
    const kept = this.#kept.get(account)
    if (kept === undefined) return false
    if (kept.until <= this.#now()) {
      this.#kept.delete(account)
      return false
    }
    return timingSafeEqual(kept.mac, this.#mac(hash, password))
  }

  forget(account: number): void {
    this.#kept.delete(account)
  }
}
