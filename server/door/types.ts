/**
 * The door: every upload goes to a hidden part file beside its target and, at the same time, to the scanning agent. Only
 * an exact OK gives it its name.
 */
import type { ScanReport } from '../../common/models.ts'
import type { Account } from '../../common/share.ts'
import type { Facts, UserFiles } from '../files/types.ts'

/**
 * `replace`: STOR. `resume`: REST n, then STOR: the first `offset` bytes of the target stay. `append`: APPE. `unique`: STOU,
 * the name is free or the door finds another.
 */
export type UploadMode =
  { kind: 'replace' } | { kind: 'resume'; offset: number } | { kind: 'append' } | { kind: 'unique' }

export interface UploadRequest {
  files: UserFiles
  account: Account
  /** The client's address, for the quarantine's record. */
  address: string
  /** Absolute, as the account sees it. */
  path: string
  mode: UploadMode
  /** Bytes that ALLO announced; null when it did not. */
  announced: number | null
  /** TYPE A: what a client counts are not the disk's bytes, so that it cannot go on after a cut. */
  text?: boolean
  signal: AbortSignal
}

export type Landing =
  | {
      kind: 'landed'
      /** As the account sees it; differs from what was asked for with `unique`. */
      path: string
      /** Bytes the file has now. */
      size: number
      /** Null when scanning is switched off. */
      report: ScanReport | null
    }
  /** Answer 550 with the signature; it is in the quarantine. */
  | { kind: 'infected'; report: ScanReport }
  /** Answer 451: there is no verdict, nothing visible is kept. */
  | { kind: 'unscanned'; report: ScanReport }

/** One upload under way. */
export interface Upload {
  /** As the account sees it. */
  readonly path: string
  /**
   * Takes the next bytes in order; the chunk's memory must not be used again before the promise settles (back-pressure of
   * disk and agent); one call at a time. @throws ReplyError 552 quota, 452 disk full, 451 the disk failed; ScanRefused, a 451
   * with the scan's report, when no verdict can come any more; 426 after `abort` and the request's signal
   */
  write(chunk: Buffer): Promise<void>
  /** All bytes are here: the verdict, then the name. @throws ReplyError as `write`, and what UserFiles throws */
  finish(): Promise<Landing>
  /**
   * The data connection broke or the client gave up: nothing gets a name. What came is kept hidden for a day for a
   * client that resumes. Safe at any time, also twice and after `finish`.
   */
  abort(): Promise<void>
}

export interface Door {
  /**
   * Uploads to one path at the same time have each a part file of their own; the last to finish wins, as after a lost
   * connection whose end the server has not noticed yet.
   * @throws ReplyError 550, 553 the target cannot be; 552, 452 no room; 451 */
  open(request: UploadRequest): Promise<Upload>
  /**
   * Bytes that wait hidden for this account to resume an upload to that path; null when none do. SIZE answers with it
   * where there is no file: this is how clients learn where to go on.
   */
  waiting(files: UserFiles, account: Account, path: string): Promise<number | null>
  /** Forgets what waits there, as DELE and a rename over it must; gives whether something did. */
  forget(files: UserFiles, account: Account, path: string): Promise<boolean>
  /** Takes the room of a folder that is about to be made. @throws ReplyError 552 */
  claimFolder(files: UserFiles, account: Account): Promise<void>
  /** What was removed, replaced or not made after all: the quota has its room back. */
  freed(files: UserFiles, facts: Pick<Facts, 'type' | 'size'>): void
  /** Something in the root was renamed: whoever counts it just now may have missed it. */
  moved(files: UserFiles): void
  /**
   * Removes part files of a root that nobody resumed within a day, or whose server has died. A root that cannot be used
   * has none. @throws the signal's reason
   */
  sweep(root: string, signal?: AbortSignal): Promise<void>
  dispose(): Promise<void>
}
