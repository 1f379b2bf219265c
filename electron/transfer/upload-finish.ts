/** The last steps of an upload, when all bytes are on the server: time stamp and final name. */
import { SluiceError, toErrorData } from '../../common/errors.ts'
import { joinRemote, remoteBasename, remoteParent } from '../../common/remote-path.ts'
import type { FtpClient } from '../ftp/index.ts'
import { partName, printablePath } from '../local/index.ts'

/** MFMT where FEAT names it (draft-somers-ftp-mfxx); a refusal costs nothing but the time stamp. */
export async function keepModificationTime(
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
 *
 * A cancel that comes during a renaming waits for its end: broken off, nobody could tell which file bears the name.
 */
export async function placeOnServer(
  client: FtpClient,
  temporary: string,
  target: string,
  replace: boolean,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  try {
    await client.rename(temporary, target)
    return
  } catch (error) {
    if (!replace || !client.isOpen || signal.aborted) throw error
    const existing = await client.stat1(target, { signal })
    // Nothing was in the way, or something that a file must not replace: the refusal stands.
    if (existing === null || existing.type === 'dir') throw error
  }
  const aside = joinRemote(remoteParent(target), partName(remoteBasename(target)))
  await client.rename(target, aside).catch((error: unknown) => {
    if (client.isOpen) throw error
    const { message, ...data } = toErrorData(error)
    const lost = `${message} The old "${printablePath(target)}" may be named "${printablePath(aside)}" now.`
    throw SluiceError.fromData({ ...data, message: lost })
  })
  try {
    await client.rename(temporary, target)
  } catch (error) {
    await client.rename(aside, target).catch((cause: unknown) => {
      const kept = printablePath(aside)
      const { code, message } = toErrorData(error)
      throw new SluiceError(
        // A lost connection is worth another try, which finds the name free.
        client.isOpen ? 'name-refused' : code,
        `"${printablePath(target)}" could not be replaced (${message}), and the old file is now named "${kept}" on the server.`,
        { cause },
      )
    })
    throw error
  }
  await client.remove(aside)
}
