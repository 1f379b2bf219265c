import { ArrowDown, ArrowUp } from 'lucide-react'
import { useCallback, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { Side } from '../../../common/models.ts'
import { SORT_COLUMNS, type SortColumn, type SortOrder } from '../lib/listing.ts'
import { sortBy } from '../state/panes.ts'

type SizedColumn = Exclude<SortColumn, 'name'>

const NAMES: Record<SortColumn, string> = {
  name: 'Name',
  size: 'Size',
  modified: 'Modified',
  permissions: 'Permissions',
}
const NARROWEST = 64
const WIDEST = 320

/** Widths of the columns beside the name, as custom properties for the grid, and what changes one by some pixels. */
export function useColumnWidths(): [Record<string, string>, (column: SizedColumn, change: number) => void] {
  const [widths, setWidths] = useState<Record<SizedColumn, number>>({ size: 88, modified: 144, permissions: 112 })
  const resize = useCallback((column: SizedColumn, change: number) => {
    setWidths((now) => ({ ...now, [column]: Math.min(WIDEST, Math.max(NARROWEST, now[column] + change)) }))
  }, [])
  return [Object.fromEntries(Object.entries(widths).map(([column, width]) => [`--w-${column}`, `${width}px`])), resize]
}

interface ColumnHeadsProps {
  side: Side
  sort: SortOrder
  onResize(column: SizedColumn, change: number): void
}

/** The head of the grid: one tab stop, arrows go from column to column, Enter sorts. */
export function ColumnHeads({ side, sort, onResize }: ColumnHeadsProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    const heads = [...event.currentTarget.querySelectorAll('button')].filter((button) => button.offsetParent !== null)
    const at = heads.findIndex((button) => button === document.activeElement)
    heads[at + (event.key === 'ArrowRight' ? 1 : -1)]?.focus()
    event.preventDefault()
  }
  return (
    <div role="rowgroup" className="grid-head-group">
      <div role="row" aria-rowindex={1} className="grid-head" onKeyDown={onKeyDown}>
        {SORT_COLUMNS.map((column, index) => {
          const sorted = sort.column === column
          const Arrow = sort.descending ? ArrowDown : ArrowUp
          return (
            <div
              key={column}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
              className={`column-${column}`}
            >
              {column !== 'name' && <Grip onMove={(change) => onResize(column, -change)} />}
              <button type="button" tabIndex={sorted ? 0 : -1} onClick={() => sortBy(side, column)}>
                {NAMES[column]}
                {sorted && <Arrow size={12} aria-hidden />}
              </button>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Left edge of a column, to be dragged. */
function Grip({ onMove }: { onMove(change: number): void }) {
  const onPointerDown = (event: PointerEvent): void => {
    event.preventDefault()
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onMove(event.movementX)
  }
  return <span className="column-grip" aria-hidden onPointerDown={onPointerDown} onPointerMove={onPointerMove} />
}
