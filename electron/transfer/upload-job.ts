/** One file from this computer to the server: conflict, scan, temporary name, checks, final name. */
import { endpointUrl } from '../../common/endpoint.ts'
import { SluiceError } from '../../common/errors.ts'
import { remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Clearance } from '../gate/index.ts'
import { printablePath, statLocal } from '../local/index.ts'
import { DONE, NotAsText, refusedByScan, scanFacts, type Job, type JobEnd, type JobTools } from './job.ts'
import { ToWire } from './line-ends.ts'
import { withClient } from './remote-access.ts'
import { localFileIsText } from './text-detection.ts'
import { keepModificationTime, placeOnServer } from './upload-finish.ts'
import { clearedBytes } from './upload-source.ts'
import { resolveUploadTarget, type UploadTarget } from './upload-target.ts'

/** How long tidying up on the server may take after a failure, ms. */
const TIDY_MS = 10_000
/** A check of the target older than this is repeated before the file gets its name, ms. */
const RECHECK_MS = 5000

interface Source {
  size: number
  modified: number | null
}

/** @throws what the engine, the gate or the disk throws; nothing then stands under the file's name that was not there before */
export async function upload(job: Job, tools: JobTools): Promise<JobEnd> {
  const source = await lookAt(job)
  job.update({ size: source.size })

  const target = await resolveUploadTarget(job, tools, source)
  if (target.end) return target.end
  try {
    return await scanAndSend(job, tools, source, target)
  } catch (error) {
    if (!(error instanceof TargetAppeared)) throw error
  } finally {
    target.release?.()
  }
  // Once more from the start: the policy has something to decide now.
  return await upload(job, tools)
}

async function scanAndSend(job: Job, tools: JobTools, source: Source, target: UploadTarget): Promise<JobEnd> {
  const { endpoint } = job.leased.request
  job.update({ state: 'scanning' })
  const outcome = await tools.gate.scanFile(job.row.localPath, {
    signal: job.signal,
    onProgress: (scanned) => job.update({ scanned }),
  })
  job.update(scanFacts(outcome.report))
  if (!outcome.passes) return refusedByScan(tools.gate, outcome, job.row.localPath, source.size)

  const { clearance } = outcome
  const type = await decideType(job, tools)
  try {
    await send(job, tools, { clearance, type, target, source })
  } catch (error) {
    if (!(error instanceof NotAsText)) throw error
    tools.rawText.add(endpointUrl(endpoint))
    await send(job, tools, { clearance, type: 'binary', target, source })
  }
  return DONE
}

async function decideType(job: Job, tools: JobTools): Promise<'binary' | 'ascii'> {
  const { transferType, endpoint } = job.leased.request
  if (transferType !== 'auto') return transferType
  if (tools.rawText.has(endpointUrl(endpoint))) return 'binary'
  return (await localFileIsText(job.row.localPath, remoteBasename(job.row.remotePath))) ? 'ascii' : 'binary'
}

/** The target came into being between the check and the end of the upload. */
class TargetAppeared extends SluiceError {
  constructor(path: string) {
    super('name-refused', `"${printablePath(path)}" appeared on the server meanwhile.`)
  }
}

async function lookAt(job: Job): Promise<Source> {
  const path = job.row.localPath
  const entry = await statLocal(path, path)
  if (entry === null) throw new SluiceError('local-not-found', `"${printablePath(path)}" does not exist any more.`)
  if (entry.type !== 'file')
    throw new SluiceError('local-io', `"${printablePath(path)}" is not a file any more; it was not uploaded.`)
  return { size: entry.size ?? 0, modified: entry.modified }
}

interface Sending {
  clearance: Clearance
  type: 'binary' | 'ascii'
  target: UploadTarget
  source: Source
}

async function send(job: Job, tools: JobTools, sending: Sending): Promise<void> {
  const { leased, pool, signal } = job
  const { endpoint } = leased.request
  const target = job.row.remotePath
  const folder = remoteParent(target)
  // The same in every try: what an earlier one may have left is written over.
  const temporary = leased.part
  const progress = { started: false }
  try {
    await withClient(pool, signal, async (client) => {
      job.update({ state: 'transferring', transferType: sending.type, transferred: 0 })
      await sendBytes(job, client, temporary, sending, progress)
      job.update({ state: 'verifying' })
      await keepModificationTime(client, temporary, sending.source.modified, signal)
      if (!sending.target.replace && Date.now() - sending.target.checkedAt > RECHECK_MS) {
        if ((await client.stat1(target, { signal })) !== null) throw new TargetAppeared(target)
      }
      await placeOnServer(client, temporary, target, sending.target.replace, signal)
    })
  } catch (error) {
    tools.folders.forget(endpoint, folder)
    if (progress.started) await tidy(job, temporary)
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
  progress: { started: boolean },
): Promise<void> {
  const { signal, row } = job
  const wire = type === 'ascii' ? new ToWire() : null
  async function* source(): AsyncGenerator<Buffer, void, void> {
    progress.started = true
    let transferred = 0
    for await (const chunk of clearedBytes(row.localPath, clearance)) {
      yield wire ? wire.convert(chunk) : chunk
      transferred += chunk.length
      job.update({ transferred })
    }
  }
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

/** Deletes a temporary file from the server, as well as it can. */
async function tidy(job: Job, temporary: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(TIDY_MS)
    await withClient(job.pool, signal, (client) => client.remove(temporary, { signal }))
  } catch (error) {
    // A refusal means that there is none; anything else, that nobody knows.
    if (!(error instanceof SluiceError) || error.reply === undefined || error.reply.code < 500) job.partStays()
  }
}
