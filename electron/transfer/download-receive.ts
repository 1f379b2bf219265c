/** The bytes of one download: to the disk and to the scan at once, converted if they are text, and counted. */
import { endpointUrl } from '../../common/endpoint.ts'
import { SluiceError } from '../../common/errors.ts'
import type { FtpClient } from '../ftp/index.ts'
import type { Refused, ScanStream } from '../gate/index.ts'
import { printablePath, type PartFile } from '../local/index.ts'
import { NotAsText, type Job, type JobTools } from './job.ts'
import { fromWire, type LineEndConverter } from './line-ends.ts'
import { withClient } from './remote-access.ts'
import { looksLikeText, SNIFF_BYTES } from './text-detection.ts'

/** ms */
const DAY = 86_400_000

/** The scan cannot end with OK any more: the rest of the file need not be fetched. */
export class ScanFailed extends SluiceError {
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.code, refused.report.message ?? 'The scan failed.')
    this.refused = refused
  }
}

export interface Receiving {
  type: 'binary' | 'ascii'
  part: PartFile
  scan: ScanStream
}

/**
 * Fetches the file; every byte that goes to the disk goes to the scan, after conversion. What the part file has already
 * is the file's beginning (type binary only): the server goes on behind it (REST, RFC 3659 section 5).
 */
export async function receive(job: Job, tools: JobTools, { type, part, scan }: Receiving): Promise<void> {
  const { leased, signal, row } = job
  const auto = leased.request.transferType === 'auto'
  const lines = type === 'ascii' ? fromWire() : null
  const head = lines && auto ? new TextHead() : null

  const offset = part.bytes
  const store = async (chunk: Buffer): Promise<void> => {
    if (chunk.length === 0) return
    if (scan.failure) throw new ScanFailed(scan.failure)
    await Promise.all([part.write(chunk), scan.write(chunk)])
    if (!scan.unscanned) job.update({ scanned: part.bytes })
  }
  const sink = async (chunk: Buffer): Promise<void> => {
    const ready = head ? head.take(chunk) : chunk
    if (ready) await store(lines ? lines.convert(ready) : ready)
  }
  await withClient(job.pool, signal, async (client) => {
    job.update({ state: 'transferring', transferred: offset, resumedFrom: offset })
    const { bytes } = await client.download(row.remotePath, sink, {
      type,
      signal,
      // A size that an earlier try could not reach may be outdated: the engine then asks the server.
      ...(type === 'ascii' ? { size: null } : row.size !== null && leased.attempts === 0 ? { size: row.size } : {}),
      ...(offset > 0 ? { offset } : {}),
      onProgress: (bytes) => job.update({ transferred: offset + bytes }),
    })
    if (lines) {
      const rest = head?.rest()
      if (rest) await store(lines.convert(rest))
      await store(lines.end())
      if (auto && (await isRaw(client, job, bytes, lines))) {
        tools.rawText.add(endpointUrl(leased.request.endpoint))
        throw new NotAsText()
      }
    } else {
      await checkSize(client, job, offset + bytes)
      job.update({ size: offset + bytes })
    }
    const listed = leased.modified
    const modified = isWholeTime(listed) ? listed : await askModified(client, row.remotePath, signal)
    if (modified !== null) await part.stamp(modified)
  })
}

/**
 * Whether a listing's time can be a file's. `LIST` gives older files a date alone, which reads as midnight, and times of
 * a clock in a zone of its own, which may lie ahead of ours.
 */
function isWholeTime(listed: number | null): listed is number {
  return listed !== null && listed % DAY !== 0 && listed <= Date.now()
}

/** MDTM for a file whose time no listing told (RFC 3659 section 3); null where the server does not say. */
async function askModified(client: FtpClient, path: string, signal: AbortSignal): Promise<number | null> {
  if (!client.features.has('MDTM')) return null
  try {
    return await client.modified(path, { signal })
  } catch {
    // The bytes are all here: not even a connection that is lost now would make them worse.
    signal.throwIfAborted()
    return null
  }
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
