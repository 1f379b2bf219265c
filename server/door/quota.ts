/**
 * How much accounts may store. A root is counted once, when a quota is first looked at, and kept up to date by what
 * passes through the door. Parts of uploads count too, so that nobody stores by never finishing.
 */
import type { Account } from '../../common/share.ts'
import type { UserFiles } from '../files/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { countRoot, type Usage } from './usage.ts'

export type Limited = Pick<Account, 'quotaBytes' | 'quotaFiles'>

/** ms after which a count is made again in the background: others may write to the folder too. */
const OLD = 600_000
/** ms after which a count is made again before anything is refused because of it. */
const DOUBTFUL = 30_000
/** Roots that are remembered; the one unused for longest is forgotten and counted anew. */
const ROOTS = 1000

interface Ledger {
  used: Usage
  /** ms since the epoch */
  countedAt: number
  /** A count under way, for all who wait for it. */
  counting: Promise<void> | null
  /** What was taken since that began. */
  taken: Usage
  /** Something changed its place since then, and may have been missed. */
  moved: boolean
}

export class Quotas {
  readonly #ledgers = new Map<string, Ledger>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts the root if the account has a quota and nobody did. */
  async prepare(account: Limited, { root }: Pick<UserFiles, 'root'>): Promise<void> {
    if (account.quotaBytes === null && account.quotaFiles === null) return
    let ledger = this.#ledgers.get(root)
    if (ledger === undefined) {
      ledger = { used: nothing(), countedAt: 0, counting: null, taken: nothing(), moved: false }
      this.#remember(root, ledger)
      await this.#count(root, ledger)
      return
    }
    this.#remember(root, ledger)
    if (ledger.countedAt === 0) await this.#count(root, ledger)
    else if (this.#now() - ledger.countedAt > OLD) void this.#count(root, ledger)
  }

  /**
   * Takes room unless it would be more than the account may have, which `fits` tells from what is used so far.
   * @throws ReplyError 552
   */
  async take(account: Limited, root: string, wanted: Usage, fits: (used: Usage) => boolean): Promise<void> {
    // Forgotten while so many others came that there was no place for it.
    if (!this.#ledgers.has(root)) await this.prepare(account, { root })
    const ledger = this.#ledgers.get(root)
    if (ledger === undefined) return
    if (!fits(ledger.used)) {
      if (this.#now() - ledger.countedAt > DOUBTFUL) await this.#count(root, ledger)
      if (!fits(ledger.used)) throw exceeded(account)
    }
    add(ledger.used, wanted, 1)
    add(ledger.taken, wanted, 1)
  }

  /** Gives room back. */
  free(root: string, usage: Usage): void {
    const ledger = this.#ledgers.get(root)
    if (ledger !== undefined) add(ledger.used, usage, -1)
  }

  /** Something in the root was renamed. */
  moved(root: string): void {
    const ledger = this.#ledgers.get(root)
    if (ledger !== undefined) ledger.moved = true
  }

  /** The next look counts anew. */
  forget(root: string): void {
    const ledger = this.#ledgers.get(root)
    if (ledger !== undefined) ledger.countedAt = 1
  }

  async #count(root: string, ledger: Ledger): Promise<void> {
    ledger.counting ??= (async () => {
      try {
        // Nobody shall store more by what is done during a count: what is taken meanwhile may be counted twice, what is
        // freed may be counted still, and where something changed its place only more than before is believed.
        ledger.taken = nothing()
        ledger.moved = false
        const counted = await countRoot(root)
        add(counted, ledger.taken, 1)
        if (ledger.moved) {
          counted.bytes = Math.max(counted.bytes, ledger.used.bytes)
          counted.files = Math.max(counted.files, ledger.used.files)
        }
        ledger.used = counted
        ledger.countedAt = this.#now()
      } finally {
        ledger.counting = null
      }
    })()
    await ledger.counting
  }

  #remember(root: string, ledger: Ledger): void {
    this.#ledgers.delete(root)
    this.#ledgers.set(root, ledger)
    for (const oldest of this.#ledgers.keys()) {
      if (this.#ledgers.size <= ROOTS) break
      this.#ledgers.delete(oldest)
    }
  }
}

function nothing(): Usage {
  return { bytes: 0, files: 0 }
}

function add(to: Usage, usage: Usage, sign: 1 | -1): void {
  to.bytes = Math.max(0, to.bytes + sign * usage.bytes)
  to.files = Math.max(0, to.files + sign * usage.files)
}

function exceeded({ quotaBytes, quotaFiles }: Limited): ReplyError {
  const limits = [
    ...(quotaBytes === null ? [] : [`${quotaBytes} bytes`]),
    ...(quotaFiles === null ? [] : [`${quotaFiles} files and folders`]),
  ]
  return new ReplyError(552, `The quota of this account is used up: ${limits.join(' in ')}.`)
}
