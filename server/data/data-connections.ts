/** Prepares and opens the data connections of one session. */
import { lookup } from 'node:dns/promises'
import { isIPv4, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { ShareConfig } from '../../common/share.ts'
import { reachOf } from '../addresses.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { connectActive } from './active.ts'
import { familyOf, isUnspecified, plainAddress, sameAddress } from './addresses.ts'
import { dataConnection } from './connection.ts'
import { PassiveListener } from './passive-listener.ts'
import type { PassivePorts } from './passive-ports.ts'
import { secure } from './secure.ts'
import type { DataConnections } from './types.ts'

export interface DataOptions {
  config: Pick<ShareConfig, 'active' | 'limits' | 'passive' | 'tls'>
  /** Of the whole server. */
  ports: PassivePorts
  /** The control connection's addresses, ours and the client's. */
  local: string
  peer: string
  /** The control connection's; null: it has no TLS. Asked for each connection, for AUTH may come any time. */
  context: () => SecureContext | null
  /** PROT P is set. */
  isProtected: () => boolean
  /** Somebody else came, or the client asked for what it must not: for the audit log. */
  onRefused: (detail: string) => void
}

type Prepared =
  { kind: 'passive'; listener: PassiveListener } | { kind: 'active'; target: { address: string; port: number } }

/** Ports below are services' own: no client listens there, but a victim may (RFC 2577 section 3). */
const FIRST_FREE_PORT = 1024

const FAMILY = { 1: 'IPv4', 2: 'IPv6' } as const

export function createDataConnections(options: DataOptions): DataConnections {
  const { config, ports, onRefused } = options
  const local = plainAddress(options.local)
  const peer = plainAddress(options.peer)
  const family = familyOf(local)
  const patienceMs = config.limits.dataSeconds * 1000
  let prepared: Prepared | null = null
  let extendedOnly = false
  /** How often all was dropped. */
  let drops = 0
  /** Sockets on their way to be open: the session's end must reach them. */
  const opening = new Set<Socket>()

  function unprepare(): void {
    if (prepared?.kind === 'passive') prepared.listener.close()
    prepared = null
  }

  async function listen(): Promise<number> {
    unprepare()
    const dropsBefore = drops
    let listener: PassiveListener | null = null
    const onLost = (): void => listener?.close('The port was needed by others. Ask for one again.')
    const held = await ports.hold(local, peer, onLost)
    if (held === null) throw new ReplyError(425, 'All data ports are taken. Try again later.')
    if (drops !== dropsBefore) {
      // The session has ended meanwhile: nobody would give the port back before the patience is over.
      held.release()
      throw new ReplyError(425, 'The data connection was given up.')
    }
    listener = new PassiveListener(held, { peer, patienceMs, onStranger: onRefused })
    unprepare()
    prepared = { kind: 'passive', listener }
    return held.port
  }

  function refuse(verdict: string): never {
    onRefused(verdict)
    throw new ReplyError(504, verdict)
  }

  function checkSequence(): void {
    if (extendedOnly) throw new ReplyError(503, 'After EPSV ALL only EPSV is taken.')
  }

  /**
   * What PASV tells. The external address is for clients outside: from inside it leads through the router and back, which
   * many routers do not do.
   */
  async function toldAddress(): Promise<string> {
    if (config.passive.externalAddress === '') return local
    const external = await externalAddress()
    return reachOf(external) === 'public' && reachOf(peer) !== 'public' ? local : external
  }

  /** A name is looked up each time, for behind a dial-up line it changes. */
  async function externalAddress(): Promise<string> {
    const external = config.passive.externalAddress
    if (isIPv4(external)) return external
    try {
      return (await lookup(external, { family: 4 })).address
    } catch (error) {
      throw new ReplyError(425, 'The external address of this server is not known at the moment. Use EPSV.', {
        cause: error,
      })
    }
  }

  async function connected(signal: AbortSignal): Promise<Socket> {
    const chosen = prepared
    prepared = null
    if (chosen === null) throw new ReplyError(425, 'Use PASV, EPSV, PORT or EPRT first.')
    if (chosen.kind === 'active') return connectActive(chosen.target, local, patienceMs, signal)
    const onAbort = (): void => chosen.listener.close('The transfer was aborted.')
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    try {
      const socket = await chosen.listener.socket()
      chosen.listener.handOver()
      return socket
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    async passive() {
      checkSequence()
      if (family !== 1) throw new ReplyError(522, 'PASV is for IPv4. Use EPSV, (2).')
      const host = await toldAddress()
      return { host, port: await listen() }
    },

    async extendedPassive(wanted) {
      if (wanted !== null && wanted !== family) {
        throw new ReplyError(522, `This connection speaks ${FAMILY[family]}, use (${family}).`)
      }
      return { port: await listen() }
    },

    active(address, port) {
      checkSequence()
      if (!config.active) throw new ReplyError(502, 'Active data connections are switched off. Use EPSV or PASV.')
      if (!isUnspecified(address) && !sameAddress(address, peer)) {
        refuse(`Data connections go to the client's own address only.`)
      }
      if (port < FIRST_FREE_PORT) refuse(`Data connections go to ports from ${FIRST_FREE_PORT} only.`)
      unprepare()
      prepared = { kind: 'active', target: { address: peer, port } }
    },

    onlyExtendedPassive() {
      extendedOnly = true
    },

    drop() {
      drops++
      unprepare()
      for (const socket of opening) socket.destroy()
    },

    reset() {
      unprepare()
      extendedOnly = false
    },

    get prepared() {
      return prepared !== null
    },

    async open(direction, signal) {
      const socket = await connected(signal).catch((error: unknown) => {
        if (signal.aborted) throw new ReplyError(426, 'The transfer was aborted.', { cause: error })
        throw error
      })
      if (!options.isProtected()) return dataConnection(socket, { direction, wire: null, silenceMs: patienceMs })
      const context = options.context()
      if (context === null) {
        socket.destroy()
        throw new ReplyError(425, 'There is no TLS on the control connection.')
      }
      opening.add(socket)
      try {
        const { requireResumption } = config.tls
        const { stream, wire } = await secure(socket, { context, requireResumption, direction, patienceMs }, signal)
        return dataConnection(stream, { direction, wire, silenceMs: patienceMs })
      } catch (error) {
        if (signal.aborted) throw new ReplyError(426, 'The transfer was aborted.', { cause: error })
        throw error
      } finally {
        opening.delete(socket)
      }
    },
  }
}
