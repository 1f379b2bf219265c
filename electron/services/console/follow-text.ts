/** How transfers read in the console: a line and a record for each file that ends, the progress, and what came of all. */
import { basename } from 'node:path'
import type { ConsoleLine, ConsoleProgress } from '../../../common/console.ts'
import type { ErrorCode, ErrorData } from '../../../common/errors.ts'
import { remoteUrl } from '../../../common/ftp-url.ts'
import type { TransferRow } from '../../../common/models.ts'
import { remoteBasename } from '../../../common/remote-path.ts'
import { outcomeOf } from './outcome.ts'
import { durationWords, formatBytes, formatCount, formatRate, line, plural, printable } from './output.ts'
import { shownLocal, shownRemote } from './paths.ts'
import type { ConsoleHost, Outcome } from './types.ts'

/** A file's end for programs. */
export interface EndRecord {
  /** The local path or the server's address. */
  source: string
  target: string
  /** Of the file, on the side it goes to; what a resumed transfer found there is part of them. */
  bytes: number
  /** From the moment a worker took it; null when none did. */
  ms: number | null
  state: TransferRow['state']
  /** Null for what was not scanned. */
  verdict: 'OK' | 'INFECTED' | 'ERROR' | null
  signature: string | null
  sha256: string | null
  error: ErrorData | null
}

export function endRecord(row: TransferRow): EndRecord {
  const { direction, endpoint, localPath, remotePath, transferred, state, scan, unscanned, error } = row
  const remote = remoteUrl(endpoint, remotePath)
  const [source, target] = direction === 'upload' ? [localPath, remote] : [remote, localPath]
  const looked = unscanned ? null : scan
  return {
    source,
    target,
    bytes: transferred,
    ms: elapsed(row),
    state,
    verdict: looked?.verdict ?? null,
    signature: looked?.signature ?? null,
    sha256: scan?.sha256 ?? null,
    error,
  }
}

/** `OK  notes.txt  1,234 bytes in 0.2 s (6.2 kB/s)` and the like. */
export function endLine(host: ConsoleHost, row: TransferRow): ConsoleLine {
  const { state, scan, error, unscanned, direction, resumedFrom } = row
  const name = shownName(host, row)
  const why = error?.message ?? ''
  switch (state) {
    case 'done': {
      const ms = elapsed(row) ?? 0
      const bytes = moved(row)
      const rate = ms > 0 ? ` (${formatRate((bytes / ms) * 1000)})` : ''
      const before = resumedFrom > 0 ? `, ${formatCount(resumedFrom)} were there` : ''
      const text = `${name}  ${plural(bytes, 'byte')} in ${durationWords(ms)}${rate}${before}`
      return unscanned ? line('warn', `NOT SCANNED  ${text}`) : line('good', `OK  ${text}`)
    }
    case 'blocked':
      return line(
        'bad',
        `INFECTED  ${name}  ${scan?.signature ?? 'unknown signature'} (${direction === 'upload' ? 'not sent' : 'quarantined'})`,
      )
    case 'skipped':
      return line(error ? 'warn' : 'muted', `SKIPPED  ${name}  ${why || 'it exists already'}`)
    case 'cancelled':
      return line('warn', `CANCELLED  ${name}${why && `  ${why}`}`)
    default:
      return line('bad', `${error && outcomeOf(error.code) === 'scan-failed' ? 'ERROR' : 'FAILED'}  ${name}  ${why}`)
  }
}

export interface ProgressSum {
  files: number
  ended: number
  bytes: number
  transferred: number
  rate: number | null
  active: readonly TransferRow[]
  /** False while more files may come. */
  planned: boolean
}

/** One file shows its name, and how far its scan is while that is all that happens; several show how many have ended. */
export function progressLine({
  files,
  ended,
  bytes,
  transferred,
  rate,
  active,
  planned,
}: ProgressSum): ConsoleProgress {
  const [row] = active
  const total = planned ? bytes : null
  if (files > 1 || !row)
    return { label: `${formatCount(ended)} of ${plural(files, 'file')}`, done: transferred, total, rate }
  const name = printable(row.direction === 'upload' ? basename(row.localPath) : remoteBasename(row.remotePath))
  if (row.state === 'scanning') return { label: `${name} (scanning)`, done: row.scanned, total: row.size, rate: null }
  return { label: name, done: row.transferred, total: row.size, rate }
}

