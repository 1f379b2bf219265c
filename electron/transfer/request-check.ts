/** What a request must be before anything of it is journalled. */
import { isAbsolute, join } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { TransferRequest } from '../../common/models.ts'
import { joinRemote } from '../../common/remote-path.ts'
import { nameProblem, printableName } from '../../common/safe-name.ts'
import type { DownloadSource } from './plan-downloads.ts'

/** A source of either direction; `target` is where it goes when not under its own name. */
export type PlannedSource = DownloadSource

/**
 * Checks a request and gives its sources with the target that `targetName` names.
 * @throws SluiceError 'bad-argument' for a target folder that is not absolute, a target name that is a path or for more
 * than one source, a mode that the direction or the sources do not allow; 'unsafe-name' for a local name that must not be
 */
export function checkRequest(request: TransferRequest): PlannedSource[] {
  const { direction, sources, targetFolder, targetName, mode } = request
  const absolute = direction === 'download' ? isAbsolute(targetFolder) : targetFolder.startsWith('/')
  if (!absolute) throw new SluiceError('bad-argument', `The target folder "${targetFolder}" is not absolute.`)
  const [only] = sources
  if (mode === 'append' && direction === 'download')
    throw new SluiceError('bad-argument', 'Only uploads can be appended. Use resume to fetch the rest of a file.')
  if ((mode === 'resume' || mode === 'append') && (sources.length !== 1 || only?.type === 'dir'))
    throw new SluiceError('bad-argument', `One file can be ${mode === 'resume' ? 'resumed' : 'appended'}, not more.`)
  if (targetName === undefined || !only) return sources
  if (sources.length > 1)
    throw new SluiceError('bad-argument', `${sources.length} files cannot all be named "${printableName(targetName)}".`)
  if (direction === 'upload') {
    checkRemoteName(targetName)
    return [{ ...only, target: joinRemote(targetFolder, targetName) }]
  }
  const problem = nameProblem(targetName)
  if (problem !== null)
    throw new SluiceError(
      'unsafe-name',
      `"${printableName(targetName)}" is not used as a name on this computer: ${problem}. Choose another.`,
    )
  return [{ ...only, target: join(targetFolder, targetName) }]
}

/** The server decides what else it takes; these would be another place or another command. */
function checkRemoteName(name: string): void {
  if (name === '.' || name === '..' || name.includes('/'))
    throw new SluiceError('bad-argument', `"${printableName(name)}" is a path, not the name of a file.`)
  if (/[\r\n\0]/.test(name) || !name.isWellFormed())
    throw new SluiceError('illegal-characters', `"${printableName(name)}" holds characters that no name can hold.`)
}
