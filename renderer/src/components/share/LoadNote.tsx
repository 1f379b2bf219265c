import { CircleAlert, LoaderCircle, RotateCw } from 'lucide-react'
import type { ErrorData } from '../../../../common/errors.ts'

/** In place of what is on its way. */
export function BusyNote({ text }: { text: string }) {
  return (
    <div className="table-note" role="status">
      <LoaderCircle size={24} className="turning tone-busy" aria-hidden />
      <p>{text}</p>
    </div>
  )
}

interface LoadNoteProps {
  /** Null while it is on its way. */
  error: ErrorData | null
  busy: string
  failed: string
  onRetry(): void
}

/** In place of a list or a page that is not there yet, or could not be had. */
export function LoadNote({ error, busy, failed, onRetry }: LoadNoteProps) {
  if (error === null) return <BusyNote text={busy} />
  return (
    <div className="table-note">
      <CircleAlert size={24} className="tone-bad" aria-hidden />
      <h3>{failed}</h3>
      <p role="alert" className="selectable">
        {error.message}
      </p>
      <button type="button" className="button" onClick={onRetry}>
        <RotateCw size={14} aria-hidden />
        Try again
      </button>
    </div>
  )
}
