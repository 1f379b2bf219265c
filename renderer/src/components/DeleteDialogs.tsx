import type { Entry, RemovalResult, Side } from '../../../common/models.ts'
import { iconOf } from '../lib/file-icon.ts'
import { formatBytes, formatCount, plural } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { removeEntries } from '../state/pane-actions.ts'
import { removeQuarantined } from '../state/quarantine.ts'
import { report } from '../state/ui.ts'
import { FileName } from './FileName.tsx'
import { Ask, DangerButtons, Modal, ModalButtons } from './Modal.tsx'

/** Names that are listed one by one; of more only the number is told. */
const MOST_LISTED = 100

interface EntryListProps {
  entries: readonly Entry[]
}

/** The entries an action is about, folders marked as such. */
function EntryList({ entries }: EntryListProps) {
  return (
    <ul className="modal-list" tabIndex={0} aria-label="What goes">
      {entries.slice(0, MOST_LISTED).map((entry, index) => {
        const Icon = iconOf(entry)
        return (
          <li key={index}>
            <Icon size={16} aria-hidden />
            <FileName name={entry.name} />
            <span className="right">{entry.type === 'dir' ? 'with everything in it' : formatBytes(entry.size)}</span>
          </li>
        )
      })}
      {entries.length > MOST_LISTED && <li className="more">and {formatCount(entries.length - MOST_LISTED)} more</li>}
    </ul>
  )
}

interface DeleteDialogProps {
  side: Side
  folder: string
  entries: Entry[]
  onClose(): void
}

export function DeleteDialog({ side, folder, entries, onClose }: DeleteDialogProps) {
  const [only] = entries
  const what = entries.length === 1 && only ? `“${visibleName(only.name)}”` : plural(entries.length, 'item')
  const where = side === 'local' ? 'from this computer' : 'from the server'
  const folders = entries.some((entry) => entry.type === 'dir')
  return (
    <Ask
      title={`Delete ${what}?`}
      description={`${folders ? 'Folders go with everything in them. ' : ''}What is deleted ${where} cannot be brought back.`}
      onClose={onClose}
    >
      <EntryList entries={entries} />
      <DangerButtons
        text={entries.length === 1 ? 'Delete' : `Delete ${plural(entries.length, 'item')}`}
        onGo={() => report(removeEntries(side, folder, entries))}
      />
    </Ask>
  )
}

interface DeleteQuarantinedProps {
  ids: string[]
  name: string
  onClose(): void
}

export function DeleteQuarantinedDialog({ ids, name, onClose }: DeleteQuarantinedProps) {
  return (
    <Ask
      title={`Delete ${ids.length === 1 ? `“${visibleName(name)}”` : name}?`}
      description="The infected bytes are removed from this computer for good. The file on the server stays as it is."
      onClose={onClose}
    >
      <DangerButtons text="Delete" onGo={() => removeQuarantined(ids)} />
    </Ask>
  )
}

/** What could not be removed, and why. */
export function RemovalFailuresDialog({ result, onClose }: { result: RemovalResult; onClose(): void }) {
  return (
    <Modal
      wide
      title={`${plural(result.failed.length, 'item')} could not be deleted`}
      description={`${plural(result.removed, 'item was', 'items were')} deleted. These were not:`}
      onClose={onClose}
    >
      <ul className="modal-list" tabIndex={0} aria-label="Not deleted">
        {result.failed.slice(0, MOST_LISTED).map(({ path, error }) => (
          <li key={path} className="stacked selectable">
            <div>{visibleName(path)}</div>
            <div className="tone-bad">{visibleName(error.message)}</div>
          </li>
        ))}
        {result.failed.length > MOST_LISTED && (
          <li className="more">and {formatCount(result.failed.length - MOST_LISTED)} more</li>
        )}
      </ul>
      <ModalButtons>
        <button type="button" className="button primary" onClick={onClose}>
          Close
        </button>
      </ModalButtons>
    </Modal>
  )
}
