/**
 * The range of passive ports, which all sessions of a server share. A port is held from PASV until the client has
 * connected, so that few of them serve many; what nobody comes to is given back after a while.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** A port that is held; its listener takes connections paused, and leaves them open when the other side ends. */
export interface HeldPort {
  readonly port: number
  readonly server: Server
  /** Gives the port back. Safe to call twice. */
  release(): void
}

export interface PassivePorts {
  /**
   * Listens on a free port of the range. When all are taken it waits `waitMs` ms for one, in turn with others.
   * @param address of this machine to listen on
   * @param owner the client's address: one that holds more than others loses its oldest port to them
   * @param onLost the port was taken away so
   * @returns null when there is none
   */
  hold(address: string, owner: string, onLost: () => void): Promise<HeldPort | null>
}

interface Holding {
  owner: string
  lose(): void
}

const WAIT_MS = 2000

/** Those that nobody has for good (RFC 6335 section 6), for whoever asks for any. */
const DYNAMIC = { from: 49_152, to: 65_535 }
/** Random ones that are tried before the system is asked. */
const RANDOM_TRIES = 8

async function listen(address: string, port: number): Promise<Server | null> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true })
  try {
    // The system queues as many as this until they are turned away: few strangers, and the one who is meant.
    server.listen({ host: address, port, backlog: 16, exclusive: true })
    await once(server, 'listening')
    return server
  } catch (error) {
    // Another program has the port, or may not be had at all: the next one is tried.
    if (error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES'))
      return null
    throw error
  }
}

/**
 * The system looks through all ports for one that is quite free, which takes it milliseconds when thousands of transfers
 * a minute have left theirs behind (TIME-WAIT). One that is named may have been used before.
 */
function anyPort(tried: number): number {
  return tried < RANDOM_TRIES ? randomInt(DYNAMIC.from, DYNAMIC.to + 1) : 0
}

/** @param range of ports, both inclusive; 0 and 0: any free one */
export function createPassivePorts(range: { from: number; to: number }, waitMs: number = WAIT_MS): PassivePorts {
  const held = new Map<number, Holding>()
  const waiting: (() => void)[] = []
  /** Goes round, so that a port just given back rests: a late packet for its last client finds nobody. */
  let next = range.from

  const portsOf = (owner: string): number => [...held.values()].filter((holding) => holding.owner === owner).length

  /** Of the owner who holds most the oldest, where that is more than the asking one would then hold. */
  function takeAway(owner: string): void {
    const counts = new Map<string, number>()
    for (const holding of held.values()) counts.set(holding.owner, (counts.get(holding.owner) ?? 0) + 1)
    const [richest, most] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0]
    if (most <= portsOf(owner) + 1) return
    for (const holding of held.values()) if (holding.owner === richest) return holding.lose()
  }

  async function tryAll(address: string, owner: string, onLost: () => void): Promise<HeldPort | null> {
    const tries = range.from === 0 ? RANDOM_TRIES + 1 : range.to - range.from + 1
    for (let tried = 0; tried < tries; tried++) {
      const port = range.from === 0 ? anyPort(tried) : next
      if (range.from > 0) next = port === range.to ? range.from : port + 1
      if (held.has(port)) continue
      const holding: Holding = { owner, lose: () => {} }
      // Noted before it listens: others ask in the meantime.
      if (port > 0) held.set(port, holding)
      const server = await listen(address, port).catch((error: unknown) => {
        held.delete(port)
        throw error
      })
      if (server === null) {
        held.delete(port)
        continue
      }
      const bound = server.address()
      const release = (): void => {
        server.close()
        if (held.get(port) !== holding) return
        held.delete(port)
        waiting.shift()?.()
      }
      holding.lose = () => {
        release()
        onLost()
      }
      return { port: typeof bound === 'object' && bound !== null ? bound.port : port, server, release }
    }
    return null
  }

  return {
    async hold(address, owner, onLost) {
      const first = await tryAll(address, owner, onLost)
      if (first !== null) return first
      takeAway(owner)
      const second = await tryAll(address, owner, onLost)
      if (second !== null) return second
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      const timer = setTimeout(resolve, waitMs)
      await promise
      clearTimeout(timer)
      const place = waiting.indexOf(resolve)
      if (place >= 0) waiting.splice(place, 1)
      return tryAll(address, owner, onLost)
    },
  }
}
