/** Names come from strangers' servers: what could deceive the eye is made visible before it is shown. */

// Controls (C0, DEL, C1) and the characters that reorder or hide text: bidirectional marks, embeddings and isolates,
// zero-width space, word joiner, byte order mark, line and paragraph separators. Joiners (U+200C, U+200D) stay: real
// words and emoji need them.
const DECEPTIVE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
const DECEPTIVE_ONE = new RegExp(DECEPTIVE.source)

/** The name with every deceptive character replaced by its code, like `⟨202E⟩`; for showing only. */
export function visibleName(name: string): string {
  if (!DECEPTIVE_ONE.test(name)) return name
  return name.replace(DECEPTIVE, (c) => `⟨${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

/** Characters kept at the end of a name that does not fit. */
const TAIL = 10

/**
 * Splits a name for an ellipsis in its middle, so that the extension stays readable: the head shrinks, the tail stays.
 * Short names have no tail.
 */
export function splitForEllipsis(name: string): { head: string; tail: string } {
  const shown = visibleName(name)
  if (shown.length <= 2 * TAIL) return { head: shown, tail: '' }
  // Code points, so that a pair of surrogates is never torn.
  const points = Array.from(shown)
  return { head: points.slice(0, -TAIL).join(''), tail: points.slice(-TAIL).join('') }
}

/** Length of the part of a file name that a rename selects first: up to the last dot, all of it without one. */
export function stemLength(name: string, isFolder: boolean): number {
  const dot = name.lastIndexOf('.')
  return isFolder || dot <= 0 ? name.length : dot
}

/** Why a name cannot be given to a file or folder, in words; null when it can. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'Type a name.'
  if (name === '.' || name === '..') return 'This name is reserved; choose another.'
  if (name.includes('/')) return 'A name cannot contain “/”.'
  if (DECEPTIVE_ONE.test(name)) return 'A name cannot contain control or invisible characters.'
  return null
}
