/** Which folders may be shared. */
import { opendir, stat } from 'node:fs/promises'
import { SluiceError, systemCode } from '../../common/errors.ts'
import { printableText } from '../../common/safe-name.ts'
import { resolveRoot } from '../files/index.ts'

const SHOWN = 300

function refuse(folder: string, why: string, cause?: unknown): never {
  throw new SluiceError('bad-argument', `The folder ${printableText(folder, SHOWN)} cannot be shared. ${why}`, {
    cause,
  })
}

function whyNot(error: unknown): string {
  const code = systemCode(error)
  if (code === 'ENOENT') return 'It is not there; make it first.'
  if (code === 'EACCES') return 'Whoever runs this program may not read it: change its permissions.'
  return `It cannot be reached: ${String(error)}.`
}

/**
 * The real path of a folder that may be an account's root.
 * @throws SluiceError bad-argument when it is not absolute, not there, no folder, not to be read, or the root of the disk
 * or of a drive, also by a link: that would share the whole computer
 */
export async function checkShareRoot(folder: string): Promise<string> {
  try {
    const found = await resolveRoot(folder)
    if ('problem' in found) refuse(folder, found.problem)
    // Tried, not asked: access(2) speaks of the user who started the program. Nor need it be open for writing, since
    // many shares are for reading.
    await (await opendir(found.real)).close()
    await stat(`${found.real}/.`)
    return found.real
  } catch (error) {
    if (error instanceof SluiceError) throw error
    refuse(folder, whyNot(error), error)
  }
}
