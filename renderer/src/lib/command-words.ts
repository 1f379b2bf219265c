/** What is selected, as words of a console command. */
import { quoteWord } from '../../../common/quote-word.ts'

/**
 * The word that stands for exactly this name, whatever is in it: spaces, quotes, pattern characters, a leading dash.
 * Null for a name that no line can hold.
 */
export function commandWord(name: string): string | null {
  return /[\r\n\0]/.test(name) ? null : quoteWord(name)
}

/** "rw-r--r--" as chmod takes it: "644"; null where the server's words are no such thing. */
export function octalMode(permissions: string | null): string | null {
  const bits = permissions?.slice(-9) ?? ''
  if (!/^([r-][w-][xsStT-]){3}$/.test(bits)) return null
  const digits = [0, 3, 6].map((at) =>
    [...bits.slice(at, at + 3)].reduce((sum, bit, place) => sum + (/[rwxst]/.test(bit) ? 4 >> place : 0), 0),
  )
  const special = [2, 5, 8].reduce((sum, at, place) => sum + (/[sStT]/.test(bits.charAt(at)) ? 4 >> place : 0), 0)
  return `${special === 0 ? '' : special}${digits.join('')}`
}
