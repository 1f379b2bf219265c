/** What is worth a line in a console about a session that comes and goes without anybody having typed a command. */
import type { ConsoleLine } from '../../common/console.ts'
import type { SessionState } from '../../common/models.ts'
import { line } from './console/index.ts'

/** Makes the function to call with every state of a session; it gives the line, or null when there is nothing to say. */
export function createSessionLines(now: () => number = Date.now): (state: SessionState) => ConsoleLine | null {
  let lost = false
  return (state) => {
    if (state.state === 'lost') {
      const first = !lost
      lost = true
      const next =
        state.retryAt === null
          ? 'It is not tried again by itself.'
          : `Trying again in ${Math.max(1, Math.round((state.retryAt - now()) / 1000))} s.`
      return line('warn', `The session ${first ? 'was' : 'is still'} lost: ${state.error.message} ${next}`)
    }
    if (state.state === 'connecting' || !lost) return null
    lost = false
    return state.state === 'connected' ? line('good', `Connected to ${state.endpoint.host} again.`) : null
  }
}
