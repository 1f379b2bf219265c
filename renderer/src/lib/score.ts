/** How well what was typed fits a name: for lists that are searched while somebody types. */

/** Of the letters typed this part must begin a word or follow the one before, or they are in the name by chance. */
const LEAST_TELLING = 1 / 3

/**
 * From 0 (not at all) to 1 (the very name): its beginning, the beginning of a word of it, a part of it, or its letters in
 * order. Case and what parts words make no difference.
 */
export function score(name: string, typed: string): number {
  const text = plain(name)
  const wanted = plain(typed)
  if (wanted === '' || wanted.length > text.length) return 0
  // Of two names that fit alike the one with less beside it is meant.
  const share = (wanted.length / text.length) * 0.1
  if (text === wanted) return 1
  if (text.startsWith(wanted)) return 0.8 + share
  if (text.includes(` ${wanted}`)) return 0.6 + share
  if (text.includes(wanted)) return 0.4 + share
  const telling = tellingLetters(text, wanted) / wanted.length
  return telling < LEAST_TELLING ? 0 : 0.3 * telling + share
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim()

/** How many of the wanted letters, found in order, begin a word or follow the one before; 0 when one is missing. */
function tellingLetters(text: string, wanted: string): number {
  let telling = 0
  let next = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    const at = text.indexOf(letter, next)
    if (at === -1) return 0
    if (at === 0 || text.charAt(at - 1) === ' ' || (at === next && at > 0)) telling++
    next = at + letter.length
  }
  return telling
}
