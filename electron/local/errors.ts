/** Turns what the operating system says into the house's codes, with the path and what can be done. */
import { SluiceError, systemCode, type ErrorCode } from '../../common/errors.ts'
import { printableName } from '../../common/safe-name.ts'

interface Meaning {
  code: ErrorCode
  because: string
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'local-not-found', because: 'it does not exist (any more)' },
  ENOTDIR: { code: 'local-not-found', because: 'a part of its path is not a folder' },
  EACCES: { code: 'local-permission', because: 'the system does not permit it; check the permissions' },
  EPERM: { code: 'local-permission', because: 'the system does not permit it; check the permissions' },
  EROFS: { code: 'local-permission', because: 'the disk is read-only' },
  EBUSY: { code: 'local-permission', because: 'another program is using it' },
  ENOSPC: { code: 'local-disk-full', because: 'the disk is full; free some space and retry' },
  EDQUOT: { code: 'local-disk-full', because: 'the disk quota is used up; free some space and retry' },
  EFBIG: { code: 'local-disk-full', because: 'the file is larger than this disk can store' },
  EEXIST: { code: 'local-exists', because: 'something with this name is there already' },
  EISDIR: { code: 'local-exists', because: 'it is a folder' },
  ENOTEMPTY: { code: 'local-exists', because: 'the folder is not empty' },
  ELOOP: { code: 'local-io', because: 'it is a link, or its path runs in a circle of links' },
  ENAMETOOLONG: { code: 'local-io', because: 'the name or path is too long for this disk' },
  EINVAL: { code: 'local-io', because: 'the name is not allowed on this disk' },
  EMFILE: { code: 'local-io', because: 'too many files are open' },
  EIO: { code: 'local-io', because: 'the disk reports an error' },
}

/**
 * Wraps a failed system call. A SluiceError or an abort is given back as it is.
 * @param action what was tried, in the form "read" or "create the folder"
 * @param path the file or folder it was tried on, absolute
 */
export function localError(error: unknown, action: string, path: string): unknown {
  if (error instanceof SluiceError || (error instanceof Error && error.name === 'AbortError')) return error
  const code = systemCode(error)
  const meaning = code === null ? undefined : MEANINGS[code]
  const because = meaning?.because ?? (error instanceof Error ? error.message : String(error))
  return new SluiceError(meaning?.code ?? 'local-io', `Could not ${action} "${printablePath(path)}": ${because}.`, {
    cause: error,
  })
}

/** A path fit for a message: like `printableName`, but longer, since the end of a path is what matters. */
export function printablePath(path: string): string {
  return path
    .split(/(?<=[/\\])/)
    .map(printableName)
    .join('')
}
