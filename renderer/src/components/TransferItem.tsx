import {
  ArrowDown,
  ArrowUp,
  ChevronRight,
  CircleMinus,
  Hourglass,
  LoaderCircle,
  RotateCw,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  ShieldX,
  X,
  type LucideIcon,
} from 'lucide-react'
import { memo } from 'react'
import type { TransferRow } from '../../../common/models.ts'
import { remoteParent } from '../../../common/remote-path.ts'
import { formatBytes, formatBytesExact, formatTime } from '../../../common/format.ts'
import { remoteUrl } from '../../../common/ftp-url.ts'
import { localParent } from '../lib/local-path.ts'
import { visibleName } from '../lib/names.ts'
import {
  canCancel,
  canRetry,
  rateText,
  rowName,
  rowProgress,
  scanLabel,
  stateLabel,
  timeLeft,
  UNSCANNED,
  whyText,
  type Label,
} from '../lib/transfer-text.ts'
import { cancelTransfers, retryTransfers, useTransfers } from '../state/transfers.ts'
import { FileName } from './FileName.tsx'
import { IconButton } from './IconButton.tsx'

interface TransferItemProps {
  row: TransferRow
  index: number
  top: number
  open: boolean
  onToggle(id: number): void
  measure(element: HTMLElement | null): void
}

/** One file of the queue; opened it says everything that is known about it. */
export const TransferItem = memo(function TransferItem(props: TransferItemProps) {
  const { row, index, top, open, onToggle, measure } = props
  const name = rowName(row)
  const shown = visibleName(name)
  const Direction = row.direction === 'upload' ? ArrowUp : ArrowDown
  const cancelling = useTransfers((s) => s.cancelling.has(row.id)) && canCancel(row)
  const state: Label = cancelling ? { text: 'Cancelling', tone: 'busy' } : stateLabel(row)
  const progress = rowProgress(row)
  const folder = row.direction === 'upload' ? remoteParent(row.remotePath) : localParent(row.localPath)
  const why = whyText(row)
  const detailId = `transfer-${row.id}-detail`
  return (
    <div
      ref={measure}
      role="row"
      aria-label={shown}
      aria-rowindex={index + 2}
      data-index={index}
      data-state={row.state}
      className="transfer-item"
      style={{ transform: `translateY(${top}px)` }}
    >
      <div className="table-row transfer-columns" role="presentation" onDoubleClick={() => onToggle(row.id)}>
        <div role="cell" className="transfer-file">
          <button
            type="button"
            className="opener"
            aria-expanded={open}
            aria-controls={open ? detailId : undefined}
            aria-label={`Details of ${shown}`}
            onClick={() => onToggle(row.id)}
          >
            <ChevronRight size={14} aria-hidden />
          </button>
          <span
            className="direction"
            data-direction={row.direction}
            title={row.direction === 'upload' ? 'Upload' : 'Download'}
          >
            <Direction size={14} aria-label={row.direction === 'upload' ? 'Upload' : 'Download'} />
          </span>
          <FileName name={name} />
          <span className="transfer-path" title={`To ${visibleName(folder)}`}>
            to {visibleName(folder)}
          </span>
        </div>
        <div role="cell" className="column-size">
          {formatBytes(row.size)}
        </div>
        <div role="cell" className="column-progress">
          <Progress name={shown} value={progress} tone={state.tone} />
        </div>
        <div role="cell" className="column-rate">
          {rateText(row)}
        </div>
        <div role="cell" className="column-time-left">
          {timeLeft(row)}
        </div>
        <div role="cell" className="column-scan-result">
          <Scan label={scanLabel(row)} />
        </div>
        <div role="cell" className={`column-state tone-${state.tone}`} title={row.error?.message ?? state.text}>
          {state.text}
          {why !== '' && <span className="transfer-why">{visibleName(why)}</span>}
        </div>
        <div role="cell" className="column-actions">
          {canRetry(row) && <IconButton small icon={RotateCw} label="Retry" onClick={() => retryTransfers([row.id])} />}
          {canCancel(row) && !cancelling && (
            <IconButton small icon={X} label="Cancel" onClick={() => cancelTransfers([row.id])} />
          )}
        </div>
      </div>
      {open && <Detail id={detailId} row={row} />}
    </div>
  )
})

function Progress({ name, value, tone }: { name: string; value: number | null; tone: Label['tone'] }) {
  return (
    <div className="progress">
      <div
        className="progress-bar"
        role="progressbar"
        aria-label={`Progress of ${name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(value === null ? {} : { 'aria-valuenow': value })}
      >
        <div className={`progress-fill fill-${tone}`} style={{ width: `${value ?? 0}%` }} />
      </div>
      <span className="progress-text">{value === null ? '' : `${value} %`}</span>
    </div>
  )
}

const SCAN_ICONS: Record<Label['tone'], LucideIcon> = {
  good: ShieldCheck,
  bad: ShieldX,
  warn: ShieldAlert,
  busy: LoaderCircle,
  muted: Hourglass,
}

const SCAN_ICONS_BY_TEXT: Record<string, LucideIcon> = { 'Not scanned': CircleMinus, [UNSCANNED]: ShieldOff }

/** The verdict: an icon, a word and a colour, so that none has to speak alone. */
function Scan({ label }: { label: Label }) {
  const Icon = SCAN_ICONS_BY_TEXT[label.text] ?? SCAN_ICONS[label.tone]
  return (
    <span className={`scan scan-${label.tone}`} title={visibleName(label.text)}>
      <Icon size={14} className={label.tone === 'busy' ? 'turning' : ''} aria-hidden />
      <span className="scan-text">{visibleName(label.text)}</span>
    </span>
  )
}

function Detail({ id, row }: { id: string; row: TransferRow }) {
  const { scan, error } = row
  const from = row.direction === 'upload' ? row.localPath : remoteUrl(row.endpoint, row.remotePath)
  const to = row.direction === 'upload' ? remoteUrl(row.endpoint, row.remotePath) : row.localPath
  const lines: [string, string][] = [
    ['From', from],
    ['To', to],
    ['Size', `${formatBytesExact(row.size)}, transfer type ${row.transferType}`],
    [
      'Added',
      formatTime(row.addedAt) +
        (row.startedAt === null ? '' : `, started ${formatTime(row.startedAt)}`) +
        (row.endedAt === null ? '' : `, ended ${formatTime(row.endedAt)}`),
    ],
  ]
  if (row.resumedFrom > 0) {
    lines.push(['Resumed', `${formatBytesExact(row.resumedFrom)} were there before and did not go over the wire.`])
  }
  if (error) lines.push(['Problem', error.message + (error.reply ? ` (${error.reply.code} ${error.reply.text})` : '')])
  if (row.unscanned) lines.push(['Scan', 'Not scanned: scanning was switched off when this file was moved.'])
  if (scan) {
    lines.push([
      'Scan',
      `${scanLabel(row).text}, by ${scan.engine} ${scan.engineVersion}, signatures ${scan.signatureVersion}, ${Math.round(scan.ms)} ms`,
    ])
    if (scan.sha256 !== null) lines.push(['SHA-256', scan.sha256])
  }
  return (
    <div role="cell" id={id} className="transfer-detail">
      <dl className="selectable">
        {lines.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{visibleName(text)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
