/** One file from the server to this computer: conflict, part file and scan at once, checks, verdict, final name. */
import { basename, dirname, join } from 'node:path'
import { SluiceError, toErrorData } from '../../common/errors.ts'
import type { ScanReport } from '../../common/models.ts'
import { remoteBasename } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { GateOutcome, ScanStream } from '../gate/index.ts'
import {
  containedFolder,
  freeName,
  PartFile,
  printablePath,
  removePart,
  safeLocalName,
  statLocal,
} from '../local/index.ts'
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
import { fromWire, type LineEndConverter } from './line-ends.ts'
import { endpointKey, remoteUrl, withClient } from './remote-access.ts'
import { looksLikeText, namePromisesText, SNIFF_BYTES } from './text-detection.ts'

/** @throws what the engine or the disk throws; nothing then stands under the file's name that was not there before */
export async function download(job: Job, tools: JobTools): Promise<JobEnd> {
  const { leased } = job
  // Checked here and not only when planned: this is the moment of use.
  const name = safeLocalName(basename(job.row.localPath))
  const folder = await containedFolder(leased.request.targetFolder, dirname(job.row.localPath), { create: true })
  const conflict = await resolveConflict(job, tools, folder, name)
  if (conflict.end) return conflict.end

  const wanted = leased.request.transferType
  const remoteName = remoteBasename(job.row.remotePath)
  const auto =
    wanted === 'auto' && namePromisesText(remoteName) && !tools.rawText.has(endpointKey(leased.request.endpoint))
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

interface Resolution {
  end: JobEnd | null
  replace: boolean
  release: (() => void) | null
}

async function resolveConflict(job: Job, tools: JobTools, folder: string, name: string): Promise<Resolution> {
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

interface Fetching {
  type: 'binary' | 'ascii'
  /** Real path of the target's folder. */
  folder: string
  replace: boolean
}

async function fetch(job: Job, tools: JobTools, { type, folder, replace }: Fetching): Promise<JobEnd> {
  const target = join(folder, basename(job.row.localPath))
  job.update({ transferType: type, transferred: 0, scanned: 0 })
  const part = await createPart(join(folder, basename(job.leased.part)))
  let scan: ScanStream | null = null
  let taken = false
  try {
    const outcome = await withScan(job, tools, async (opened) => {
      scan = opened
      return await receive(job, tools, { type, part, scan: opened })
    })
    job.update({ scan: outcome.report, scanned: outcome.report.bytes })
    if (!outcome.passes) {
      const end = refusedByScan(tools.gate, outcome.report, job.row.remotePath, job.row.size)
      return end.state === 'blocked' ? await quarantine(job, tools, part, outcome.report, end) : end
    }
    if (outcome.clearance.bytes !== part.bytes)
      throw new SluiceError('scan-error', `Not all bytes of "${printablePath(target)}" were scanned. Retry.`)
    const end = await place(job, tools, part, { target, replace })
    taken = end.state === 'done'
    return end
  } finally {
    abortScan(scan)
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

function abortScan(scan: ScanStream | null): void {
  scan?.abort()
}

/** The connection goes back to the pool before the verdict is waited for. */
async function withScan(job: Job, tools: JobTools, work: (scan: ScanStream) => Promise<void>): Promise<GateOutcome> {
  const scan = await tools.gate.openScan({ name: remoteBasename(job.row.remotePath), signal: job.signal })
  try {
    await work(scan)
    job.update({ state: 'verifying' })
    return await scan.finish()
  } catch (error) {
    scan.abort()
    if (error instanceof ScanFailed) return { passes: false, report: error.report }
    throw error
  }
}

/** The scan cannot end with OK any more: the rest of the file need not be fetched. */
class ScanFailed extends SluiceError {
  readonly report: ScanReport

  constructor(report: ScanReport) {
    super('scan-error', report.message ?? 'The scan failed.')
    this.report = report
  }
}

interface Receiving {
  type: 'binary' | 'ascii'
  part: PartFile
  scan: ScanStream
}

/** Fetches the file; every byte that goes to the disk goes to the scan, after conversion. */
async function receive(job: Job, tools: JobTools, { type, part, scan }: Receiving): Promise<void> {
  const { leased, signal, row } = job
  const auto = leased.request.transferType === 'auto'
  const lines = type === 'ascii' ? fromWire() : null
  const head = lines && auto ? new TextHead() : null

  const store = async (chunk: Buffer): Promise<void> => {
    if (chunk.length === 0) return
    if (scan.failure) throw new ScanFailed(scan.failure)
    await Promise.all([part.write(chunk), scan.write(chunk)])
    job.update({ scanned: part.bytes })
  }
  const sink = async (chunk: Buffer): Promise<void> => {
    const ready = head ? head.take(chunk) : chunk
    if (ready) await store(lines ? lines.convert(ready) : ready)
  }
  await withClient(job.pool, signal, async (client) => {
    job.update({ state: 'transferring' })
    const { bytes } = await client.download(row.remotePath, sink, {
      type,
      signal,
      // A size that an earlier try could not reach may be outdated: the engine then asks the server.
      ...(type === 'ascii' ? { size: null } : row.size !== null && leased.attempts === 0 ? { size: row.size } : {}),
      onProgress: (transferred) => job.update({ transferred }),
    })
    if (lines) {
      const rest = head?.rest()
      if (rest) await store(lines.convert(rest))
      await store(lines.end())
      if (auto && (await isRaw(client, job, bytes, lines))) {
        tools.rawText.add(endpointKey(leased.request.endpoint))
        throw new NotAsText()
      }
    } else {
      await checkSize(client, job, bytes)
      job.update({ size: bytes })
    }
  })
}

/** Holds back a file's first bytes until they are known to be text. */
class TextHead {
  #held: Buffer | null = Buffer.alloc(0)

  /** Bytes to go on with; null while more are needed. @throws NotAsText */
  take(chunk: Buffer): Buffer | null {
    if (this.#held === null) return chunk
    // A copy: the engine uses the chunk's memory again.
    this.#held = Buffer.concat([this.#held, chunk])
    return this.#held.length < SNIFF_BYTES ? null : this.#decide(this.#held, false)
  }

  /** What is left of a file shorter than that. @throws NotAsText */
  rest(): Buffer | null {
    return this.#held === null ? null : this.#decide(this.#held, true)
  }

  #decide(held: Buffer, whole: boolean): Buffer {
    this.#held = null
    if (!looksLikeText(held.subarray(0, SNIFF_BYTES), whole)) throw new NotAsText()
    return held
  }
}

/**
 * True when a server that calls itself Unix sent the file as it is although ASCII was asked for: taking CR LF for line
 * ends would then change what is stored there.
 */
async function isRaw(client: FtpClient, job: Job, bytes: number, lines: LineEndConverter): Promise<boolean> {
  if (lines.changed === 0 || !/unix/i.test(client.system ?? '')) return false
  const stored = job.row.size ?? (await client.size(job.row.remotePath, { signal: job.signal }))
  return stored === bytes
}

/**
 * The engine has compared with the size it was given or could ask for. A file that has another size than the listing said
 * may have changed since, but then the server must say so: else it is a truncated one (or a padded one).
 */
async function checkSize(client: FtpClient, job: Job, bytes: number): Promise<void> {
  const { row, signal } = job
  if (row.size === null || row.size === bytes) return
  const now = (await client.size(row.remotePath, { signal })) ?? (await listedSize(client, row.remotePath, signal))
  if (now === bytes) return
  throw new SluiceError(
    'size-mismatch',
    `${bytes} bytes of "${printablePath(row.remotePath)}" came, but the server says it has ${now ?? row.size}. Retry.`,
  )
}

/** What a listing says now; null when it cannot be had, which proves nothing. */
async function listedSize(client: FtpClient, path: string, signal: AbortSignal): Promise<number | null> {
  try {
    return (await client.stat1(path, { signal }))?.size ?? null
  } catch (error) {
    if (signal.aborted || !client.isOpen) throw error
    return null
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

/** Gives the file its name; what appeared there in the meantime is a conflict like any other. */
async function place(
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
    if (!(error instanceof SluiceError) || error.code !== 'local-exists' || replace) throw error
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
