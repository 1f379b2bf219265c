/** Time, so that tests can have their own. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Clock {
  /** ms; goes forward only, so that nobody gets in because somebody set the clock. */
  now(): number
  /** @throws AbortError */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal })
  },
}
