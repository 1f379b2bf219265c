import { create } from 'zustand'
import type { ProtocolLine } from '../../../common/models.ts'

/** Lines kept in the window; older ones go. */
const MOST_LINES = 10_000

interface ProtocolSlice {
  lines: readonly ProtocolLine[]
  /** Connections seen so far, for the filter. */
  connections: readonly number[]
  /** Connection shown; null for all. */
  shown: number | null
}

export const useProtocol = create<ProtocolSlice>()(() => ({ lines: [], connections: [], shown: null }))

export function addLines(added: readonly ProtocolLine[]): void {
  useProtocol.setState(({ lines, connections }) => {
    const known = new Set(connections)
    for (const line of added) known.add(line.connection)
    const all = [...lines, ...added]
    return {
      lines: all.length > MOST_LINES ? all.slice(-MOST_LINES) : all,
      connections: known.size === connections.length ? connections : [...known].sort((a, b) => a - b),
    }
  })
}
