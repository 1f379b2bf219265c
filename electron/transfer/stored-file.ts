/** What is known of a file on the server that is to be gone on with: here a guess about its length would cost data. */
import { SluiceError } from '../../common/errors.ts'
import type { EntryType } from '../../common/models.ts'
import type { FtpClient } from '../ftp/index.ts'
import { printablePath } from '../local/index.ts'
import { withClient } from './remote-access.ts'
import type { Job } from './job.ts'

export interface StoredFile {
  type: EntryType
  /** Bytes; null for a folder. */
  size: number | null
}

/**
 * Asks the server, whatever a listing said some time ago.
 * @returns null when nothing is there
 * @throws SluiceError 'unsupported' when the server does not tell the size
 */
export function lookAtStored({ pool, signal, row }: Pick<Job, 'pool' | 'signal' | 'row'>): Promise<StoredFile | null> {
  const path = row.remotePath
  return withClient(pool, signal, async (client) => {
    const entry = await client.stat1(path, { signal })
    if (entry === null) return null
    if (entry.type === 'dir') return { type: 'dir', size: null }
    // A link's own size is that of its text.
    const size = entry.type === 'file' && entry.size !== null ? entry.size : await client.size(path, { signal })
    if (size === null) throw sizeUntold(path)
    return { type: entry.type, size }
  })
}

/** Bytes of the file now. @throws SluiceError 'unsupported' when the server does not tell */
export async function storedSize(client: FtpClient, path: string, signal: AbortSignal): Promise<number> {
  const size = await client.size(path, { signal })
  if (size === null) throw sizeUntold(path)
  return size
}

function sizeUntold(path: string): SluiceError {
  return new SluiceError(
    'unsupported',
    `The server does not tell how long "${printablePath(path)}" is, so nothing can be added to it safely. Transfer the whole file.`,
  )
}
