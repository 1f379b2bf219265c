/** What a server costs, with all processes that it has started: from /proc, so on Linux alone. */
import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of the processor's clock in a second, as Linux tells them to programs. */
const TICKS = 100
const SAMPLE_MS = 100

interface Stat {
  parent: number
  /** Of the process and of those of its children that have ended, in seconds. */
  cpu: number
}

function stat(pid: string): Stat | null {
  try {
    // The name may hold anything; what counts stands behind its last parenthesis.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    const cpu = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) / TICKS
    return { parent, cpu }
  } catch {
    // It has ended.
    return null
  }
}

/** A process and all that descend from it. */
function tree(root: number): Map<number, Stat> {
  const all = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? stat(name) : null
    if (found !== null) all.set(Number(name), found)
  }
  const found = new Map<number, Stat>()
  const take = (pid: number): void => {
    const own = all.get(pid)
    if (own === undefined || found.has(pid)) return
    found.set(pid, own)
    for (const [other, { parent }] of all) if (parent === pid) take(other)
  }
  take(root)
  return found
}

/** CPU seconds so far. */
function cpuOf(root: number): number {
  return [...tree(root).values()].reduce((sum, { cpu }) => sum + cpu, 0)
}

/** Bytes in memory; what processes share counts once (PSS). */
function memoryOf(root: number): number {
  let bytes = 0
  for (const pid of tree(root).keys()) {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
      bytes += Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024
    } catch {
      // It has ended.
    }
  }
  return bytes
}

export interface Watch {
  /** CPU seconds since the watch began, and the most memory seen. */
  stop(): { cpu: number; memory: number }
}

/** Looks at a server while it works. */
export function watch(root: number): Watch {
  const before = cpuOf(root)
  let memory = memoryOf(root)
  const look = (): void => {
    memory = Math.max(memory, memoryOf(root))
  }
  const timer = setInterval(look, SAMPLE_MS)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return { cpu: cpuOf(root) - before, memory }
    },
  }
}
