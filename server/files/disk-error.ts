/** What the disk says, as a reply. The one place where that is decided, so that no path of the disk gets out. */
import { systemCode } from '../../common/errors.ts'
import { printableName } from '../../common/safe-name.ts'
import { ReplyError, type FailureCode } from '../protocol/reply-error.ts'

const REPLIES: Record<string, readonly [FailureCode, string]> = {
  ENOENT: [550, 'there is no such file or folder'],
  ENOTDIR: [550, 'there is no such file or folder'],
  // A loop of links, or one put there this moment.
  ELOOP: [550, 'there is no such file or folder'],
  EISDIR: [550, 'it is a folder'],
  EEXIST: [550, 'it is there already'],
  ENOTEMPTY: [550, 'the folder is not empty'],
  EACCES: [550, 'the system does not permit it'],
  EPERM: [550, 'the system does not permit it'],
  EROFS: [550, 'the disk is read-only'],
  // A folder moved into itself.
  EINVAL: [550, 'the system cannot do that'],
  EXDEV: [550, 'that is on another disk'],
  ENXIO: [550, 'it is no regular file'],
  ENAMETOOLONG: [553, 'the name is too long'],
  EILSEQ: [553, 'the disk cannot store such a name'],
  ENOSPC: [452, 'the disk is full'],
  EDQUOT: [552, 'there is no room left for it'],
  EFBIG: [552, 'the file is too large for the disk'],
  EBUSY: [450, 'it is in use; try again'],
  ETXTBSY: [450, 'it is in use; try again'],
  EMFILE: [451, 'the server has too many files open; try again'],
  ENFILE: [451, 'the server has too many files open; try again'],
}

/**
 * The reply to a failed operation on `path`, which is the account's, never the disk's. A ReplyError stays as it is.
 * Errors that no table knows are the disk's fault: 451.
 */
export function replyTo(error: unknown, path: string): ReplyError {
  if (error instanceof ReplyError) return error
  const code = systemCode(error)
  const [reply, why] = (code === null ? undefined : REPLIES[code]) ?? [451, 'the disk failed']
  return new ReplyError(reply, `${printableName(path)}: ${why}.`, { cause: error })
}

/** Nothing under that name, as far as the account may know. */
export function notThere(path: string): ReplyError {
  return new ReplyError(550, `${printableName(path)}: there is no such file or folder.`)
}

export function refused(path: string, why: string): ReplyError {
  return new ReplyError(550, `${printableName(path)}: ${why}.`)
}
