/** What every upload does with its source first: look at it, and have it scanned. */
import { SluiceError } from '../../common/errors.ts'
import type { Clearance } from '../gate/index.ts'
import { printablePath, statLocal } from '../local/index.ts'
import { refusedByScan, scanFacts, type Job, type JobEnd, type JobTools } from './job.ts'

export interface Source {
  size: number
  /** ms since the epoch */
  modified: number | null
}

/** @throws SluiceError 'local-not-found', 'local-io' when it is not a file, other local codes */
export async function lookAtSource(job: Job): Promise<Source> {
  const path = job.row.localPath
  const entry = await statLocal(path, path)
  if (entry === null) throw new SluiceError('local-not-found', `"${printablePath(path)}" does not exist any more.`)
  if (entry.type !== 'file')
    throw new SluiceError('local-io', `"${printablePath(path)}" is not a file any more; it was not uploaded.`)
  return { size: entry.size ?? 0, modified: entry.modified }
}

/** Asks the gate: the clearance to send exactly these bytes, or how the row ends without one. */
export async function clearSource(
  job: Job,
  tools: JobTools,
  source: Source,
): Promise<{ clearance: Clearance } | { end: JobEnd }> {
  // With scanning switched off the file is only read: nothing then says that it is scanned.
  if (tools.gate.policy().upload) job.update({ state: 'scanning' })
  const outcome = await tools.gate.scanFile(job.row.localPath, {
    signal: job.signal,
    onProgress: (scanned) => job.update({ scanned }),
  })
  job.update(scanFacts(outcome.report))
  if (outcome.passes) return { clearance: outcome.clearance }
  return { end: refusedByScan(tools.gate, outcome, job.row.localPath, source.size) }
}
