/**
 * Node makes a new buffer of 64 KiB for each read of a connection that was accepted, and collecting them is most of what
 * an upload costs. Only a socket's constructor takes memory of its owner's (`onread`), and a server makes its sockets
 * itself. So the handle of the accepted socket gets a second socket, as Node's own TLS and cluster code make them.
 */
import { Socket } from 'node:net'

export interface Memory {
  /** Where the next bytes go. */
  room(): Buffer
  /** So many came there. False: the socket is paused, until `resume`. */
  took(bytes: number): boolean
}

/** What of a handle is looked at: all that is not documented is asked for first. */
function handleOf(socket: Socket): object | null {
  const handle: unknown = Reflect.get(socket, '_handle')
  const fits = typeof handle === 'object' && handle !== null && 'useUserBuffer' in handle && 'readStart' in handle
  return fits ? handle : null
}

/**
 * Gives a paused socket for the same connection that reads into `memory`; the given one is of no use then. Null where that
 * cannot be, with the given one untouched: it has read already, it has ended, or this Node is another.
 */
export function readInto(socket: Socket, memory: Memory): Socket | null {
  const handle = handleOf(socket)
  if (handle === null || socket.destroyed || !socket.isPaused() || socket.bytesRead > 0) return null
  // As the server has made the first one; Node's own use of it, which no type tells of.
  const accepted: object = { handle, pauseOnCreate: true }
  const onread = { buffer: () => memory.room(), callback: (bytes: number) => memory.took(bytes) }
  let direct: Socket
  try {
    direct = new Socket({ ...accepted, allowHalfOpen: true, onread })
  } catch {
    return null
  }
  if (handleOf(direct) !== handle) return null
  // It must not close what it does not have any more.
  Reflect.set(socket, '_handle', null)
  socket.destroy()
  return direct
}
