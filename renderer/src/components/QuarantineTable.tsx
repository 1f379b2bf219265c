import { ShieldCheck, ShieldX, Trash2 } from 'lucide-react'
import { formatBytes, formatTime, plural } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { useQuarantine } from '../state/quarantine.ts'
import { openDialog } from '../state/ui.ts'
import { FileName } from './FileName.tsx'
import { IconButton } from './IconButton.tsx'
import './QuarantineTable.css'

const COLUMNS = ['File', 'Signature', 'Size', 'From', 'Held since', 'Actions']

/** Infected downloads, and uploads to this computer’s own server: what was found, where it came from, and the one thing to do with it. */
export function QuarantineTable() {
  const items = useQuarantine((s) => s.items)
  if (items.length === 0) {
    return (
      <div className="table-note">
        <ShieldCheck size={24} className="tone-good" aria-hidden />
        <h3>Nothing in quarantine</h3>
        <p>
          An infected file that you download, or that others upload to your share, never gets its name: it is kept here,
          locked away from other programs, until you delete it.
        </p>
      </div>
    )
  }
  return (
    <>
      <div className="tab-tools">
        <span className="quarantine-hint muted">Locked away where nothing can open or run it</span>
        <button
          type="button"
          className="button small"
          onClick={() =>
            openDialog({
              kind: 'delete-quarantined',
              ids: items.map((item) => item.id),
              name: plural(items.length, 'quarantined file'),
            })
          }
        >
          <Trash2 size={14} aria-hidden />
          Delete all
        </button>
      </div>
      <div className="table" role="table" aria-label="Quarantine" tabIndex={0}>
        <div role="rowgroup" className="table-head-group">
          <div role="row" className="table-head quarantine-columns">
            {COLUMNS.map((name) => (
              <div key={name} role="columnheader" className={name === 'Size' ? 'number' : ''}>
                {name === 'Actions' ? <span className="hidden-visually">{name}</span> : name}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup">
          {items.map((item) => (
            <div role="row" aria-label={visibleName(item.name)} className="table-row quarantine-columns" key={item.id}>
              <div role="cell" title={`Would have been ${visibleName(item.intendedPath)}`}>
                <FileName name={item.name} />
              </div>
              <div role="cell">
                <span className="scan scan-bad" title={`${item.engine} ${item.engineVersion}`}>
                  <ShieldX size={14} aria-hidden />
                  <span className="scan-text">{visibleName(item.signature)}</span>
                </span>
              </div>
              <div role="cell" className="number muted">
                {formatBytes(item.bytes)}
              </div>
              <div role="cell" className="muted selectable" title={visibleName(item.source)}>
                {visibleName(item.source)}
              </div>
              <div role="cell" className="muted">
                {formatTime(item.quarantinedAt)}
              </div>
              <div role="cell" className="column-actions">
                <IconButton
                  small
                  icon={Trash2}
                  label={`Delete ${visibleName(item.name)}`}
                  onClick={() => openDialog({ kind: 'delete-quarantined', ids: [item.id], name: item.name })}
                />
              </div>
            </div>
          ))}
        </div>
      </div>
    </>
  )
}
