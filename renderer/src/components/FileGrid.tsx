import { useVirtualizer } from '@tanstack/react-virtual'
import { CircleAlert, FolderOpen, LoaderCircle, SearchX } from 'lucide-react'
import { useEffect, useRef, type MouseEvent } from 'react'
import type { Entry, Side } from '../../../common/models.ts'
import { endDrag, startDrag, ROWS_TYPE } from '../lib/drag.ts'
import { plural } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { rowOf } from '../lib/row-of.ts'
import { clickRow, NO_SELECTION } from '../lib/selection.ts'
import { actionEntries, goUp, openEntry } from '../state/pane-actions.ts'
import { navigate, paneOf, parentOf, setFilter, setSelection, usePanes, type PaneState } from '../state/panes.ts'
import { useSession } from '../state/session.ts'
import { report } from '../state/ui.ts'
import { ColumnHeads, useColumnWidths } from './ColumnHeads.tsx'
import './FileGrid.css'
import { FileRow } from './FileRow.tsx'
import { gridKeyDown } from './grid-keys.ts'
import { PaneMenu } from './PaneMenu.tsx'
import { useRowDrop } from './useRowDrop.ts'

const ROW_HEIGHT = 28
const HEAD_HEIGHT = 28

/** The rows of a pane: virtual, so that 100,000 of them scroll like ten. */
export function FileGrid({ side }: { side: Side }) {
  const pane = usePanes((s) => s[side])
  const { listing, view, selection, renaming, path } = pane
  const grid = useRef<HTMLDivElement>(null)
  const [widths, resize] = useColumnWidths()
  const drop = useRowDrop(side)
  const rows = useVirtualizer({
    count: view.length,
    getScrollElement: () => grid.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: HEAD_HEIGHT,
    scrollPaddingStart: HEAD_HEIGHT,
  })

  // A new folder starts at its top; a refresh stays where it was.
  useEffect(() => {
    grid.current?.scrollTo({ top: 0 })
  }, [path])
  useEffect(() => {
    if (selection.cursor === null) return
    const position = paneOf(side).view.indexOf(selection.cursor)
    if (position >= 0) rows.scrollToIndex(position)
  }, [selection.cursor, side, rows])

  const entryOf = (row: number | null): Entry | undefined => (row === null ? undefined : listing.entries[row])
  const idOf = (row: number): string => `${side}-row-${row}`
  const items = rows.getVirtualItems()
  const cursorShown = selection.cursor !== null && items.some((item) => view[item.index] === selection.cursor)

  const onClick = (event: MouseEvent): void => {
    const row = rowOf(event.target)
    if (row === null) {
      if (event.target === grid.current) setSelection(side, { ...selection, selected: new Set() })
      return
    }
    const modifiers = { toggle: event.ctrlKey || event.metaKey, extend: event.shiftKey }
    setSelection(side, clickRow(selection, view, row, modifiers))
  }

  // Before the menu opens: it is about the row under the pointer, unless that is part of the selection.
  const onContextMenu = (event: MouseEvent): void => {
    const row = rowOf(event.target)
    if (row === null) setSelection(side, NO_SELECTION)
    else if (!selection.selected.has(row))
      setSelection(side, clickRow(selection, view, row, { toggle: false, extend: false }))
  }

  return (
    <div className="pane-body" {...drop.handlers} data-drop={drop.over === 'pane' ? '' : undefined}>
      <PaneMenu side={side}>
        <div
          ref={grid}
          role="grid"
          tabIndex={0}
          className="grid"
          data-focus-region={side}
          aria-label={side === 'local' ? 'Files on this computer' : 'Files on the server'}
          aria-rowcount={view.length + 1}
          aria-colcount={4}
          aria-multiselectable
          aria-busy={pane.status === 'loading'}
          aria-activedescendant={cursorShown && selection.cursor !== null ? idOf(selection.cursor) : undefined}
          style={widths}
          onClick={onClick}
          onContextMenu={onContextMenu}
          onDoubleClick={(event) => {
            const entry = entryOf(rowOf(event.target))
            if (entry && renaming === null) report(openEntry(side, entry))
          }}
          onFocus={(event) => {
            if (event.target === event.currentTarget && selection.cursor === null && view[0] !== undefined) {
              setSelection(side, { ...selection, cursor: view[0] })
            }
          }}
          onKeyDown={(event) => {
            if (event.target === event.currentTarget) gridKeyDown(event, side, pageRows(grid.current))
          }}
          onDragStart={(event) => {
            const row = rowOf(event.target)
            if (row === null || renaming !== null) return event.preventDefault()
            if (!selection.selected.has(row)) {
              setSelection(side, clickRow(selection, view, row, { toggle: false, extend: false }))
            }
            const entries = actionEntries(side)
            startDrag({ side, entries })
            event.dataTransfer.setData(ROWS_TYPE, side)
            event.dataTransfer.effectAllowed = 'copy'
            showDragImage(event.dataTransfer, entries)
          }}
          onDragEnd={endDrag}
        >
          <ColumnHeads side={side} sort={pane.sort} onResize={resize} />
          <div role="rowgroup" className="grid-rows" style={{ height: rows.getTotalSize() }}>
            {items.map((item) => {
              const row = view[item.index]
              const entry = row === undefined ? undefined : listing.entries[row]
              if (row === undefined || entry === undefined) return null
              return (
                <FileRow
                  key={row}
                  id={idOf(row)}
                  side={side}
                  entry={entry}
                  row={row}
                  position={item.index}
                  top={item.start - HEAD_HEIGHT}
                  selected={selection.selected.has(row)}
                  cursor={selection.cursor === row}
                  dropTarget={drop.over === row}
                  renaming={renaming === row}
                />
              )
            })}
          </div>
        </div>
      </PaneMenu>
      <PaneNote side={side} pane={pane} />
      {drop.over !== null && <p className="drop-hint">{drop.hint}</p>}
    </div>
  )
}

