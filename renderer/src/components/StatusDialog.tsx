import { Check, CircleAlert, Copy, LoaderCircle, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ErrorData } from '../../../common/errors.ts'
import type { StatusReport } from '../../../common/models.ts'
import { statusSections, type StatusRow } from '../../../common/status-rows.ts'
import { call, shownError } from '../api.ts'
import { visibleName } from '../lib/names.ts'
import { serverLines, statusText } from '../lib/status-text.ts'
import { report as reportFailure } from '../state/ui.ts'
import { Fingerprint } from './Fingerprint.tsx'
import { Modal, ModalButtons } from './Modal.tsx'
import './StatusDialog.css'

/** What the console's `status` prints, on a page. */
export function StatusDialog({ onClose }: { onClose(): void }) {
  const [status, setStatus] = useState<StatusReport | null>(null)
  /** When it came, in ms since the epoch. */
  const [readAt, setReadAt] = useState(0)
  const [error, setError] = useState<ErrorData | null>(null)
  /** Counts up with every reading, so that the answer to an older one is told apart. */
  const [reading, setReading] = useState(1)
  const [read, setRead] = useState(0)
  const busy = read !== reading
  /** The report that is on the clipboard. */
  const [copiedStatus, setCopied] = useState<StatusReport | null>(null)
  const copied = status !== null && copiedStatus === status

  useEffect(() => {
    let current = true
    call('status.get')
      .then((answer) => {
        if (!current) return
        setStatus(answer)
        setReadAt(Date.now())
        setError(null)
      })
      .catch((problem: unknown) => current && setError(shownError(problem)))
      .finally(() => current && setRead(reading))
    return () => {
      current = false
    }
  }, [reading])

  return (
    <Modal wide title="Status" onClose={onClose}>
      <div className="status-page selectable" aria-busy={busy} tabIndex={0} role="region" aria-label="Report">
        {error && (
          <p role="alert" className="status-problem tone-bad">
            <CircleAlert size={16} aria-hidden />
            {error.message}
          </p>
        )}
        {!status && busy && (
          <p role="status" className="status-problem muted">
            <LoaderCircle size={16} className="turning tone-busy" aria-hidden />
            Asking the server and the scanner…
          </p>
        )}
        {status && <Sections status={status} now={readAt} />}
      </div>
      <ModalButtons>
        <button
          type="button"
          className="button left"
          disabled={busy}
          onClick={() => {
            setError(null)
            setReading(reading + 1)
          }}
        >
          <RefreshCw size={14} className={busy ? 'turning' : ''} aria-hidden />
          Refresh
        </button>
        <button
          type="button"
          className="button"
          disabled={!status}
          onClick={() =>
            status && reportFailure(call('clipboard.write', statusText(status, readAt)).then(() => setCopied(status)))
          }
        >
          {/* Told here: a message at the window's edge would take the Escape that closes this dialog. */}
          {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
        </button>
        <button type="button" className="button primary" autoFocus onClick={onClose}>
          Close
        </button>
      </ModalButtons>
    </Modal>
  )
}

function Sections({ status, now }: { status: StatusReport; now: number }) {
  const { server } = status
  return (
    <>
      {statusSections(status, now).map(({ title, rows }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <dl>
            {rows.map((row) => (
              <Row key={row.term} row={row} />
            ))}
          </dl>
        </section>
      ))}
      {server && (
        <section aria-label="Server">
          <h3>Server</h3>
          {'text' in server ? (
            <pre className="mono">{serverLines(server.text).join('\n')}</pre>
          ) : (
            <p className="tone-warn">{visibleName(server.error.message)}</p>
          )}
        </section>
      )}
    </>
  )
}

function Row({ row: { term, text, tone, mono = false } }: { row: StatusRow }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd className={`${mono ? 'mono' : ''} ${tone ? `tone-${tone}` : ''}`}>
        {mono ? <Fingerprint text={visibleName(text)} /> : visibleName(text)}
      </dd>
    </div>
  )
}
