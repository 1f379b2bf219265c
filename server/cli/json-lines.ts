/** Results as JSON, one object a line, however many there are. */
import type { Writable } from 'node:stream'

/**
 * Asks for the next batch when the output has taken the one before: a slow reader costs no memory. A reader who goes
 * ends it.
 * @throws what the batches throw
 */
export async function writeJsonLines(batches: AsyncIterable<readonly unknown[]>, output: Writable): Promise<void> {
  for await (const batch of batches) {
    const text = batch.map((value) => `${JSON.stringify(value)}\n`).join('')
    if (!(await taken(output, text))) return
  }
}

/** False when there is nobody to take it; the output's own `error` tells why. */
function taken(output: Writable, text: string): Promise<boolean> {
  return new Promise((resolve) => output.write(text, (error) => resolve(error === null || error === undefined)))
}
