/** Reading the files that are to be scanned. */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { SluiceError } from '../../common/errors.ts'

/** Bytes per read; two are in turn, one read while the other is sent. */
const BLOCK = 1024 * 1024

/** Opens a regular file for reading. Throws `local-not-found`, `local-permission` or `local-io`. */
export async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle | null = null
  try {
    // Without O_NONBLOCK the open of a named pipe would wait for its writer, perhaps for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    if ((await file.stat()).isFile()) return file
  } catch (cause) {
    await file?.close()
    throw localError(path, cause)
  }
  await file.close()
  throw new SluiceError('local-io', `${path} is not a regular file and cannot be scanned.`)
}

/**
 * Reads to the end and hands every block to `sink`, the next one being read meanwhile; a block's memory is used again
 * only when the sink's promise has settled. Throws what the sink throws and `local-io`.
 */
export async function readBlocks(
  file: FileHandle,
  path: string,
  size: number,
  sink: (block: Buffer) => Promise<void>,
): Promise<void> {
  // One byte more than the size, so that the read of a small file sees its end at once.
  const length = Math.min(BLOCK, size + 1)
  let filling = Buffer.allocUnsafeSlow(length)
  let sending = Buffer.allocUnsafeSlow(length)
  let sent: Promise<void> = Promise.resolve()
  for (;;) {
    const { bytesRead } = await file.read(filling, 0, length, null).catch((cause: unknown) => {
      throw localError(path, cause)
    })
    await sent
    if (bytesRead === 0) return
    ;[filling, sending] = [sending, filling]
    sent = sink(sending.subarray(0, bytesRead))
    // Met at the next turn; until then its failure must not count as unheard.
    sent.catch(() => {})
  }
}

/** A disk's error as the house's error. */
export function localError(path: string, cause: unknown): SluiceError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SluiceError('local-not-found', `${path} is not there.`, { cause })
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SluiceError('local-permission', `${path}: the system does not permit it.`, { cause })
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SluiceError('local-disk-full', `The disk is full: ${path} cannot be written.`, { cause })
  }
  const words = cause instanceof Error ? cause.message : String(cause)
  return new SluiceError('local-io', `${path} cannot be used: ${words}`, { cause })
}
