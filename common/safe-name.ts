/**
 * The one place where a name sent by a server becomes a name on this disk. A hostile server may list anything
 * (CVE-2018-10916, CVE-2026-27699), so names are refused rather than mended: a mended name could collide with another,
 * and a person should see that the server sent it. The rules are those of the strictest system everywhere, so that a
 * folder fetched on one system can be opened on all.
 */
import { SluiceError } from './errors.ts'

/** Longest name that common file systems take, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 255

const encoder = new TextEncoder()

const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/
/** Embeddings, overrides and isolates: they make "exe.txt" out of "txt.exe" on the screen (CVE-2021-42574). */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/
/** Windows opens a device for these, with any extension; the superscript digits count as digits there. */
const DEVICE_NAMES = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i

/** Whether a text would be more than one line, or move a terminal's cursor. */
export function hasControls(text: string): boolean {
  return CONTROLS.test(text)
}

/** Why `name` is no file's name on any system, as the end of a sentence; null when some system may take it. */
export function nameProblemAnywhere(name: string): string | null {
  if (name === '') return 'it is empty'
  if (name === '.' || name === '..') return 'it names a folder relative to another'
  if (/[/\\]/.test(name)) return 'it contains a path separator'
  if (hasControls(name)) return 'it contains control characters'
  if (BIDI_CONTROLS.test(name)) return 'it contains characters that reverse the reading direction'
  if (!name.isWellFormed()) return 'it is not valid Unicode'
  // A UTF-16 unit makes three bytes at most: few names need be counted.
  if (name.length * 3 <= MAX_NAME_BYTES || encoder.encode(name).byteLength <= MAX_NAME_BYTES) return null
  return `it is longer than ${MAX_NAME_BYTES} bytes`
}

/** Why `name` must not be used as a file name, as the end of a sentence; null when it may. */
export function nameProblem(name: string): string | null {
  const problem = nameProblemAnywhere(name)
  if (problem !== null) return problem
  if (name.includes(':')) return 'it contains a colon (a drive letter or a stream)'
  if (/[. ]$/.test(name)) return 'it ends with a dot or a space'
  if (DEVICE_NAMES.test(name)) return 'it is the name of a device'
  return null
}

/** A text fit to be shown in messages and logs: controls and direction marks appear as code points, cut at `limit` characters. */
export function printableText(text: string, limit: number): string {
  const shown = [...text.slice(0, limit)]
    .map((character) =>
      hasControls(character) || BIDI_CONTROLS.test(character) || !character.isWellFormed()
        ? `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`
        : character,
    )
    .join('')
  return text.length > limit ? `${shown}...` : shown
}

/** A name fit to be shown: as `printableText`, cut at 120 characters. */
export function printableName(name: string): string {
  return printableText(name, 120)
}

/**
 * Takes one name as the server sent it and gives it back unchanged when it is safe as a local name.
 * @throws SluiceError 'unsafe-name'
 */
export function safeLocalName(remoteName: string): string {
  const problem = nameProblem(remoteName)
  if (problem === null) return remoteName
  throw new SluiceError(
    'unsafe-name',
    `The server's name "${printableName(remoteName)}" is not used on this computer: ${problem}.`,
  )
}
