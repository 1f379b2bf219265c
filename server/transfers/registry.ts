/** Transfers under way, for those who watch. */
import type { LiveTransfer } from '../../common/share.ts'
import type { RunningTransfer, TransferRegistry } from '../session/types.ts'

/** A rate is that of so many seconds, in steps of one. */
const RATE_SECONDS = 5

export interface LiveTransfers extends TransferRegistry {
  list(): LiveTransfer[]
}

/** Bytes of the last seconds. */
class Meter {
  readonly #startedAt: number
  readonly #steps = new Array<number>(RATE_SECONDS + 1).fill(0)
  #second: number

  constructor(now: number) {
    this.#startedAt = now
    this.#second = Math.floor(now / 1000)
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1000)
    const passed = Math.min(second - this.#second, this.#steps.length)
    for (let step = 1; step <= passed; step++) this.#steps[(this.#second + step) % this.#steps.length] = 0
    this.#second = Math.max(second, this.#second)
  }

  add(bytes: number, now: number): void {
    this.#advance(now)
    const place = this.#second % this.#steps.length
    this.#steps[place] = (this.#steps[place] ?? 0) + bytes
  }

  /** Bytes a second. */
  rate(now: number): number {
    this.#advance(now)
    const seconds = Math.min((now - this.#startedAt) / 1000, RATE_SECONDS + (now % 1000) / 1000)
    return Math.round(this.#steps.reduce((sum, bytes) => sum + bytes, 0) / Math.max(seconds, 0.001))
  }
}

/**
 * @param onChange transfers came or went, or one is being scanned
 * @param clock ms since the epoch
 */
export function createTransferRegistry(onChange: () => void, clock: () => number = Date.now): LiveTransfers {
  const running = new Map<number, { shown: Omit<LiveTransfer, 'rate'>; meter: Meter }>()
  let last = 0

  return {
    begin(transfer) {
      const id = ++last
      const now = clock()
      const entry = {
        shown: { ...transfer, id, bytes: 0, phase: 'moving' as LiveTransfer['phase'], startedAt: now },
        meter: new Meter(now),
      }
      running.set(id, entry)
      onChange()
      const handle: RunningTransfer = {
        moved(bytes) {
          entry.shown.bytes += bytes
          entry.meter.add(bytes, clock())
        },
        scanning() {
          entry.shown.phase = 'scanning'
          onChange()
        },
        end() {
          if (running.delete(id)) onChange()
        },
      }
      return handle
    },
    list() {
      const now = clock()
      return [...running.values()].map(({ shown, meter }) => ({ ...shown, rate: meter.rate(now) }))
    },
  }
}
