/** One line that says how far the running command is. Pure: what it looks like, not where it goes. */
import type { ConsoleProgress } from '../common/console.ts'
import { formatBytes, formatRate } from '../common/format.ts'
import { printableName } from '../common/safe-name.ts'

/** Below this a bar tells nothing. */
const MIN_BAR = 8
const MAX_BAR = 40
/** Columns of a name that tell something. */
const MIN_NAME = 6

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u

/** Columns that a text takes on a terminal. */
export function cells(text: string): number {
  let sum = 0
  for (const character of text) sum += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return sum
}

/** A text that takes at most `width` columns: its end counts most, since that is where file names differ. */
function shortened(text: string, width: number): string {
  if (cells(text) <= width) return text
  const characters = [...text]
  while (characters.length > 0 && cells(characters.join('')) > width - 1) characters.shift()
  return width < 1 ? '' : `…${characters.join('')}`
}

/** @param width columns of the terminal; the line leaves the last one free, so that no terminal breaks it */
export function progressLine({ label, done, total, rate }: ConsoleProgress, width: number): string {
  const room = Math.max(1, width - 1)
  const part = total === null || total === 0 ? null : Math.min(1, done / total)
  const all = [
    ...(part === null ? [] : [`${String(Math.floor(part * 100)).padStart(3)}%`]),
    total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`,
    ...(rate === null ? [] : [formatRate(rate)]),
  ]
  const whole = printableName(label)
  const least = Math.min(cells(whole), MIN_NAME)
  // Most telling first: the rate goes before the sizes, the sizes before the name.
  while (all.length > 1 && least + 2 + cells(all.join('  ')) > room) all.pop()
  const figures = all.join('  ')
  const most = Math.min(Math.floor(room / 2), room - 2 - cells(figures))
  const name = shortened(whole, Math.max(least, most))
  const left = room - cells(name) - cells(figures) - 4
  const size = Math.min(left - 2, MAX_BAR)
  if (part === null || size < MIN_BAR) return shortened(`${name}  ${figures}`, room)
  const filled = Math.round(part * size)
  return `${name}  [${'='.repeat(filled)}${' '.repeat(size - filled)}]  ${figures}`
}
