import { useVirtualizer } from '@tanstack/react-virtual'
import { Ban, CheckCheck, RotateCw } from 'lucide-react'
import { useCallback, useMemo, useRef, useState } from 'react'
import { formatCount } from '../../../common/format.ts'
import { orderOf, TRANSFER_FILTERS, type TransferFilter } from '../lib/transfer-queue.ts'
import { useScanPolicy } from '../state/scan-policy.ts'
import { cancelAllTransfers, clearFinished, retryAllFailed, useTransfers } from '../state/transfers.ts'
import { IconButton } from './IconButton.tsx'
import { TransferItem } from './TransferItem.tsx'
import './TransferTable.css'

const FILTER_NAMES: Record<TransferFilter, string> = {
  all: 'All transfers',
  active: 'Under way',
  done: 'Done',
  blocked: 'Blocked',
  failed: 'Failed or skipped',
}
const COLUMNS = ['File', 'Size', 'Progress', 'Rate', 'Time left', 'Scan result', 'State', 'Actions']
const ROW_HEIGHT = 32
const HEAD_HEIGHT = 28

export function TransferTable() {
  const queue = useTransfers((s) => s.queue)
  const filter = useTransfers((s) => s.filter)
  const scanned = useScanPolicy((s) => s.policy.upload && s.policy.download)
  const order = useMemo(() => orderOf(queue, filter), [queue, filter])
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const table = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => table.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => order[index] ?? index,
    overscan: 8,
    scrollMargin: HEAD_HEIGHT,
  })
  const toggle = useCallback((id: number) => {
    setOpened((now) => {
      const next = new Set(now)
      if (!next.delete(id)) next.add(id)
      return next
    })
  }, [])

  return (
    <>
      <TransferTools />
      {order.length === 0 ? (
        <div className="table-note">
          <h3>{queue.rows.size === 0 ? 'No transfers yet' : 'Nothing here with this filter'}</h3>
          {queue.rows.size === 0 && (
            <p>
              Drag files from one pane to the other.
              {scanned && ' Each is scanned first, and its verdict shows here.'}
            </p>
          )}
        </div>
      ) : (
        <div
          ref={table}
          className="table transfers"
          role="table"
          aria-label="Transfers"
          aria-rowcount={order.length + 1}
          tabIndex={0}
        >
          <div role="rowgroup" className="table-head-group">
            <div role="row" aria-rowindex={1} className="table-head transfer-columns">
              {COLUMNS.map((name) => (
                <div key={name} role="columnheader" className={`column-${name.toLowerCase().replace(' ', '-')}`}>
                  {name === 'Actions' ? <span className="hidden-visually">{name}</span> : name}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className="table-rows" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const row = queue.rows.get(order[item.index] ?? -1)
              if (!row) return null
              return (
                <TransferItem
                  key={row.id}
                  row={row}
                  index={item.index}
                  top={item.start - HEAD_HEIGHT}
                  open={opened.has(row.id)}
                  onToggle={toggle}
                  measure={rows.measureElement}
                />
              )
            })}
          </div>
        </div>
      )}
    </>
  )
}

/** Totals, the filter and what can be done with all rows at once. */
function TransferTools() {
  const queue = useTransfers((s) => s.queue)
  const totals = useTransfers((s) => s.totals)
  const filter = useTransfers((s) => s.filter)
  const ended = totals.done + totals.blocked + totals.failed
  const retryable = totals.failed > 0
  return (
    <div className="tab-tools">
      <span className="transfer-totals muted" role="status">
        {(['active', 'queued', 'done', 'blocked', 'failed'] as const)
          .filter((key) => totals[key] > 0)
          .map((key) => `${formatCount(totals[key])} ${key}`)
          .join(' · ')}
      </span>
      <select
        className="select"
        aria-label="Show"
        value={filter}
        onChange={(event) =>
          useTransfers.setState({ filter: TRANSFER_FILTERS.find((f) => f === event.target.value) ?? 'all' })
        }
      >
        {TRANSFER_FILTERS.map((key) => (
          <option key={key} value={key}>
            {FILTER_NAMES[key]}
          </option>
        ))}
      </select>
      <IconButton small icon={RotateCw} label="Retry all failed" disabled={!retryable} onClick={retryAllFailed} />
      <IconButton
        small
        icon={Ban}
        label="Cancel all"
        disabled={totals.active + totals.queued === 0}
        onClick={cancelAllTransfers}
      />
      <IconButton
        small
        icon={CheckCheck}
        label="Clear finished"
        disabled={ended === 0 && queue.rows.size === 0}
        onClick={clearFinished}
      />
    </div>
  )
}
