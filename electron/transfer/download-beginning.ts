/**
 * The local file that a resumed download goes on from. Its bytes are copied into the part file and scanned with the rest,
 * so that the verdict is about the whole file; the local file itself stays as it is until then.
 */
import { SluiceError } from '../../common/errors.ts'
import { localError, printablePath, statLocal, type PartFile } from '../local/index.ts'
import type { ScanStream } from '../gate/index.ts'
import { ScanFailed } from './download-receive.ts'
import { folderInTheWay, SKIPPED, type Job, type JobEnd } from './job.ts'
import { openPlain, readRange } from './plain-file.ts'
import { lookAtStored } from './stored-file.ts'

export interface Beginning {
  path: string
  size: number
  /** ms since the epoch */
  modified: number | null
}

/**
 * Compares the local file with the remote one.
 * @returns null when there is no local file: then the whole is wanted
 * @throws SluiceError 'not-found', 'unsupported' when the server does not tell the size
 */
export async function findBeginning(
  job: Job,
  path: string,
): Promise<{ beginning: Beginning | null } | { end: JobEnd }> {
  const remotePath = job.row.remotePath
  const stored = await lookAtStored(job)
  if (stored === null)
    throw new SluiceError('not-found', `"${printablePath(remotePath)}" does not exist on the server.`)
  if (stored.size === null) throw new SluiceError('bad-argument', `"${printablePath(remotePath)}" is a folder.`)
  job.update({ size: stored.size })
  const local = await statLocal(path, path)
  if (local === null) return { beginning: null }
  if (local.type === 'dir') return { end: folderInTheWay(path) }
  if (local.type !== 'file')
    throw new SluiceError('local-exists', `"${printablePath(path)}" is not a plain file; resume needs one.`)
  const size = local.size ?? 0
  if (size === stored.size) return { end: SKIPPED }
  if (size > stored.size)
    throw new SluiceError(
      'size-mismatch',
      `"${printablePath(path)}" has ${size} bytes, more than the ${stored.size} on the server: it cannot be the beginning. Download the whole file.`,
    )
  return { beginning: { path, size, modified: local.modified } }
}

/** @throws ScanFailed, SluiceError 'local-io' when the file is shorter by now, other local codes */
export async function copyBeginning(
  job: Job,
  beginning: Beginning,
  { part, scan }: { part: PartFile; scan: ScanStream },
): Promise<void> {
  const { path, size } = beginning
  const file = await openPlain(path)
  try {
    for await (const chunk of readRange(file, { start: 0, end: size }, () => changed(path))) {
      job.signal.throwIfAborted()
      if (scan.failure) throw new ScanFailed(scan.failure)
      await Promise.all([part.write(chunk), scan.write(chunk)])
      if (!scan.unscanned) job.update({ scanned: part.bytes })
    }
  } catch (error) {
    throw localError(error, 'read', path)
  } finally {
    await file.close()
  }
}

/** Before it is replaced: somebody may have gone on with it meanwhile. @throws SluiceError 'local-io' */
export async function checkBeginning({ path, size, modified }: Beginning): Promise<void> {
  const now = await statLocal(path, path)
  if (now?.type !== 'file' || now.size !== size || now.modified !== modified) throw changed(path)
}

function changed(path: string): SluiceError {
  return new SluiceError(
    'local-io',
    `"${printablePath(path)}" was changed during the download; it stays as it is. Retry.`,
  )
}
