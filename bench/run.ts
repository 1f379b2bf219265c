/** What every benchmark program needs around its measurements. */
import { execFileSync } from 'node:child_process'

/** What goes on; the table alone goes to the standard output. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** The number of a flag. @throws Error for anything but a whole number above 0 */
export function positive(text: string, name: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number above 0`)
  return number
}

/** "ext4" and the like. */
export function fileSystemOf(folder: string): string {
  return execFileSync('stat', ['--file-system', '--format=%T', folder], { encoding: 'utf8' }).trim()
}
