/** Reading local files that others may change or replace at any moment. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { SluiceError } from '../../common/errors.ts'
import { localError, printablePath } from '../local/index.ts'

/** Measured: two reads of 1 MiB in flight keep disk and socket busy; more gains nothing. */
const BLOCK_BYTES = 1024 * 1024
/** One block is being sent, one waits, one is being read: the engine holds a chunk until it asks for the one after the next. */
const BLOCKS = 3

/**
 * Opens a regular file; waits for no writer of a pipe that took its place, and follows no link.
 * @throws SluiceError a local code
 */
export async function openPlain(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw localError(error, 'read', path)
  }
}

/**
 * Gives the bytes from `start` up to `end`, the next block being read meanwhile. Chunks are views into buffers that are
 * used again when the chunk after the next is asked for.
 * @param short makes the error for a file that ends before
 * @throws what the system throws when reading fails
 */
export async function* readRange(
  file: FileHandle,
  { start, end }: { start: number; end: number },
  short: () => SluiceError,
): AsyncGenerator<Buffer, void, void> {
  const blocks: Buffer[] = []
  const reads: Promise<Buffer>[] = []
  const wanted = Math.ceil((end - start) / BLOCK_BYTES)
  const startRead = (index: number): void => {
    if (index >= wanted) return
    const from = start + index * BLOCK_BYTES
    const length = Math.min(BLOCK_BYTES, end - from)
    const block = (blocks[index % BLOCKS] ??= Buffer.allocUnsafe(length))
    const read = readWhole(file, block.subarray(0, length), from, short)
    // Awaited in its turn; if an earlier one fails nobody looks at it.
    read.catch(() => undefined)
    reads.push(read)
  }
  try {
    startRead(0)
    for (let index = 0; index < wanted; index++) {
      startRead(index + 1)
      const chunk = await reads.shift()
      if (chunk) yield chunk
    }
  } finally {
    // A read in flight must not meet a closed (and possibly reused) descriptor.
    await Promise.allSettled(reads)
  }
}

async function readWhole(file: FileHandle, block: Buffer, from: number, short: () => SluiceError): Promise<Buffer> {
  for (let done = 0; done < block.length;) {
    const { bytesRead } = await file.read(block, done, block.length - done, from + done)
    if (bytesRead === 0) throw short()
    done += bytesRead
  }
  return block
}

/** The error for a file whose bytes are not those that were scanned. */
export function changedAfterScan(path: string): SluiceError {
  return new SluiceError(
    'changed-after-scan',
    `"${printablePath(path)}" was changed after it had been scanned, so it was not uploaded. Retry to scan and send it as it is now.`,
  )
}
