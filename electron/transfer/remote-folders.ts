/** Folders on the server: looked at, and made with the ones above that are missing. */
import { SluiceError } from '../../common/errors.ts'
import { remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'

/** True when `path` is a folder, or leads to one. */
export async function canEnter(client: FtpClient, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.cwd(path, { signal })
    return true
  } catch (error) {
    if (!client.isOpen || signal.aborted) throw error
    return false
  }
}

/**
 * Makes a folder unless it is there, and first those above it that are missing; gives what was made, topmost first.
 * @throws SluiceError as MKD was refused
 */
export async function makeFolders(client: FtpClient, path: string, signal: AbortSignal): Promise<string[]> {
  const missing: string[] = []
  for (let step = path; remoteBasename(step) !== ''; step = remoteParent(step)) {
    if (await canEnter(client, step, signal)) break
    missing.unshift(step)
  }
  const made: string[] = []
  for (const step of missing) if (await makeFolder(client, step, signal)) made.push(step)
  return made
}

/**
 * Makes one folder; false when it is there already.
 * @throws SluiceError as MKD was refused
 */
export async function makeFolder(client: FtpClient, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.mkdir(path, { signal })
    return true
  } catch (error) {
    if (!client.isOpen || signal.aborted) throw error
    // Servers answer alike to "exists" and "not allowed"; entering it tells which, and works through links.
    if (!(await canEnter(client, path, signal))) throw error
    return false
  }
}

/** True for a refusal for good (RFC 959 section 4.2.1), as a missing folder is one. */
export function isRefused(error: unknown): boolean {
  return error instanceof SluiceError && error.reply !== undefined && error.reply.code >= 500
}
