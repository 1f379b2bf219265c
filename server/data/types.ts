/** Data connections of one session: at most one is prepared, and at most one is open. */

export interface DataConnections {
  /** Listens for PASV. @throws ReplyError 425 no port free, 522 not IPv4, 503 after EPSV ALL */
  passive(): Promise<{ host: string; port: number }>
  /** Listens for EPSV on the control connection's address. @throws ReplyError 425, 522 */
  extendedPassive(family: 1 | 2 | null): Promise<{ port: number }>
  /**
   * Notes where PORT or EPRT wants it. @throws ReplyError 502 switched off, 503 after EPSV ALL, 504 port
   * below 1024, another address than the peer's
   */
  active(address: string, port: number): void
  /** EPSV ALL (RFC 2428 section 4): from now on nothing else may prepare a connection. */
  onlyExtendedPassive(): void
  /** What was prepared is undone, as by ABOR and by the end of the session. */
  drop(): void
  /** As `drop`, and EPSV ALL is forgotten, as by REIN. */
  reset(): void
  /** False: a transfer would be answered 425 at once. */
  readonly prepared: boolean
  /**
   * The prepared connection, with TLS after PROT P; others than the control connection's peer are turned away
   * and counted. Nothing stays prepared. Call it after 150 was sent: some clients connect, and most begin the TLS
   * handshake, only then. @throws ReplyError 425 refused, not in time; 426 aborted; 522 TLS not as required
   */
  open(direction: 'upload' | 'download', signal: AbortSignal): Promise<DataConnection>
}

export interface DataConnection {
  /**
   * Receives until the sender's orderly end (FIN, with TLS also close_notify). Chunks' memory is used again once the
   * sink's promise has settled. Gives the bytes. @throws ReplyError 426 cut, stalled or aborted; what the sink throws
   */
  receive(sink: (chunk: Buffer) => Promise<void>, signal: AbortSignal): Promise<number>
  /**
   * Sends chunks in order, with back-pressure, then ends in order. When the next chunk is asked for, all but the last
   * one have left: their memory may be used again. Gives the bytes. @throws ReplyError 426; what the source throws
   */
  send(source: AsyncIterable<Buffer>, signal: AbortSignal): Promise<number>
  /** Ends at once, whatever is under way. Safe at any time. */
  destroy(): void
}
