/** Big buffers for the bytes on their way, used again and again so that transfers leave no garbage behind. */

/** Big enough that neither system calls nor turns of the event loop are what a transfer costs. */
export const BUFFER_BYTES = 256 * 1024

/** What is kept for later: 16 MiB at most. */
const MAX_FREE = 64
const free: Buffer[] = []

/** A buffer of BUFFER_BYTES with anything in it. */
export function takeBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
}

/** Gives a buffer back that nobody reads or writes any more. */
export function returnBuffer(buffer: Buffer): void {
  if (free.length < MAX_FREE) free.push(buffer)
}
