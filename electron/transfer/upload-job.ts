/** One file from this computer to the server: conflict, scan, temporary name, checks, final name. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Clearance } from '../gate/index.ts'
import { freeName, partName, printablePath, statLocal } from '../local/index.ts'
import { conflictStep } from './conflicts.ts'
import {
  DONE,
  folderInTheWay,
  NotAsText,
  policyOf,
  refusedByScan,
  SKIPPED,
  type Job,
  type JobEnd,
  type JobTools,
} from './job.ts'
import { ToWire } from './line-ends.ts'
import { endpointKey, withClient } from './remote-access.ts'
import { localFileIsText } from './text-detection.ts'
import { clearedBytes } from './upload-source.ts'

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
  const { leased, signal } = job
  const { endpoint } = leased.request

  const source = await lookAt(job)
  job.update({ size: source.size })

  const conflict = await resolveConflict(job, tools, source)
  if (conflict.end) return conflict.end

  job.update({ state: 'scanning' })
  const outcome = await tools.gate.scanFile(job.row.localPath, {
    signal,
    onProgress: (scanned) => job.update({ scanned }),
  })
  job.update({ scan: outcome.report, scanned: outcome.report.bytes })
  if (!outcome.passes) return refusedByScan(tools.gate, outcome.report, job.row.localPath, source.size)

  const wanted = leased.request.transferType
  let type: 'binary' | 'ascii' = wanted === 'ascii' ? 'ascii' : 'binary'
  if (wanted === 'auto' && !tools.rawText.has(endpointKey(endpoint))) {
    const text = await localFileIsText(job.row.localPath, remoteBasename(job.row.remotePath))
    if (text) type = 'ascii'
  }
  try {
    await send(job, tools, {
      clearance: outcome.clearance,
      type,
      replace: conflict.replace,
      checkedAt: conflict.checkedAt,
      source,
    })
  } catch (error) {
    if (error instanceof TargetAppeared) {
      tools.folders.forget(endpoint, remoteParent(job.row.remotePath))
      return await upload(job, tools)
    }
    if (!(error instanceof NotAsText)) throw error
    tools.rawText.add(endpointKey(endpoint))
    await send(job, tools, {
      clearance: outcome.clearance,
      type: 'binary',
      replace: conflict.replace,
      checkedAt: conflict.checkedAt,
      source,
    })
  } finally {
    conflict.release?.()
  }
  return DONE
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

interface Resolution {
  end: JobEnd | null
  replace: boolean
  /** ms since the epoch */
  checkedAt: number
  release: (() => void) | null
}

async function resolveConflict(job: Job, tools: JobTools, source: Source): Promise<Resolution> {
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
  return `${endpointKey(leased.request.endpoint)} ${remotePath}`
}

interface Sending {
  clearance: Clearance
  type: 'binary' | 'ascii'
  replace: boolean
  checkedAt: number
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
      if (!sending.replace && Date.now() - sending.checkedAt > RECHECK_MS) {
        if ((await client.stat1(target, { signal })) !== null) throw new TargetAppeared(target)
      }
      await place(client, temporary, target, sending.replace, signal)
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

/** MFMT where FEAT names it (draft-somers-ftp-mfxx); a refusal costs nothing but the time stamp. */
async function keepModificationTime(
  client: FtpClient,
  path: string,
  modified: number | null,
  signal: AbortSignal,
): Promise<void> {
  if (modified === null || !client.features.has('MFMT')) return
  const stamp = new Date(modified).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)
  try {
    await client.command(`MFMT ${stamp} ${path}`, { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!client.isOpen) throw error
  }
}

/**
 * Gives the file its name. Some servers refuse to rename over a file: then the old one is put aside first, under another
 * temporary name, and deleted only when the new one is in place. At no moment is there neither.
 */
async function place(
  client: FtpClient,
  temporary: string,
  target: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.rename(temporary, target, { signal })
    return
  } catch (error) {
    if (!replace || !client.isOpen || signal.aborted) throw error
    const existing = await client.stat1(target, { signal })
    // Nothing was in the way, or something that a file must not replace: the refusal stands.
    if (existing === null || existing.type === 'dir') throw error
  }
  const aside = joinRemote(remoteParent(target), partName(remoteBasename(target)))
  await client.rename(target, aside, { signal })
  try {
    // Not cancelled in between: the name must not stay empty.
    await client.rename(temporary, target)
  } catch (error) {
    await client.rename(aside, target).catch((cause: unknown) => {
      const kept = printablePath(aside)
      throw new SluiceError(
        'name-refused',
        `"${printablePath(target)}" could not be replaced (${toErrorData(error).message}), and the old file is now named "${kept}" on the server.`,
        { cause },
      )
    })
    throw error
  }
  await client.remove(aside, { signal })
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
