import type { Completion } from '../../../common/console.ts'
import { visibleName } from './names.ts'

/** What the keys of the console's input line do to it; pure. */

/** Where Up and Down have gone in the commands given before. */
export interface Recall {
  /** Index in the history; its length stands for the line being typed. */
  at: number
  /** What was being typed when the search began. */
  draft: string
}

/** The line one step back (-1) or forward (1); null where there is none. `recall` is null at the first step. */
export function recall(
  history: readonly string[],
  before: Recall | null,
  line: string,
  step: 1 | -1,
): { line: string; recall: Recall } | null {
  const from = before ?? { at: history.length, draft: line }
  const at = from.at + step
  if (at < 0 || at > history.length) return null
  return { line: history[at] ?? from.draft, recall: { ...from, at } }
}

export interface CompletedLine {
  line: string
  cursor: number
}

/** The line with what is certain put in: the only candidate, or what all have in common. Null when nothing is added. */
export function complete(line: string, cursor: number, completion: Completion): CompletedLine | null {
  const { from, candidates } = completion
  const [only] = candidates
  if (only === undefined) return null
  const typed = line.slice(from, cursor)
  const common = candidates.length === 1 ? only : commonStart(candidates)
  // The only candidate may differ in more than its end: quotes are put around it as needed.
  const adds = candidates.length === 1 ? common !== typed : common.length > typed.length
  if (!adds) return null
  return { line: line.slice(0, from) + common + line.slice(cursor), cursor: from + common.length }
}

/** The longest text that all begin with; a pair of surrogates stays whole. */
function commonStart(texts: readonly string[]): string {
  let common = texts[0] ?? ''
  for (const text of texts) {
    let length = 0
    while (length < common.length && common[length] === text[length]) length++
    common = common.slice(0, length)
  }
  return common.isWellFormed() ? common : common.slice(0, -1)
}

/** Candidates that are listed one by one; of more only the number is told. */
const MOST_LISTED = 200

/** Candidates in columns that fit `width` characters, read line by line. */
export function inColumns(labels: readonly string[], width: number): string[] {
  const names = labels.slice(0, MOST_LISTED).map(visibleName)
  const widest = Math.max(1, ...names.map((name) => name.length)) + 2
  const columns = Math.max(1, Math.floor((width + 2) / widest))
  const lines: string[] = []
  for (let i = 0; i < names.length; i += columns) {
    const row = names.slice(i, i + columns).map((name) => name.padEnd(widest))
    lines.push(row.join('').trimEnd())
  }
  if (labels.length > MOST_LISTED) lines.push(`and ${labels.length - MOST_LISTED} more`)
  return lines
}

/** The prompt cut in its middle: who and where one is stand at its two ends. */
export function shortPrompt(prompt: string, most = 64): string {
  const points = Array.from(prompt)
  if (points.length <= most) return prompt
  const head = Math.floor((most - 1) / 3)
  return `${points.slice(0, head).join('')}…${points.slice(points.length - (most - 1 - head)).join('')}`
}

/** Text for the one-line input: lines pasted together would make one wrong command, so they are kept apart. */
export function pastedLine(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ')
}
