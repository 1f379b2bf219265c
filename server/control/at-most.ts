/** Calls that come in bursts, thinned out. */

export interface Throttled {
  (): void
  dispose(): void
}

/** Calls at once, then at most every `everyMs` ms; the last of a burst is never lost. */
export function atMostEvery(everyMs: number, call: () => void): Throttled {
  let timer: NodeJS.Timeout | null = null
  let waiting = false
  const run = (): void => {
    waiting = false
    timer = setTimeout(() => {
      timer = null
      if (waiting) run()
    }, everyMs)
    call()
  }
  const throttled = (): void => {
    waiting = true
    if (timer === null) run()
  }
  throttled.dispose = (): void => {
    waiting = false
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  return throttled
}
