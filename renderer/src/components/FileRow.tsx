import { memo, useRef, useState } from 'react'
import type { Entry, Side } from '../../../common/models.ts'
import { focusRows } from '../lib/focus.ts'
import { iconOf } from '../lib/file-icon.ts'
import { formatBytes, formatBytesExact, formatTime } from '../../../common/format.ts'
import { nameProblem, stemLength, visibleName } from '../lib/names.ts'
import { rename } from '../state/pane-actions.ts'
import { setRenaming } from '../state/panes.ts'
import { report, toast } from '../state/ui.ts'
import { FileName } from './FileName.tsx'

interface FileRowProps {
  id: string
  side: Side
  entry: Entry
  /** Index in the listing. */
  row: number
  /** Place in the view, from 0. */
  position: number
  /** Pixels from the top of the rows. */
  top: number
  selected: boolean
  cursor: boolean
  dropTarget: boolean
  renaming: boolean
}

export const FileRow = memo(function FileRow(props: FileRowProps) {
  const { id, side, entry, row, position, top, selected, cursor, dropTarget, renaming } = props
  const Icon = iconOf(entry)
  return (
    <div
      id={id}
      role="row"
      className="file-row"
      aria-label={visibleName(entry.name)}
      aria-rowindex={position + 2}
      aria-selected={selected}
      data-row={row}
      data-cursor={cursor ? '' : undefined}
      data-drop={dropTarget ? '' : undefined}
      draggable={!renaming}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className="cell-name">
        <Icon size={16} className={entry.type === 'dir' ? 'is-folder' : ''} aria-hidden />
        {renaming ? <RenameField side={side} entry={entry} /> : <FileName name={entry.name} />}
        {entry.target !== null && !renaming && <span className="link-target">→ {visibleName(entry.target)}</span>}
      </div>
      <div
        role="gridcell"
        className="cell-size"
        title={entry.type === 'dir' ? undefined : formatBytesExact(entry.size)}
      >
        {entry.type === 'dir' ? '' : formatBytes(entry.size)}
      </div>
      <div role="gridcell" className="cell-modified">
        {formatTime(entry.modified)}
      </div>
      <div role="gridcell" className="cell-permissions" title={[entry.owner, entry.group].filter(Boolean).join(' : ')}>
        {visibleName(entry.permissions ?? '–')}
      </div>
    </div>
  )
})

/** The name, being edited in its place: Enter and leaving keep it, Escape does not. */
function RenameField({ side, entry }: { side: Side; entry: Entry }) {
  const [text, setText] = useState(entry.name)
  const problem = nameProblem(text)
  const ended = useRef(false)
  const end = (keep: boolean): void => {
    // Giving the focus back to the rows leaves the field, which would end it a second time.
    if (ended.current) return
    if (keep && text !== entry.name) {
      if (problem !== null) return toast(problem, 'error')
      ended.current = true
      report(rename(side, entry.name, text))
    }
    ended.current = true
    setRenaming(side, null)
  }
  return (
    <input
      className="rename-field"
      aria-label={`New name of ${visibleName(entry.name)}`}
      aria-invalid={problem !== null}
      title={problem ?? undefined}
      value={text}
      spellCheck={false}
      autoComplete="off"
      ref={(field) => {
        if (!field || field === document.activeElement) return
        field.focus({ preventScroll: true })
        field.setSelectionRange(0, stemLength(entry.name, entry.type === 'dir'))
      }}
      onChange={(event) => setText(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onContextMenu={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key !== 'Enter' && event.key !== 'Escape') return
        event.preventDefault()
        end(event.key === 'Enter')
        if (event.key === 'Escape' || problem === null) focusRows(side)
      }}
      onBlur={() => end(problem === null)}
    />
  )
}
