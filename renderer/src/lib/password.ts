/** Without letters and digits that look alike (0 O, 1 l I), since people type these off a screen. */
const SIGNS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const GROUPS = 4
const GROUP = 4

/**
 * A password for somebody else: four groups of four signs with a dash between them, about 93 bits.
 * @param fill puts random bytes into an array, as `crypto.getRandomValues`
 */
export function randomPassword(
  fill: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  // Bytes beyond the largest multiple would make the first signs likelier than the others.
  const most = 256 - (256 % SIGNS.length)
  let text = ''
  while (text.length < GROUPS * GROUP) {
    for (const byte of fill(new Uint8Array(32))) {
      if (byte < most && text.length < GROUPS * GROUP) text += SIGNS[byte % SIGNS.length] ?? ''
    }
  }
  return Array.from({ length: GROUPS }, (_, index) => text.slice(index * GROUP, (index + 1) * GROUP)).join('-')
}
