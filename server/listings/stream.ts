/** Listings as bytes, in batches: a folder of a million files takes no more memory than one of a thousand. */
import { hasControls } from '../../common/safe-name.ts'
import type { Facts } from '../files/types.ts'

/** Bytes of text that leave together. */
const BATCH_BYTES = 64 * 1024

/** No command can carry a name with controls either, so it is as if it were not there. */
export function isListable(name: string): boolean {
  return !hasControls(name)
}

/** What may be shown of it; null for nothing. */
export function listable(facts: Facts): Facts | null {
  if (!isListable(facts.name)) return null
  return facts.target === null || isListable(facts.target) ? facts : { ...facts, target: null }
}

/** Lines with CRLF (RFC 959 section 3.1.1.1: lists go as text), of all that can be shown. */
export async function* listingBytes(
  batches: AsyncIterable<readonly Facts[]>,
  line: (facts: Facts) => string | null,
): AsyncGenerator<Buffer> {
  let text = ''
  for await (const batch of batches) {
    for (const facts of batch) {
      const shown = listable(facts)
      const written = shown === null ? null : line(shown)
      if (written === null) continue
      text += `${written}\r\n`
      if (text.length < BATCH_BYTES) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text)
}
