/**
 * Data connections (RFC 959 section 3.2): opened before the command that uses them, ready some time after it, since a
 * server begins TLS, or connects, only when it has taken the command.
 */
import type { OnReadOpts, Socket } from 'node:net'
import type { DataMode } from '../../common/models.ts'
import { openActive } from './active.ts'
import type { ControlConnection } from './control-connection.ts'
import type { Timeouts } from './options.ts'
import { openPassive } from './passive.ts'
import type { TlsSession } from './tls.ts'

/** What all data connections of one client have in common. */
export interface DataContext {
  control: ControlConnection
  host: string
  timeouts: Timeouts
  tls: TlsSession | null
  mode: () => DataMode
  /** Cleared once EPSV turned out not to work while PASV does. */
  useEpsv: boolean
}

export interface OpenOptions {
  /** Buffers to read into, where the socket can be told so when it is made. */
  onread?: OnReadOpts | undefined
  /** Called when the socket is connected, before any data can arrive. `data`: it emits data events. */
  onSocket: (socket: Socket, reads: 'onread' | 'data') => void
  signal?: AbortSignal | undefined
}

export interface DataLink {
  /** Rejects if the connection fails before the server has answered the command; never resolves. */
  readonly failed: Promise<never>
  /**
   * Waits until the connection stands: TLS done, certificate compared. Call once, when the command was sent; bounded by
   * the timeouts, not cancelled by the options' signal, since a cut handshake must not happen to vsftpd.
   */
  ready(): Promise<Socket>
  /** Ends whatever there is, at once. */
  destroy(): void
}

/**
 * Opens a data connection as far as it goes before the command.
 * @throws SluiceError `data-connection-failed`, `timeout`, `cancelled`, `protocol-violation`, or the server's refusal
 */
export function openData(context: DataContext, options: OpenOptions): Promise<DataLink> {
  return context.mode() === 'active' ? openActive(context, options) : openPassive(context, options)
}
