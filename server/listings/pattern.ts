/** "*" and "?" in names, as classic clients send them (`ls *.txt`). */

export function isPattern(name: string): boolean {
  return /[*?]/.test(name)
}

/**
 * Whether a name fits; a dot in front must be written out, as in a shell, unless `all`. One way back is remembered, the
 * last star's: time grows with the product of both lengths, not beyond, whatever the client writes.
 */
export function fits(pattern: string, name: string, all = false): boolean {
  if (name.startsWith('.') && !all && !pattern.startsWith('.')) return false
  const wanted = [...pattern]
  const given = [...name]
  let at = 0
  let star = -1
  let retry = 0
  let place = 0
  while (place < given.length) {
    const letter = wanted[at]
    if (letter === '*') {
      star = at++
      retry = place
    } else if (letter !== undefined && (letter === '?' || letter === given[place])) {
      at++
      place++
    } else if (star >= 0) {
      at = star + 1
      place = ++retry
    } else {
      return false
    }
  }
  return wanted.slice(at).every((letter) => letter === '*')
}
