/** The public face of the transfer room: what the composition root injects and what it gets back. */
import type {
  Endpoint,
  QuestionAnswer,
  QuestionBody,
  RequestProgress,
  Side,
  TransferRequest,
  TransferRow,
  TransferTotals,
} from '../../common/models.ts'
import type { FtpPool } from '../ftp/index.ts'
import type { ScanGate } from '../gate/index.ts'

export type ConflictQuestion = QuestionBody & { kind: 'conflict' }
export type ConflictAnswer = QuestionAnswer & { kind: 'conflict' }

/** What changed since the last call back; rows are whole and replace what the listener had for their ids. */
export interface TransferChange {
  changed: TransferRow[]
  removed: number[]
  totals: TransferTotals
}

export interface TransferDeps {
  /** Path of the node:sqlite database; ':memory:' keeps nothing. */
  journalFile: string
  gate: ScanGate
  /** @throws SluiceError 'not-connected' when there are no credentials for this endpoint. */
  pool(endpoint: Endpoint): FtpPool
  /** Asks the person; rejects when `signal` aborts. One question at a time is open for each request. */
  ask(question: ConflictQuestion, signal: AbortSignal): Promise<ConflictAnswer>
  /** Files moved at the same time, 1 to 10. */
  parallel: number
  /** Pauses before a row whose connection was lost is tried again, ms; their number is the number of retries. */
  retryDelays?: readonly number[]
}

export interface TransferService {
  /**
   * Plans a request: walks its sources and journals one row a file. Resolves when every file is journalled; the first
   * files move long before. What cannot be planned (unsafe name, unreadable folder, link in a tree) becomes a row
   * that says so, never an exception.
   * A target folder on the server that is missing is made, with those above it, when the first file goes there.
   * Resolves also when the request is cancelled meanwhile, with the rows it had by then.
   * @throws SluiceError 'not-connected' without credentials for the endpoint, 'bad-argument' for a target folder that is not
   * absolute, a target name that is a path or meant for several sources, a mode that needs one file; 'unsafe-name' or
   * 'illegal-characters' for a target name that cannot be one; a local code when the target folder of downloads cannot be made
   */
  add(
    request: TransferRequest,
    endpoint: Endpoint,
    o?: {
      /** Told the request's number before any of its rows exists. */
      onRequest?: (request: number) => void
    },
  ): Promise<{ request: number; added: number }>
  /** How far a request is; all zero for one that is not known any more. */
  progress(request: number): RequestProgress
  /** Ends all unfinished rows of a request as `cancelled`, and its planning. */
  cancelRequest(request: number): void
  /** Calls back at once with every row that ends, also those that end in the planner; returns what stops it. */
  onEnded(callback: (row: TransferRow) => void): () => void
  /**
   * At most 10,000 rows in the order of their ids: unfinished ones first to be kept, then the newest. From then on `onChange`
   * tells of these: it is for whoever shows them.
   */
  list(): { rows: TransferRow[]; totals: TransferTotals }
  totals(): TransferTotals
  /** Ends rows in any unfinished state as `cancelled`; others are left alone. */
  cancel(ids: number[]): void
  /** Puts failed, cancelled, blocked and skipped rows back into the queue; an infected file is scanned anew. */
  retry(ids: number[]): void
  /** Forgets every row that has ended. */
  clearFinished(): void
  /** Takes effect at once: more rows start, or running ones end before others follow. */
  setParallel(n: number): void
  /** Coalesced to at most about 20 calls a second; returns what stops it. */
  onChange(callback: (change: TransferChange) => void): () => void
  /** A finished file or new folder landed in this folder; coalesced too. */
  onFolderChanged(callback: (side: Side, path: string) => void): () => void
  /** Aborts what runs, closes the journal; unfinished rows show as interrupted at the next start. */
  dispose(): Promise<void>
}
