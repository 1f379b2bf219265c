/** One file from this computer to the server: conflict, scan, temporary name, checks, final name. */
import { endpointUrl } from '../../common/endpoint.ts'
import { remoteBasename } from '../../common/remote-path.ts'
import { DONE, NotAsText, type Job, type JobEnd, type JobTools } from './job.ts'
import { localFileIsText } from './text-detection.ts'
import { appendUpload } from './upload-append.ts'
import { resumeUpload } from './upload-resume.ts'
import { send, TargetAppeared } from './upload-send.ts'
import { clearSource, lookAtSource, type Source } from './upload-source.ts'
import { resolveUploadTarget, type UploadTarget } from './upload-target.ts'

/** @throws what the engine, the gate or the disk throws; nothing then stands under the file's name that was not there before */
export async function upload(job: Job, tools: JobTools): Promise<JobEnd> {
  const source = await lookAtSource(job)
  job.update({ size: source.size })
  switch (job.leased.request.mode) {
    case 'resume':
      return await resumeUpload(job, tools, source)
    case 'append':
      return await appendUpload(job, tools, source)
    case 'whole':
      return await uploadWhole(job, tools, source)
  }
}

async function uploadWhole(job: Job, tools: JobTools, source: Source): Promise<JobEnd> {
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
  const cleared = await clearSource(job, tools, source)
  if ('end' in cleared) return cleared.end
  const { clearance } = cleared
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
