import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type ReactNode } from 'react'

export interface Column<T> {
  name: string
  /** The heading is only read out: its buttons say it. */
  unseen?: boolean
  className?: string
  cell(row: T): ReactNode
}

interface VirtualTableProps<T> {
  label: string
  /** Class that has the widths of the columns. */
  layout: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf(row: T): string | number
  /** Accessible name of a row. */
  nameOf(row: T): string
  toneOf?(row: T): string
  /** Called while the last rows are in sight. */
  onEnd?(): void
}

const ROW_HEIGHT = 32
const HEAD_HEIGHT = 28
/** Rows before the end at which more are asked for. */
const NEAR_END = 40

/** A table of any length: only the rows in sight are in the page. */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, layout, columns, rows: data, keyOf, nameOf, toneOf, onEnd } = props
  const table = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: data.length,
    getScrollElement: () => table.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => {
      const row = data[index]
      return row === undefined ? index : keyOf(row)
    },
    overscan: 8,
    scrollMargin: HEAD_HEIGHT,
  })
  const items = rows.getVirtualItems()
  const isNearEnd = (items.at(-1)?.index ?? 0) >= data.length - NEAR_END
  useEffect(() => {
    if (isNearEnd) onEnd?.()
  }, [isNearEnd, data.length, onEnd])

  return (
    <div ref={table} className="table" role="table" aria-label={label} aria-rowcount={data.length + 1} tabIndex={0}>
      <div role="rowgroup" className="table-head-group">
        <div role="row" aria-rowindex={1} className={`table-head ${layout}`}>
          {columns.map(({ name, className = '', unseen = false }) => (
            <div key={name} role="columnheader" className={className}>
              {unseen ? <span className="hidden-visually">{name}</span> : name}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="table-rows" style={{ height: rows.getTotalSize() }}>
        {items.map((item) => {
          const row = data[item.index]
          if (row === undefined) return null
          return (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-label={nameOf(row)}
              className={`table-row virtual-row ${layout} ${toneOf?.(row) ?? ''}`}
              style={{ transform: `translateY(${item.start - HEAD_HEIGHT}px)` }}
            >
              {columns.map(({ name, className = '', cell }) => (
                <div key={name} role="cell" className={className}>
                  {cell(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
