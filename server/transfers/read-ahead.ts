/** Reads a file ahead of the network: while two buffers are on their way out, two are being filled. */
import { BUFFER_BYTES, returnBuffer, takeBuffer } from '../data/index.ts'
import type { ReadFile } from '../files/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'

/** Reads under way at a time. */
const AHEAD = 2
/** Those read, and those that the data connection may still hold (`DataConnection.send`). */
const BUFFERS = AHEAD + 2

/**
 * The file's bytes from `start` to its end as it was when it was opened, in chunks of at most `chunkBytes`. A chunk is
 * used again when the next but one is asked for.
 * @throws ReplyError 451 the file got shorter meanwhile, or what `read` throws
 */
export async function* readAhead(file: ReadFile, start: number, chunkBytes = BUFFER_BYTES): AsyncGenerator<Buffer> {
  const size = Math.min(chunkBytes, BUFFER_BYTES)
  const buffers: Buffer[] = []
  const reads: { buffer: Buffer; length: number; done: Promise<number> }[] = []
  let position = start
  let turn = 0

  function readNext(): void {
    const length = Math.min(size, file.size - position)
    if (length <= 0) return
    const buffer = (buffers[turn] ??= takeBuffer())
    turn = (turn + 1) % BUFFERS
    const done = fill(file, buffer.subarray(0, length), position)
    // It may fail while the one before is still being sent; whoever awaits it hears of it.
    done.catch(() => {})
    reads.push({ buffer, length, done })
    position += length
  }

  try {
    while (reads.length < AHEAD && position < file.size) readNext()
    for (;;) {
      const read = reads.shift()
      if (read === undefined) return
      if ((await read.done) < read.length) throw new ReplyError(451, 'The file got shorter while it was sent.')
      readNext()
      yield read.buffer.subarray(0, read.length)
    }
  } finally {
    // The disk may still write into them.
    await Promise.allSettled(reads.map(({ done }) => done))
    for (const buffer of buffers) returnBuffer(buffer)
  }
}

/** Disks may give less than was asked for without being at the end. */
async function fill(file: ReadFile, buffer: Buffer, position: number): Promise<number> {
  let filled = 0
  while (filled < buffer.length) {
    const read = await file.read(buffer.subarray(filled), position + filled)
    if (read === 0) break
    filled += read
  }
  return filled
}
