/** The end of the program: what is under way is put in order first, for a bounded time. */

/** ms; deleting a temporary file on a slow server may take ten seconds */
const LIMIT = 15_000

/**
 * Makes the listener for the app's `will-quit`. The first wish to quit begins the tidying, others meanwhile change
 * nothing, and when all is in order (or `LIMIT` is over) the app quits for good.
 * @param end puts everything in order; its failure ends the wait as well
 * @param quit asks the app to quit, which calls the listener once more
 */
export function orderlyQuit(
  end: () => Promise<void>,
  quit: () => void,
): (event: { preventDefault(): unknown }) => void {
  let state: 'running' | 'ending' | 'ended' = 'running'
  return (event) => {
    if (state === 'ended') return
    event.preventDefault()
    if (state === 'ending') return
    state = 'ending'
    const leave = (): void => {
      clearTimeout(timer)
      if (state === 'ended') return
      state = 'ended'
      quit()
    }
    const timer = setTimeout(leave, LIMIT)
    end().then(leave, leave)
  }
}
