/**
 * Text as it goes over the wire: UTF-8 (RFC 2640). Servers that keep names in some older encoding send bytes that are
 * not UTF-8; such a byte becomes one lone surrogate (U+DC80 to U+DCFF), so that the same bytes go back when the name is
 * used in a command.
 */
import { isUtf8 } from 'node:buffer'

const ESCAPE_BASE = 0xdc00

/** Decodes bytes from the server; never fails. */
export function decodeText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeBroken(bytes)
}

/** Encodes text for the server: the exact reverse of `decodeText`. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.of(code - ESCAPE_BASE) : Buffer.from(character, 'utf8'))
  }
  return Buffer.concat(parts)
}

function decodeBroken(bytes: Buffer): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0)
    const sequence = bytes.subarray(at, at + length)
    if (sequence.length === length && isUtf8(sequence)) {
      text += sequence.toString('utf8')
      at += length
    } else {
      text += String.fromCharCode(ESCAPE_BASE + (bytes[at] ?? 0))
      at += 1
    }
  }
  return text
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}
