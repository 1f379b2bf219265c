/** What an upload does about a target that is there already. */
import { endpointUrl } from '../../common/endpoint.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../common/remote-path.ts'
import { freeName } from '../local/index.ts'
import { conflictStep } from './conflicts.ts'
import { folderInTheWay, policyOf, SKIPPED, type Job, type JobEnd, type JobTools } from './job.ts'
import type { QuestionFacts } from './journal-rows.ts'

export interface UploadTarget {
  /** How the row ends without moving; null: it moves. */
  end: JobEnd | null
  /** Whether a file of that name may be replaced. */
  replace: boolean
  /** When the target was looked at, ms since the epoch. */
  checkedAt: number
  /** Releases the free name that was found, once the file is there. */
  release: (() => void) | null
}

/**
 * A target that was not there. Whether it still is not is asked in any case before the file gets its name: a long scan may
 * lie between, and a file that appeared meanwhile is not this transfer's to replace.
 */
export const NOT_THERE: UploadTarget = { end: null, replace: false, checkedAt: 0, release: null }

/**
 * Decides by policy what happens to what stands at the target, and may change the row's target to a free name.
 * @throws SluiceError as the engine's listing calls do
 */
export async function resolveUploadTarget(
  job: Job,
  tools: JobTools,
  source: QuestionFacts['source'],
): Promise<UploadTarget> {
  const { leased, pool, signal } = job
  const { endpoint } = leased.request
  const policy = policyOf(leased)
  const target = job.row.remotePath
  const folder = remoteParent(target)
  const checkedAt = Date.now()
  const go = { end: null, replace: false, checkedAt, release: null }
  // What is there will be replaced at the end, whatever it is: not worth a question to the server.
  if (policy === 'overwrite') return { ...go, replace: true }

  const lookup = (name: string): ReturnType<typeof tools.folders.lookup> =>
    tools.folders.lookup(endpoint, pool, folder, name, signal)
  const existing = await lookup(remoteBasename(target))
  switch (conflictStep(existing, policy)) {
    case 'go':
      return go
    case 'replace':
      return { ...go, replace: true }
    case 'skip':
      return { ...go, end: SKIPPED }
    case 'refuse':
      return { ...go, end: folderInTheWay(target) }
    case 'ask': {
      const { size, modified } = existing ?? { size: null, modified: null }
      return { ...go, end: { state: 'asking', question: { target, source, existing: { size, modified } } } }
    }
    case 'rename': {
      let release: (() => void) | null = null
      const name = await freeName(remoteBasename(target), async (candidate) => {
        if ((await lookup(candidate)) !== null) return true
        release = tools.locks.tryHold(lockKey(job, joinRemote(folder, candidate)))
        return release === null
      })
      job.update({ remotePath: joinRemote(folder, name) })
      return { ...go, release }
    }
  }
}

/** Key of an upload's target among the locks. */
export function lockKey({ leased }: Pick<Job, 'leased'>, remotePath: string): string {
  return `${endpointUrl(leased.request.endpoint)} ${remotePath}`
}
