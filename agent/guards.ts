/** Who may speak to the agent at all. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../common/loopback.ts'

export interface Refusal {
  status: number
  error: string
}

/** Makes the check that every request passes first; it gives null or why the request is refused. */
export function createGuard(token: string, loopback: boolean): (request: IncomingMessage) => Refusal | null {
  const expected = digest(token)
  return (request) => {
    // Only browsers send Origin: a page that found the port must get nowhere, whatever it knows.
    if (request.headers.origin !== undefined) return { status: 403, error: 'Requests from web pages are refused.' }
    if (loopback && !isLoopbackHost(request.headers.host, request.socket.localPort)) {
      return { status: 403, error: 'The Host header does not name this machine.' }
    }
    const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    // Digests have one length, so the comparison takes one time whatever was sent.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      return { status: 401, error: 'The token is missing or wrong.' }
    }
    return null
  }
}

/** A foreign name that resolves to loopback is DNS rebinding. */
function isLoopbackHost(header: string | undefined, ownPort: number | undefined): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(header ?? '') ?? []
  return Number(port) === ownPort && isLoopback((bracketed ?? plain ?? '').toLowerCase())
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
