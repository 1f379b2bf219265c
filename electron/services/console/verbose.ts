/** The protocol, shown while a command runs. */
import type { ConsoleLine } from '../../../common/console.ts'
import type { ProtocolLine } from '../../../common/models.ts'
import type { ProtocolLog } from '../protocol-log.ts'
import { line } from './output.ts'
import type { ConsoleOutput } from './types.ts'

/** Writes every line of the protocol while `wanted` says so; returns what stops it. */
export function showProtocol(
  log: ProtocolLog,
  wanted: () => boolean,
  write: (output: ConsoleOutput) => void,
): () => void {
  return log.onLine((entry) => {
    if (wanted()) write({ lines: [protocolLine(entry)] })
  })
}

/** ">>> PASV", "[2] 226 Transfer complete."; the number tells transfer connections apart. */
function protocolLine({ connection, kind, text }: ProtocolLine): ConsoleLine {
  const from = connection === 0 ? '' : `[${connection}] `
  switch (kind) {
    case 'command':
      return line('sent', `${from}>>> ${text}`)
    case 'reply':
      return line('reply', from + text)
    case 'info':
      return line('muted', from + text)
    case 'error':
      return line('warn', from + text)
  }
}
