/** A local file as an upload reads it: hashed on the way and held against what was scanned. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { SluiceError } from '../../common/errors.ts'
import type { Clearance } from '../gate/index.ts'
import { localError, printablePath } from '../local/index.ts'

/** Measured: two reads of 1 MiB in flight keep disk and socket busy; more gains nothing. */
const BLOCK_BYTES = 1024 * 1024
/** One block is being sent, one waits, one is being read: the engine holds a chunk until it asks for the one after the next. */
const BLOCKS = 3

/**
 * Gives the file's bytes and fails at the end unless they are exactly those that were cleared: the same number, the
 * same hash (scan, then swap). Chunks are views into buffers that are used again.
 * @throws SluiceError 'changed-after-scan', or a local code when the file cannot be read
 */
export async function* clearedBytes(path: string, clearance: Clearance): AsyncGenerator<Buffer, void, void> {
  const file = await openPlain(path)
  const reads: Promise<Buffer>[] = []
  try {
    const hash = createHash('sha256')
    const blocks: Buffer[] = []
    const wanted = Math.max(1, Math.ceil(clearance.bytes / BLOCK_BYTES))
    const startRead = (index: number): void => {
      if (index >= wanted) return
      const start = index * BLOCK_BYTES
      const length = Math.min(BLOCK_BYTES, clearance.bytes - start)
      const block = (blocks[index % BLOCKS] ??= Buffer.allocUnsafe(length))
      const read = readWhole(file, block.subarray(0, length), start, path)
      // Awaited in its turn; if an earlier one fails nobody looks at it.
      read.catch(() => undefined)
      reads.push(read)
    }
    startRead(0)
    for (let index = 0; index < wanted; index++) {
      startRead(index + 1)
      const chunk = await reads.shift()
      if (!chunk) break
      hash.update(chunk)
      if (chunk.length > 0) yield chunk
    }
    const { bytesRead } = await file.read(Buffer.allocUnsafe(1), 0, 1, clearance.bytes)
    if (bytesRead > 0 || hash.digest('hex') !== clearance.sha256) throw changed(path)
  } catch (error) {
    throw localError(error, 'read', path)
  } finally {
    // A read in flight must not meet a closed (and possibly reused) descriptor.
    await Promise.allSettled(reads)
    await file.close()
  }
}

/** Opens a regular file; waits for no writer of a pipe that took its place, and follows no link. */
async function openPlain(path: string): Promise<FileHandle> {
  try {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    return await open(path, flags)
  } catch (error) {
    throw localError(error, 'read', path)
  }
}

async function readWhole(file: FileHandle, block: Buffer, position: number, path: string): Promise<Buffer> {
  for (let done = 0; done < block.length;) {
    const { bytesRead } = await file.read(block, done, block.length - done, position + done)
    if (bytesRead === 0) throw changed(path)
    done += bytesRead
  }
  return block
}

function changed(path: string): SluiceError {
  return new SluiceError(
    'changed-after-scan',
    `"${printablePath(path)}" was changed after it had been scanned, so it was not uploaded. Retry to scan and send it as it is now.`,
  )
}
