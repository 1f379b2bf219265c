/** The last commands and replies of all connections, for the protocol log. Bounded: a session may run for days. */
import type { ProtocolLine } from '../../common/models.ts'

const LIMIT = 5000
/** Longer lines are cut: a hostile server must not fill the window. */
const LINE_LIMIT = 2000

export class ProtocolLog {
  readonly #listeners = new Set<(line: ProtocolLine) => void>()
  #lines: ProtocolLine[] = []

  /** Calls back with every new line; returns what stops it. */
  onLine(listener: (line: ProtocolLine) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  lines(): ProtocolLine[] {
    return this.#lines.slice(-LIMIT)
  }

  add(connection: number, kind: ProtocolLine['kind'], text: string): void {
    const cut = text.length > LINE_LIMIT ? `${text.slice(0, LINE_LIMIT)}…` : text
    const line: ProtocolLine = { time: Date.now(), connection, kind, text: cut }
    this.#lines.push(line)
    // Trimmed in blocks, so that a busy log does not copy itself at every line.
    if (this.#lines.length > LIMIT * 2) this.#lines = this.#lines.slice(-LIMIT)
    for (const listener of this.#listeners) listener(line)
  }
}
