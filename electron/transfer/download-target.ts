/** What a download does about a target that is there already, before the bytes come and after. */
import { basename, dirname, join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import { containedFolder, freeName, printablePath, statLocal, type PartFile } from '../local/index.ts'
import { conflictStep } from './conflicts.ts'
import { DONE, folderInTheWay, policyOf, SKIPPED, type Job, type JobEnd, type JobTools } from './job.ts'

export interface DownloadTarget {
  /** How the row ends without moving; null: it moves. */
  end: JobEnd | null
  /** Whether a file of that name may be replaced. */
  replace: boolean
  /** Releases the free name that was found, once the file is there. */
  release: (() => void) | null
}

/** Decides by policy what happens to what stands at the target, and may change the row's target to a free name. */
export async function resolveDownloadTarget(
  job: Job,
  tools: JobTools,
  folder: string,
  name: string,
): Promise<DownloadTarget> {
  const target = join(folder, name)
  const existing = await statLocal(target, name)
  const go = { end: null, replace: false, release: null }
  switch (conflictStep(existing, policyOf(job.leased))) {
    case 'go':
      return go
    case 'replace':
      return { ...go, replace: true }
    case 'skip':
      return { ...go, end: SKIPPED }
    case 'refuse':
      return { ...go, end: folderInTheWay(target) }
    case 'ask':
      return { ...go, end: asking(job, existing) }
    case 'rename': {
      let release: (() => void) | null = null
      const free = await freeName(name, async (candidate) => {
        if ((await statLocal(join(folder, candidate), candidate)) !== null) return true
        release = tools.locks.tryHold(lockKey(join(folder, candidate)))
        return release === null
      })
      job.update({ localPath: join(dirname(job.row.localPath), free) })
      return { ...go, release }
    }
  }
}

function asking(job: Job, existing: { size: number | null; modified: number | null } | null): JobEnd {
  const { size, modified } = existing ?? { size: null, modified: null }
  const source = { size: job.row.size, modified: job.leased.modified }
  return { state: 'asking', question: { target: job.row.localPath, source, existing: { size, modified } } }
}

/** Key of a download's target among the locks: disks may ignore case and Unicode forms. */
export function lockKey(localPath: string): string {
  return `local ${localPath.normalize('NFC').toLowerCase()}`
}

/** Gives the file its name; what appeared there in the meantime is a conflict like any other. */
export async function placeOnDisk(
  job: Job,
  tools: JobTools,
  part: PartFile,
  { target, replace }: { target: string; replace: boolean },
): Promise<JobEnd> {
  const { leased } = job
  // A folder on the way may have been swapped for a link while the bytes came.
  const folder = await containedFolder(leased.request.targetFolder, dirname(job.row.localPath))
  if (folder !== dirname(target))
    throw new SluiceError('unsafe-name', `The folder of "${printablePath(target)}" was moved meanwhile. Retry.`)
  try {
    await part.commit(target, { replace })
    return DONE
  } catch (error) {
    // Where a beginning was looked for and none found, one that appears is not this transfer's to decide about.
    const conflict = error instanceof SluiceError && error.code === 'local-exists'
    if (!conflict || replace || leased.request.mode !== 'whole') throw error
  }
  const existing = await statLocal(target, basename(target))
  switch (conflictStep(existing ?? { type: 'file' }, policyOf(leased))) {
    case 'skip':
      return SKIPPED
    case 'refuse':
      return folderInTheWay(target)
    case 'go':
    case 'replace':
      await part.commit(target, { replace: true })
      return DONE
    case 'ask':
      return asking(job, existing)
    case 'rename':
      await freeName(basename(target), async (candidate) => {
        const release = tools.locks.tryHold(lockKey(join(folder, candidate)))
        if (!release) return true
        try {
          await part.commit(join(folder, candidate), { replace: false })
          job.update({ localPath: join(dirname(job.row.localPath), candidate) })
          return false
        } catch (error) {
          if (error instanceof SluiceError && error.code === 'local-exists') return true
          throw error
        } finally {
          release()
        }
      })
      return DONE
  }
}
