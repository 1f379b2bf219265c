import type { ConsoleLine } from '../../../common/console.ts'

/** Lines in blocks that never change once full, so that the page draws anew only the last one. */
export interface LineBlock {
  /** Number of its first line, counted from the first one ever: names the block. */
  start: number
  lines: readonly ConsoleLine[]
}

export interface LineLog {
  blocks: readonly LineBlock[]
  /** Lines kept. */
  count: number
  /** Number of the next line. */
  next: number
}

export const EMPTY_LOG: LineLog = { blocks: [], count: 0, next: 0 }

const BLOCK = 100
/** Most lines kept; the oldest go a block at a time. */
export const MOST_LINES = 10_000

/** The log with these lines at its end. */
export function appendLines(log: LineLog, added: readonly ConsoleLine[]): LineLog {
  if (added.length === 0) return log
  const blocks = [...log.blocks]
  // What would be dropped at once need not be put into blocks.
  const skipped = Math.max(0, added.length - MOST_LINES)
  let next = log.next + skipped
  if (skipped > 0) blocks.length = 0
  for (let i = skipped; i < added.length;) {
    const last = blocks.at(-1)
    const room = last ? BLOCK - last.lines.length : 0
    const part = added.slice(i, i + (room > 0 ? room : BLOCK))
    if (last && room > 0) blocks[blocks.length - 1] = { start: last.start, lines: [...last.lines, ...part] }
    else blocks.push({ start: next, lines: part })
    i += part.length
    next += part.length
  }
  let count = blocks.reduce((sum, block) => sum + block.lines.length, 0)
  let gone = 0
  for (const block of blocks) {
    if (count <= MOST_LINES) break
    count -= block.lines.length
    gone++
  }
  return { blocks: blocks.slice(gone), count, next }
}

/** Everything in the log as text. */
export function logText(log: LineLog): string {
  return log.blocks.flatMap((block) => block.lines.map((line) => line.text)).join('\n')
}
