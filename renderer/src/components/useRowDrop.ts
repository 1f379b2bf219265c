import { useEffect, useState, type DragEvent } from 'react'
import { remoteBasename } from '../../../common/remote-path.ts'
import type { Side } from '../../../common/models.ts'
import { currentDrag, endDrag } from '../lib/drag.ts'
import { plural } from '../../../common/format.ts'
import { localBasename } from '../lib/local-path.ts'
import { visibleName } from '../lib/names.ts'
import { rowOf } from '../lib/row-of.ts'
import { joinPath, transfer, uploadDropped } from '../state/pane-actions.ts'
import { paneOf } from '../state/panes.ts'
import { useSession } from '../state/session.ts'

/** Where a drag is: over a folder's row, over the pane, or nowhere that takes it. */
type Over = number | 'pane' | null

interface RowDrop {
  over: Over
  /** What a drop here would do, in words. */
  hint: string
  handlers: {
    onDragOver(event: DragEvent): void
    onDragLeave(event: DragEvent): void
    onDrop(event: DragEvent): void
  }
}

/** Makes a pane a target: for rows of the other pane, and on the remote side for files of the operating system. */
export function useRowDrop(side: Side): RowDrop {
  const [over, setOver] = useState<Over>(null)
  const [count, setCount] = useState<number | null>(null)

  // A drag that ends elsewhere, or by Escape, tells nobody here.
  useEffect(() => {
    const clear = (): void => setOver(null)
    window.addEventListener('dragend', clear)
    window.addEventListener('drop', clear)
    return () => {
      window.removeEventListener('dragend', clear)
      window.removeEventListener('drop', clear)
    }
  }, [])

  const accepts = (event: DragEvent): boolean => {
    const { path, status } = paneOf(side)
    if (path === null || status === 'error' || useSession.getState().session.state !== 'connected') return false
    const drag = currentDrag()
    return drag ? drag.side !== side : side === 'remote' && event.dataTransfer.types.includes('Files')
  }
  const targetOf = (event: DragEvent): Over => {
    const row = rowOf(event.target)
    return row !== null && paneOf(side).listing.entries[row]?.type === 'dir' ? row : 'pane'
  }
  const folderOf = (target: Over): string => {
    const { path, listing } = paneOf(side)
    const entry = typeof target === 'number' ? listing.entries[target] : undefined
    return entry ? joinPath(side, path ?? '', entry.name) : (path ?? '')
  }

  const verb = side === 'remote' ? 'Upload' : 'Download'
  const folder = over === null ? '' : folderOf(over)
  const name = (side === 'local' ? localBasename(folder) : remoteBasename(folder)) || folder
  return {
    over,
    hint: over === null ? '' : `${verb} ${count === null ? 'files' : plural(count, 'item')} to ${visibleName(name)}`,
    handlers: {
      onDragOver: (event) => {
        if (!accepts(event)) return setOver(null)
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
        setCount(currentDrag()?.entries.length ?? (event.dataTransfer.items.length || null))
        setOver(targetOf(event))
      },
      onDragLeave: (event) => {
        const next = event.relatedTarget
        if (!(next instanceof Node) || !event.currentTarget.contains(next)) setOver(null)
      },
      onDrop: (event) => {
        setOver(null)
        if (!accepts(event)) return
        event.preventDefault()
        const drag = currentDrag()
        endDrag()
        const target = folderOf(targetOf(event))
        if (drag) transfer(drag.side, drag.entries, target)
        else uploadDropped(event.dataTransfer, target)
      },
    },
  }
}