function pageRows(grid: HTMLElement | null): number {
  return Math.max(1, Math.floor(((grid?.clientHeight ?? 0) - HEAD_HEIGHT) / ROW_HEIGHT) - 1)
}

/** A small card follows the pointer instead of a picture of the whole row. */
function showDragImage(data: DataTransfer, entries: readonly Entry[]): void {
  const card = document.createElement('div')
  card.className = 'drag-card'
  const only = entries.length === 1 ? entries[0] : undefined
  card.textContent = only ? visibleName(only.name).slice(0, 40) : plural(entries.length, 'item')
  document.body.append(card)
  data.setDragImage(card, -12, -4)
  // The browser takes its picture after this event.
  setTimeout(() => card.remove())
}

/** What stands in place of rows when there are none. */
function PaneNote({ side, pane }: { side: Side; pane: PaneState }) {
  const { status, path, error, view, listing, filter } = pane
  const reachable = useSession((s) => side === 'local' || s.session.state === 'connected')
  if (path === null) return null
  if (status === 'error') {
    return (
      <div className="pane-note" role="alert">
        <CircleAlert size={24} className="tone-bad" aria-hidden />
        <h3>This folder could not be opened</h3>
        <p className="selectable">{error?.message}</p>
        <div className="buttons" hidden={!reachable}>
          <button type="button" className="button" onClick={() => void navigate(side, path)}>
            Retry
          </button>
          {parentOf(side, path) !== path && (
            <button type="button" className="button" onClick={() => goUp(side)}>
              Folder above
            </button>
          )}
        </div>
      </div>
    )
  }
  if (view.length > 0) return null
  if (status === 'loading') {
    return (
      <div className="pane-note passive" role="status">
        <LoaderCircle size={24} className="turning tone-busy" aria-hidden />
        <p>Reading the folder…</p>
      </div>
    )
  }
  if (filter !== '') {
    return (
      <div className="pane-note">
        <SearchX size={24} aria-hidden />
        <h3>No name matches the filter</h3>
        <button type="button" className="button" onClick={() => setFilter(side, '')}>
          Show all
        </button>
      </div>
    )
  }
  return (
    <div className="pane-note passive">
      <FolderOpen size={24} aria-hidden />
      <h3>{listing.entries.length > 0 ? 'Only hidden files here' : 'This folder is empty'}</h3>
      {reachable && (
        <p>
          {side === 'remote' ? 'Drop files here to upload them.' : 'Drag files here from the server to download them.'}
        </p>
      )}
    </div>
  )
}
