import { Download, Upload } from 'lucide-react'
import { useMemo } from 'react'
import type { Side } from '../../../common/models.ts'
import { formatBytes, formatCount, plural } from '../../../common/format.ts'
import { sumOf } from '../lib/listing.ts'
import { actionEntries, transfer } from '../state/pane-actions.ts'
import { usePanes } from '../state/panes.ts'
import { useSession } from '../state/session.ts'

/** The line under the rows: how many, how much, what is selected, and the button that sends it. */
export function PaneStatus({ side }: { side: Side }) {
  const { path, status, listing, view, selection, unreadable, filter } = usePanes((s) => s[side])
  const connected = useSession((s) => s.session.state === 'connected')
  const all = useMemo(() => sumOf(listing, view), [listing, view])
  const chosen = useMemo(() => sumOf(listing, selection.selected), [listing, selection.selected])
  const count = selection.selected.size
  const notShown = listing.entries.length - view.length
  const Icon = side === 'local' ? Upload : Download
  const verb = side === 'local' ? 'Upload' : 'Download'

  const parts: string[] = []
  if (path !== null && status !== 'error') {
    parts.push(plural(view.length, 'item'))
    if (all.files > 0) parts.push(formatBytes(all.bytes))
    if (notShown > 0) parts.push(`${formatCount(notShown)} ${filter === '' ? 'hidden' : 'not shown'}`)
    if (unreadable.length > 0) parts.push(`${plural(unreadable.length, 'line')} of the listing unreadable`)
  }
  return (
    <div className="pane-status">
      <p title={unreadable.join('\n')}>
        {count > 0 ? (
          <>
            <strong>{formatCount(count)} selected</strong>
            {chosen.files > 0 && `, ${formatBytes(chosen.bytes)}`} of {plural(view.length, 'item')}
          </>
        ) : (
          parts.join(' · ')
        )}
      </p>
      <button
        type="button"
        className="button small"
        disabled={!connected || count === 0}
        onClick={() => transfer(side, actionEntries(side))}
      >
        <Icon size={14} aria-hidden />
        {verb}
      </button>
    </div>
  )
}
