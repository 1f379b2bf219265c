/** Who went to another folder: the window says so itself, and is told only when it was somebody else. */
import { isAbsolute } from 'node:path'
import { SluiceError } from '../../common/errors.ts'
import type { SessionState, Side } from '../../common/models.ts'
import { printableName } from '../../common/safe-name.ts'
import type { Folders } from '../services/working-folders.ts'

export interface FolderMovesDeps {
  folders: Folders
  session: { readonly state: SessionState }
  /** Somebody else than the window went to this folder: its pane is to follow. */
  follow(side: Side, path: string): void
}

/**
 * Calls `follow` for every move that the window has not made.
 * @returns what to call when the window has moved. @throws SluiceError bad-argument for a local path that is not absolute,
 * illegal-characters for what can be no folder
 */
export function createFolderMoves({ folders, session, follow }: FolderMovesDeps): (side: Side, path: string) => void {
  let byWindow = false
  folders.onChange((side, path) => {
    // Where a session begins is said by its state.
    if (byWindow || (side === 'remote' && session.state.state !== 'connected')) return
    follow(side, path)
  })
  return (side, path) => {
    // A lost session is opened again in its folder: one that no command can name would keep it from coming back.
    if (side === 'local' ? path.includes('\0') : /[\r\n\0]/.test(path))
      throw new SluiceError('illegal-characters', `"${printableName(path)}" can be no folder.`)
    if (side === 'local' && !isAbsolute(path)) throw new SluiceError('bad-argument', `${path} is not a whole path.`)
    // A pane may speak a moment after its session has ended.
    if (side === 'remote' && folders.get().remote === null) return
    byWindow = true
    try {
      folders.set(side, path)
    } finally {
      byWindow = false
    }
  }
}
