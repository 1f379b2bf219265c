/**
 * Adds a file to the end of one on the server (APPE). What is added cannot be taken back, so only a private copy whose hash
 * is the scanned one is ever sent, and a broken attempt is never repeated by itself: it would add the same again.
 */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import { remoteParent } from '../../common/remote-path.ts'
import type { Clearance } from '../gate/index.ts'
import { printablePath } from '../local/index.ts'
import { DONE, folderInTheWay, type Job, type JobEnd, type JobTools } from './job.ts'
import { withClient, withRetries } from './remote-access.ts'
import { Spool } from './spool.ts'
import { lookAtStored, storedSize } from './stored-file.ts'
import { send, TIDY_MS, TIDY_RETRIES } from './upload-send.ts'
import { clearSource, type Source } from './upload-source.ts'
import { NOT_THERE } from './upload-target.ts'

/** @throws what the engine, the gate or the disk throws, as long as nothing was sent */
export async function appendUpload(job: Job, tools: JobTools, source: Source): Promise<JobEnd> {
  const stored = await lookAtStored(job)
  if (stored?.type === 'dir') return folderInTheWay(job.row.remotePath)
  const cleared = await clearSource(job, tools, source)
  if ('end' in cleared) return cleared.end
  const { clearance } = cleared
  if (stored !== null) return await append(job, tools, clearance)
  try {
    await send(job, tools, { clearance, type: 'binary', target: NOT_THERE, source })
    return DONE
  } catch (error) {
    // Even this is not repeated: had only the answer to the last command been lost, the file would be there already.
    return await brokenOff(job, null, error)
  }
}

async function append(job: Job, tools: JobTools, clearance: Clearance): Promise<JobEnd> {
  const { pool, signal, leased } = job
  const target = job.row.remotePath
  const spool = await Spool.fill(job.row.localPath, clearance, signal)
  let before: number | null = null
  try {
    await withClient(pool, signal, async (client) => {
      const size = await storedSize(client, target, signal)
      job.update({ state: 'transferring', transferType: 'binary', transferred: 0 })
      signal.throwIfAborted()
      before = size
      await client.append(target, spool.read(), {
        type: 'binary',
        signal,
        onProgress: (transferred) => job.update({ transferred }),
      })
      job.update({ state: 'verifying' })
      const after = await storedSize(client, target, signal)
      if (after !== size + spool.bytes)
        throw new SluiceError('size-mismatch', `${spool.bytes} bytes were added to "${printablePath(target)}".`)
    })
    return DONE
  } catch (error) {
    if (before === null) throw error
    return await brokenOff(job, before, error)
  } finally {
    tools.folders.forget(leased.request.endpoint, remoteParent(target))
    await spool.discard()
  }
}

/**
 * The end of a row whose file may have been added in part.
 * @param before bytes on the server before that; null: there was no such file
 */
async function brokenOff(job: Job, before: number | null, error: unknown): Promise<JobEnd> {
  const { pool, row } = job
  const { code, message, ...reply } = toErrorData(error)
  const name = printablePath(row.remotePath)
  let now: string
  try {
    const signal = AbortSignal.timeout(TIDY_MS)
    const stored = await withRetries(TIDY_RETRIES, signal, () => lookAtStored({ pool, row, signal }))
    now = stored ? `It has ${stored.size ?? 0} bytes now` : 'It is not there now'
  } catch (cause) {
    now = `How long it is now the server does not tell (${toErrorData(cause).message})`
  }
  const was = before === null ? 'was not there' : `had ${before} bytes`
  const advice = 'Look at it before you retry: the whole file would be added again.'
  return {
    state: job.signal.aborted ? 'cancelled' : 'failed',
    error: { code, message: `${message} "${name}" ${was} before. ${now}. ${advice}`, ...reply },
  }
}
