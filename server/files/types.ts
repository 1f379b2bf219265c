/** What an account's folder offers: paths as the account sees them ("/a/b"), never those of the disk. */
import type { Held } from './held.ts'

/** One thing in a folder, or a folder itself. */
export interface Facts {
  name: string
  type: 'file' | 'dir' | 'link'
  /** Bytes; 0 for folders. */
  size: number
  /** ms since the epoch */
  modified: number
  /** Permission bits, 0o000 to 0o7777. */
  mode: number
  links: number
  uid: number
  gid: number
  /** Device and inode, for MLSx's `unique` fact. */
  unique: string
  /** Real target of a link, as the account sees it. */
  target: string | null
}

/** Where an upload lands on the disk. */
export interface UploadTarget {
  /** The real folder, held so that nothing can be put in its place. Whoever asked closes it. */
  folder: Held
  /** The name in it, never a link. */
  name: string
  /** The file that is there now. */
  existing: Facts | null
}

/** An open file to read from. */
export interface ReadFile {
  /** Bytes, when it was opened. */
  readonly size: number
  /** Reads at a position into the buffer; 0 at the end. @throws ReplyError 451 */
  read(buffer: Buffer, position: number): Promise<number>
  close(): Promise<void>
}

/**
 * An account's files. Every method takes an absolute path as the account sees it, made by `resolve`; follows links only
 * inside the root, checked on the real path at the moment of use; shows and takes nothing that is the server's own
 * (part files). @throws ReplyError 550 not there, not allowed, not that kind of thing; 553 a name that cannot be; 552 or
 * 452 no room; 451 the disk failed
 */
export interface UserFiles {
  /** Where a login begins: "/", or "/name" in an empty top folder. */
  readonly home: string
  /** Real path of the root on the disk, for the door only: never shown to a client. */
  readonly root: string
  /** Normalises an argument of a command against the working folder: both slashes, "." and "..", never above "/". */
  resolve(workingFolder: string, argument: string): string
  /** Of what lies there; links are followed, so that the type is never `link`. */
  facts(path: string): Promise<Facts>
  /** As `facts`, but not of a folder. Refuses what is no regular file. */
  openRead(path: string): Promise<ReadFile>
  /**
   * The folder in batches as the disk gives them, so that memory stays flat; unsorted. Links show as links with their
   * real target, and not at all when that is not there or not in the root. @throws the signal's reason
   */
  list(path: string, signal: AbortSignal): AsyncIterable<Facts[]>
  /** Refuses what is no folder; what CWD calls. */
  enter(path: string): Promise<void>
  makeFolder(path: string): Promise<void>
  /** An empty folder; a folder that holds only the server's own part files counts as empty. Never the home. */
  removeFolder(path: string): Promise<void>
  /** Gives what it was. A link is removed itself. */
  removeFile(path: string): Promise<Facts>
  /** Replaces no folder, and a file only with `replace`. Gives what was replaced. */
  rename(from: string, to: string, options: { replace: boolean }): Promise<Facts | null>
  setModified(path: string, ms: number): Promise<void>
  setMode(path: string, mode: number): Promise<void>
  /** Where an upload to `path` lands; through a link it goes to the file that link leads to. For the door only. */
  target(path: string): Promise<UploadTarget>
}
