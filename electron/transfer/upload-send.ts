/** The bytes of a whole file to the server: temporary name, checks, final name. */
import { SluiceError } from '../../common/errors.ts'
import { remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Clearance } from '../gate/index.ts'
import { printablePath } from '../local/index.ts'
import { ClearedFile } from './cleared-file.ts'
import { NotAsText, type Job, type JobTools } from './job.ts'
import { ToWire } from './line-ends.ts'
import { withClient, withRetries } from './remote-access.ts'
import { isRefused } from './remote-folders.ts'
import { makeMissingFolder } from './upload-folder.ts'
import { keepModificationTime, placeOnServer } from './upload-finish.ts'
import type { Source } from './upload-source.ts'
import type { UploadTarget } from './upload-target.ts'

/** How long tidying up on the server may take after a failure, ms. */
export const TIDY_MS = 10_000
/** What made the transfer fail may have cut the other connections too, ms. */
export const TIDY_RETRIES: readonly number[] = [300, 1000]
/** A check of the target older than this is repeated before the file gets its name, ms. */
const RECHECK_MS = 5000

/** The target came into being between the check and the end of the upload. */
export class TargetAppeared extends SluiceError {
  constructor(path: string) {
    super('name-refused', `"${printablePath(path)}" appeared on the server meanwhile.`)
  }
}

export interface Sending {
  clearance: Clearance
  type: 'binary' | 'ascii'
  target: UploadTarget
  source: Source
}

/**
 * Sends a cleared file under a temporary name, checks what arrived, and gives it its name. After a failure nothing is left.
 * @throws NotAsText, TargetAppeared, SluiceError 'changed-after-scan', 'size-mismatch', and what the engine throws
 */
export async function send(job: Job, tools: JobTools, sending: Sending): Promise<void> {
  const { leased, pool, signal } = job
  const { endpoint } = leased.request
  const target = job.row.remotePath
  const folder = remoteParent(target)
  // The same in every try: what an earlier one may have left is written over.
  const temporary = leased.part
  const progress = { asked: false, started: false }
  try {
    await withClient(pool, signal, async (client) => {
      job.update({ state: 'transferring', transferType: sending.type, transferred: 0 })
      try {
        await sendBytes(job, client, temporary, sending, progress)
      } catch (error) {
        if (progress.started || !isRefused(error) || !client.isOpen || signal.aborted) throw error
        if (!(await makeMissingFolder(job, tools, client, folder))) throw error
        await sendBytes(job, client, temporary, sending, progress)
      }
      job.update({ state: 'verifying' })
      await keepModificationTime(client, temporary, sending.source.modified, signal)
      if (!sending.target.replace && Date.now() - sending.target.checkedAt > RECHECK_MS) {
        if ((await client.stat1(target, { signal })) !== null) throw new TargetAppeared(target)
      }
      await placeOnServer(client, temporary, target, sending.target.replace, signal)
    })
  } catch (error) {
    tools.folders.forget(endpoint, folder)
    // Servers make the file when they are asked, before the first byte; one that refused has made none.
    if (progress.started || (progress.asked && !isRefused(error))) await tidy(job, temporary)
    throw error
  }
  tools.folders.added(endpoint, folder, remoteBasename(target), {
    type: 'file',
    size: sending.clearance.bytes,
    modified: Date.now(),
  })
}

/** Sends under the temporary name and compares what the server has with what was sent. */
async function sendBytes(
  job: Job,
  client: FtpClient,
  temporary: string,
  { clearance, type }: Sending,
  progress: { asked: boolean; started: boolean },
): Promise<void> {
  const { signal, row } = job
  const wire = type === 'ascii' ? new ToWire() : null
  async function* source(): AsyncGenerator<Buffer, void, void> {
    progress.started = true
    let transferred = 0
    for await (const chunk of new ClearedFile(row.localPath, clearance).rest()) {
      yield wire ? wire.convert(chunk) : chunk
      transferred += chunk.length
      job.update({ transferred })
    }
  }
  progress.asked = true
  const { bytes } = await client.upload(temporary, source(), { type, signal })
  // SIZE in type ASCII may be refused, wrong or slow: the engine asks in binary.
  const stored = await client.size(temporary, { signal })
  if (stored === null) return
  if (wire) {
    // A server that calls itself Unix and keeps CR LF has not converted; what was meant as text would be damaged.
    const raw = wire.changed > 0 && stored === bytes && /unix/i.test(client.system ?? '')
    if (raw && job.leased.request.transferType === 'auto') throw new NotAsText()
  } else if (stored !== bytes) {
    throw new SluiceError(
      'size-mismatch',
      `The server kept ${stored} of the ${bytes} bytes of "${printablePath(row.remotePath)}". Retry to upload it again.`,
    )
  }
}

/** Deletes a temporary file from the server, as well as it can; gives whether it is gone. */
export async function tidy(job: Job, temporary: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(TIDY_MS)
    await withRetries(TIDY_RETRIES, signal, () =>
      withClient(job.pool, signal, (client) => client.remove(temporary, { signal })),
    )
    return true
  } catch (error) {
    // A refusal means that there is none; anything else, that nobody knows.
    const refused = isRefused(error)
    if (!refused) job.partStays()
    return refused
  }
}
