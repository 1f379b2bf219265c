/** One file from the server to this computer: conflict, part file and scan at once, checks, verdict, final name. */
import { basename, dirname, join } from 'node:path'
import { endpointUrl, remoteUrl } from '../../common/endpoint.ts'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ScanReport } from '../../common/models.ts'
import { remoteBasename } from '../../common/remote-path.ts'
import type { GateOutcome, ScanStream } from '../gate/index.ts'
import { containedFolder, PartFile, printablePath, removePart, safeLocalName } from '../local/index.ts'
import { checkBeginning, copyBeginning, findBeginning, type Beginning } from './download-beginning.ts'
import { receive, ScanFailed } from './download-receive.ts'
import { placeOnDisk, resolveDownloadTarget } from './download-target.ts'
import { NotAsText, refusedByScan, scanFacts, type Job, type JobEnd, type JobTools } from './job.ts'
import { namePromisesText } from './text-detection.ts'

/** @throws what the engine or the disk throws; nothing then stands under the file's name that was not there before */
export async function download(job: Job, tools: JobTools): Promise<JobEnd> {
  const { leased } = job
  // Checked here and not only when planned: this is the moment of use.
  const name = safeLocalName(basename(job.row.localPath))
  const folder = await containedFolder(leased.request.targetFolder, dirname(job.row.localPath), { create: true })
  if (leased.request.mode === 'resume') return await resume(job, tools, folder, name)
  const conflict = await resolveDownloadTarget(job, tools, folder, name)
  if (conflict.end) return conflict.end

  const wanted = leased.request.transferType
  const remoteName = remoteBasename(job.row.remotePath)
  const auto =
    wanted === 'auto' && namePromisesText(remoteName) && !tools.rawText.has(endpointUrl(leased.request.endpoint))
  try {
    try {
      return await fetch(job, tools, { type: wanted === 'ascii' || auto ? 'ascii' : 'binary', folder, ...conflict })
    } catch (error) {
      if (!(error instanceof NotAsText)) throw error
      return await fetch(job, tools, { type: 'binary', folder, ...conflict })
    }
  } finally {
    conflict.release?.()
  }
}

/** The rest of a file whose beginning is here; the whole of one that is not. */
async function resume(job: Job, tools: JobTools, folder: string, name: string): Promise<JobEnd> {
  const found = await findBeginning(job, join(folder, name))
  if ('end' in found) return found.end
  const { beginning } = found
  return await fetch(job, tools, { type: 'binary', folder, replace: beginning !== null, beginning })
}

interface Fetching {
  type: 'binary' | 'ascii'
  /** Real path of the target's folder. */
  folder: string
  replace: boolean
  /** The local file that is the beginning of the remote one. */
  beginning?: Beginning | null
}

async function fetch(
  job: Job,
  tools: JobTools,
  { type, folder, replace, beginning = null }: Fetching,
): Promise<JobEnd> {
  const target = join(folder, basename(job.row.localPath))
  job.update({ transferType: type, transferred: 0, scanned: 0 })
  const part = await createPart(join(folder, basename(job.leased.part)))
  let taken = false
  try {
    const outcome = await withScan(job, tools, async (scan) => {
      if (beginning) await copyBeginning(job, beginning, { part, scan })
      await receive(job, tools, { type, part, scan })
    })
    job.update(scanFacts(outcome.report))
    if (!outcome.passes) {
      const end = refusedByScan(tools.gate, outcome, job.row.remotePath, job.row.size)
      return end.state === 'blocked' ? await quarantine(job, tools, part, outcome.report, end) : end
    }
    if (outcome.clearance.bytes !== part.bytes)
      throw new SluiceError('scan-error', `Not all bytes of "${printablePath(target)}" were scanned. Retry.`)
    if (beginning) await checkBeginning(beginning)
    const end = await placeOnDisk(job, tools, part, { target, replace })
    taken = end.state === 'done'
    return end
  } finally {
    if (!taken && !(await part.discard())) job.partStays()
  }
}

/** The name is the same in every try: what an interrupted one left goes first. */
async function createPart(path: string): Promise<PartFile> {
  try {
    return await PartFile.create(path)
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'local-exists' || !(await removePart(path))) throw error
    return await PartFile.create(path)
  }
}

/** The connection goes back to the pool before the verdict is waited for. */
async function withScan(job: Job, tools: JobTools, work: (scan: ScanStream) => Promise<void>): Promise<GateOutcome> {
  const scan = await tools.gate.openScan({ name: remoteBasename(job.row.remotePath), signal: job.signal })
  // To begin and break off would cost the connection.
  if (scan.failure) return scan.failure
  // From the first byte on: until its end such a row would seem to be under a scan.
  job.update({ unscanned: scan.unscanned })
  try {
    await work(scan)
    job.update({ state: 'verifying' })
    return await scan.finish()
  } catch (error) {
    scan.abort()
    if (error instanceof ScanFailed) return error.refused
    throw error
  }
}

async function quarantine(job: Job, tools: JobTools, part: PartFile, report: ScanReport, end: JobEnd): Promise<JobEnd> {
  await part.keep()
  const { row } = job
  try {
    await tools.gate.quarantine.add(part.path, {
      name: remoteBasename(row.remotePath),
      source: remoteUrl(row.endpoint, row.remotePath),
      intendedPath: row.localPath,
      report,
    })
    return end
  } catch (error) {
    // It must not lie about where it came down; without a quarantine it is deleted (by the caller).
    if (end.state !== 'blocked') return end
    const message = `${end.error.message} It could not be quarantined and was deleted: ${toErrorData(error).message}`
    return { state: 'blocked', error: { code: 'infected', message } }
  }
}