/** Adds up how rows ended. */
export class Tally {
  readonly #began = performance.now()
  readonly #ends = { done: 0, blocked: 0, failed: 0, skipped: 0, cancelled: 0 }
  /** Outcomes of the failures. */
  readonly #failures = new Set<Outcome>()
  #scanFailed = 0
  /** Skipped for what they are: links in folders, devices. */
  #leftOut = 0
  #bytes = 0

  get files(): number {
    return Object.values(this.#ends).reduce((sum, count) => sum + count, 0)
  }

  add(row: TransferRow): void {
    const { state, error } = row
    if (state === 'failed') this.#failed(error?.code ?? 'internal')
    else if (isEnd(state, this.#ends)) this.#ends[state]++
    if (state === 'skipped' && error) this.#leftOut++
    if (state === 'done') this.#bytes += moved(row)
  }

  /** A request that could not be made. */
  refused({ code }: ErrorData): void {
    this.#failed(code)
  }

  /**
   * What the whole command came to. A file that is infected or that could not be scanned is what a script must hear of
   * first, whatever else went well. Files that were skipped since their target exists are as they were meant to be.
   */
  outcome(): Outcome {
    const { done, blocked, failed, cancelled } = this.#ends
    if (blocked > 0) return 'infected'
    if (this.#scanFailed > 0) return 'scan-failed'
    if (failed + cancelled + this.#leftOut === 0) return 'ok'
    if (done > 0) return 'partial'
    if (failed === 0) return cancelled > 0 ? 'cancelled' : 'failed'
    const [only] = this.#failures
    return this.#failures.size === 1 && only !== undefined ? only : 'failed'
  }

  /** "12 of 14 files, 3.4 MB in 4.2 s (800 kB/s): 1 infected, 1 failed" */
  summary(): ConsoleLine {
    const { done, blocked, failed, skipped, cancelled } = this.#ends
    if (this.files === 0) return line('muted', 'No files to move.')
    const ms = performance.now() - this.#began
    const parts = [
      [blocked, 'infected'],
      [this.#scanFailed, 'could not be scanned'],
      [failed - this.#scanFailed, 'failed'],
      [skipped, 'skipped'],
      [cancelled, 'cancelled'],
    ]
    const others = parts
      .filter(([count]) => count !== 0)
      .map(([count, word]) => `${formatCount(Number(count))} ${word}`)
    const moved = `${formatCount(done)} of ${plural(this.files, 'file')}, ${formatBytes(this.#bytes)} in ${durationWords(ms)}`
    const rate = this.#bytes > 0 ? ` (${formatRate((this.#bytes / ms) * 1000)})` : ''
    const tone = blocked + failed > 0 ? 'bad' : others.length > 0 ? 'warn' : 'good'
    return line(tone, `${moved}${rate}${others.length > 0 ? `: ${others.join(', ')}` : ''}`)
  }

  #failed(code: ErrorCode): void {
    this.#ends.failed++
    const outcome = outcomeOf(code)
    this.#failures.add(outcome)
    if (outcome === 'scan-failed') this.#scanFailed++
  }
}

/** Bytes that went over the wire. */
function moved({ transferred, resumedFrom }: TransferRow): number {
  return Math.max(0, transferred - resumedFrom)
}

/** ms from start to end; null when it never started. */
function elapsed({ startedAt, endedAt }: TransferRow): number | null {
  return startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt)
}

function shownName(host: ConsoleHost, { direction, localPath, remotePath }: TransferRow): string {
  return direction === 'upload' ? shownLocal(host, localPath) : shownRemote(host, remotePath)
}

function isEnd<E extends object>(state: PropertyKey, ends: E): state is keyof E {
  return state in ends
}
