/** From pushing to pulling: what a transfer delivers, as something to iterate over. */

/**
 * Starts `work` at the first pull and yields what it puts. `put` resolves when the batch was taken, so that a slow taker
 * slows the work down. Ending the iteration early aborts the work's signal; either way it has ended when the iteration
 * ends, and its error is thrown.
 */
export async function* batchesOf<T>(
  outer: AbortSignal | undefined,
  work: (put: (batch: T) => Promise<void>, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController()
  const signal = outer ? AbortSignal.any([outer, stop.signal]) : stop.signal
  const batches: T[] = []
  let wake: () => void = () => undefined
  let taken: () => void = () => undefined
  let over = false
  const put = (batch: T): Promise<void> => {
    // Nobody takes anything any more.
    if (stop.signal.aborted) return Promise.resolve()
    batches.push(batch)
    wake()
    return new Promise((resolve) => {
      taken = resolve
    })
  }
  const running = work(put, signal).finally(() => {
    over = true
    wake()
  })
  running.catch(() => undefined)
  try {
    for (;;) {
      const batch = batches.shift()
      if (batch !== undefined) {
        yield batch
        taken()
      } else if (over) {
        break
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await running
  } finally {
    stop.abort()
    taken()
    await running.catch(() => undefined)
  }
}
