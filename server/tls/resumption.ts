/** Remembers TLS sessions for clients that resume them without tickets, which Node leaves to the program. */
import { Server } from 'node:net'
import type { SecureContext } from 'node:tls'

/** Sessions kept of one client. It resumes the newest; how many it makes is up to it. */
const MOST_SESSIONS = 8

const caches = new WeakMap<SecureContext, Server>()

/** From now on sessions of the context are remembered by their ids, as long as it lives. Of TLS 1.2: curl takes no tickets. */
export function rememberSessions(context: SecureContext): void {
  const sessions = new Map<string, Buffer>()
  const server = new Server()
  server.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
    sessions.set(id.toString('latin1'), session)
    const [oldest] = sessions.keys()
    if (sessions.size > MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest)
    done()
  })
  server.on('resumeSession', (id: Buffer, done: (error: null, session: Buffer | null) => void) => {
    const key = id.toString('latin1')
    const session = sessions.get(key)
    if (session !== undefined) {
      // The newest again: what is in use must not be the first to go.
      sessions.delete(key)
      sessions.set(key, session)
    }
    done(null, session ?? null)
  })
  caches.set(context, server)
}

/** What `TLSSocket` needs for it: a server that is told of sessions, and never listens. Nothing for other contexts. */
export function sessionCache(context: SecureContext): { server?: Server } {
  const server = caches.get(context)
  return server === undefined ? {} : { server }
}
