/** What a press of Tab does to the line. Pure. */
import type { Completion } from '../common/console.ts'
import { printableName } from '../common/safe-name.ts'
import { cells } from './progress-bar.ts'

export interface CompletionStep {
  /** Characters (code points) to take away before the cursor. */
  erase: number
  /** What to type then. */
  insert: string
  /** What to list, when nothing can be typed. */
  show: readonly string[]
}

/** @param typed the part of the line that the candidates replace */
export function completionStep(typed: string, { candidates, labels }: Completion): CompletionStep {
  const common = commonBeginning(candidates)
  if (candidates.length === 0 || common === '')
    return { erase: 0, insert: '', show: candidates.length > 1 ? labels : [] }
  if (common.startsWith(typed)) {
    const insert = common.slice(typed.length)
    return { erase: 0, insert, show: insert === '' && candidates.length > 1 ? labels : [] }
  }
  // Another case, or another way of quoting; what is shorter than what was typed would be no help.
  if (candidates.length > 1 && common.length < typed.length) return { erase: 0, insert: '', show: labels }
  return { erase: [...typed].length, insert: common, show: [] }
}

function commonBeginning(texts: readonly string[]): string {
  const [first = '', ...rest] = texts
  const characters = [...first]
  const same = rest.reduce((length, text) => {
    const others = [...text]
    const differs = characters.findIndex((character, at) => character !== others[at])
    return Math.min(length, differs === -1 ? characters.length : differs)
  }, characters.length)
  return characters.slice(0, same).join('')
}

/** Names in as many columns as fit, sorted downwards; what a terminal could take for a command is made printable. */
export function inColumns(names: readonly string[], width: number): string[] {
  const shown = names.map((name) => printableName(name))
  const widest = Math.max(0, ...shown.map(cells)) + 2
  const columns = Math.max(1, Math.floor((width - 1) / widest))
  const rows = Math.ceil(shown.length / columns)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => shown[column * rows + row] ?? '')
      .map((name) => name + ' '.repeat(Math.max(0, widest - cells(name))))
      .join('')
      .trimEnd(),
  )
}
