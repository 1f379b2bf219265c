/**
 * The rest of a file whose beginning is on the server. The whole file is scanned; then the beginning goes out of sight
 * under a temporary name, gets the rest, and comes back. However it fails, only cleared bytes get the name again.
 */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import { remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import { printablePath } from '../local/index.ts'
import { ClearedFile } from './cleared-file.ts'
import { DONE, folderInTheWay, SKIPPED, type Job, type JobEnd, type JobTools } from './job.ts'
import { changedAfterScan } from './plain-file.ts'
import { withClient, withRetries } from './remote-access.ts'
import { lookAtStored, storedSize } from './stored-file.ts'
import { keepModificationTime, placeOnServer } from './upload-finish.ts'
import { send, TargetAppeared, tidy, TIDY_MS, TIDY_RETRIES } from './upload-send.ts'
import { clearSource, type Source } from './upload-source.ts'
import { NOT_THERE } from './upload-target.ts'

/** @throws what the engine, the gate or the disk throws; the beginning then stands under its name, perhaps longer */
export async function resumeUpload(job: Job, tools: JobTools, source: Source): Promise<JobEnd> {
  const path = job.row.remotePath
  const stored = await lookAtStored(job)
  if (stored?.type === 'dir') return folderInTheWay(path)
  if (stored?.type === 'link') return refuse(`"${printablePath(path)}" is a link on the server; resume needs the file.`)
  const offset = stored?.size ?? null
  // A try before this one may have sent the last byte and lost only the answer: then it is scanned, and done.
  if (offset === source.size && job.leased.attempts === 0) return SKIPPED
  if (offset !== null && offset > source.size)
    return refuse(
      `"${printablePath(path)}" has ${offset} bytes on the server, more than the ${source.size} here: it cannot be the beginning. Upload the whole file.`,
    )
  const cleared = await clearSource(job, tools, source)
  if ('end' in cleared) return cleared.end
  const { clearance } = cleared
  if (offset === null) {
    await send(job, tools, { clearance, type: 'binary', target: NOT_THERE, source })
    return DONE
  }
  if (clearance.bytes === offset && offset === source.size) {
    job.update({ transferred: offset, resumedFrom: offset })
    return DONE
  }
  if (clearance.bytes <= offset) throw changedAfterScan(job.row.localPath)
  const file = new ClearedFile(job.row.localPath, clearance)
  // Before the server is asked for anything: a long beginning takes longer to read than a data connection may be idle.
  await file.skip(offset, job.signal)
  return await sendRest(job, tools, { file, offset, bytes: clearance.bytes, source })
}

function refuse(message: string): JobEnd {
  return { state: 'failed', error: { code: 'size-mismatch', message } }
}

interface Rest {
  file: ClearedFile
  /** Bytes on the server. */
  offset: number
  /** Bytes of the whole file. */
  bytes: number
  source: Source
}

async function sendRest(job: Job, tools: JobTools, rest: Rest): Promise<JobEnd> {
  const { leased, pool, signal } = job
  const { endpoint } = leased.request
  const target = job.row.remotePath
  const temporary = leased.part
  const folder = remoteParent(target)
  let aside = false
  try {
    await withClient(pool, signal, async (client) => {
      // A try that was cut off may still be arriving there; what it brought is cleared, and need not be sent again.
      const offset = await storedSize(client, target, signal)
      if (offset < rest.offset || offset >= rest.bytes)
        throw new SluiceError(
          'size-mismatch',
          `"${printablePath(target)}" grew or shrank on the server meanwhile, from ${rest.offset} to ${offset} bytes. Retry.`,
        )
      await rest.file.skip(offset, signal)
      // From here on it may be out of sight, also when the answer to the renaming is lost.
      aside = true
      try {
        await client.rename(target, temporary, { signal })
      } catch (error) {
        aside = !client.isOpen || signal.aborted
        throw error
      }
      job.update({ state: 'transferring', transferType: 'binary', transferred: offset, resumedFrom: offset })
      await sendBytes(job, client, rest.file, offset)
      job.update({ state: 'verifying' })
      const stored = await storedSize(client, temporary, signal)
      if (stored !== rest.bytes)
        throw new SluiceError(
          'size-mismatch',
          `The server has ${stored} bytes of "${printablePath(target)}" instead of ${rest.bytes}. Upload the whole file.`,
        )
      if ((await client.stat1(target, { signal })) !== null) throw new TargetAppeared(target)
      await keepModificationTime(client, temporary, rest.source.modified, signal)
      await placeOnServer(client, temporary, target, false, signal)
    })
  } catch (error) {
    tools.folders.forget(endpoint, folder)
    const stranded = aside ? await comeBack(job, rest.file, error) : null
    if (!stranded) throw error
    // Who cancelled must hear of it too.
    if (signal.aborted) return { state: 'cancelled', error: stranded.toData() }
    throw stranded
  }
  const file = { type: 'file', size: rest.bytes, modified: Date.now() } as const
  tools.folders.added(endpoint, folder, remoteBasename(target), file)
  return DONE
}

/** REST and STOR (RFC 3659 section 5); APPE where the server does not take them, which the check of the size allows. */
async function sendBytes(job: Job, client: FtpClient, file: ClearedFile, offset: number): Promise<void> {
  const { signal, leased } = job
  let started = false
  async function* source(): AsyncGenerator<Buffer, void, void> {
    started = true
    let transferred = offset
    for await (const chunk of file.rest()) {
      yield chunk
      transferred += chunk.length
      job.update({ transferred })
    }
  }
  try {
    await client.upload(leased.part, source(), { type: 'binary', signal, offset })
  } catch (error) {
    const refused = error instanceof SluiceError && error.reply !== undefined && error.reply.code >= 450
    if (started || !refused || !client.isOpen) throw error
    await client.append(leased.part, source(), { type: 'binary', signal })
  }
}

/**
 * After a failure: the file gets its name back, as long as it is, so that nothing is lost and the next try goes on from
 * there. But only if what was sent is what was scanned, which the rest of the local file proves; else it is deleted.
 * @returns the error that tells of a file that had to be deleted or could not be named back; null when all is in order
 */
async function comeBack(job: Job, file: ClearedFile, error: unknown): Promise<SluiceError | null> {
  const target = job.row.remotePath
  const temporary = job.leased.part
  const failure = toErrorData(error)
  if (!(await file.confirm())) {
    const gone = await tidy(job, temporary)
    const what = gone ? 'was deleted' : `is now named "${printablePath(temporary)}" and should be deleted`
    return new SluiceError(
      'changed-after-scan',
      `"${printablePath(job.row.localPath)}" was changed after it had been scanned. What the server had of it ${what}, since bytes nobody scanned had got into it. Upload the whole file.`,
      { cause: error },
    )
  }
  const signal = AbortSignal.timeout(TIDY_MS)
  try {
    const back = async (client: FtpClient): Promise<void> => {
      // Both there: somebody else made a new one. Only the target: it was never out of sight, or is back already.
      if ((await client.stat1(target, { signal })) === null) await client.rename(temporary, target, { signal })
      else if ((await client.stat1(temporary, { signal })) !== null) throw new TargetAppeared(target)
    }
    await withRetries(TIDY_RETRIES, signal, () => withClient(job.pool, signal, back))
    return null
  } catch (cause) {
    job.partStays()
    const message = `${failure.message} The unfinished file is now named "${printablePath(temporary)}" on the server: ${toErrorData(cause).message}`
    return SluiceError.fromData({ ...failure, message })
  }
}
