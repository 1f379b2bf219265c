/** Results as a table in Markdown: one row for each case and peer. */
import type { Result } from './large-file.ts'

const HEAD = ['case', 'peer', 'ours', 'peer', 'ratio', 'CPU ours', 'CPU peer', 'memory ours', 'memory peer']

function seconds(value: number): string {
  return `${value.toFixed(2)} s`
}

function megabytes(value: number): string {
  return `${Math.round(value / 1e6)} MB`
}

export function table(results: readonly Result[]): string {
  const rows = results.flatMap(({ name, ours, peers }) =>
    peers.map(({ name: peer, cost }) => [
      name,
      peer,
      seconds(ours.seconds),
      seconds(cost.seconds),
      (ours.seconds / cost.seconds).toFixed(2),
      seconds(ours.cpu),
      seconds(cost.cpu),
      megabytes(ours.memory),
      megabytes(cost.memory),
    ]),
  )
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)))
  // Names to the left, figures to the right.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`
  const rule = `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(HEAD), rule, ...rows.map(line)].join('\n')
}
