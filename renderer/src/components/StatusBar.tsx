import { LoaderCircle, LockKeyhole, LockOpen, ShieldAlert, ShieldCheck, ShieldOff, ShieldX, Unplug } from 'lucide-react'
import type { ScannerStatus, SessionState } from '../../../common/models.ts'
import { formatCount } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { engineText, unscannedText } from '../../../common/status-rows.ts'
import { useScanPolicy } from '../state/scan-policy.ts'
import { restartScanner, useScanner } from '../state/scanner.ts'
import { useSession } from '../state/session.ts'
import { useUnscannedShare } from '../state/share.ts'
import { useTransfers } from '../state/transfers.ts'
import { openDialog, showTab } from '../state/ui.ts'
import './StatusBar.css'

export function StatusBar() {
  const status = useScanner((s) => s.status)
  const totals = useTransfers((s) => s.totals)
  return (
    <footer className="status-bar">
      <Scanner status={status} />
      <span className="status-gap" />
      {totals.blocked > 0 && (
        <button type="button" className="status-item tone-bad" onClick={() => showTab('transfers')}>
          {formatCount(totals.blocked)} blocked
        </button>
      )}
      <span className="status-item">
        {totals.active + totals.queued === 0
          ? 'No transfers running'
          : `${formatCount(totals.active)} running, ${formatCount(totals.queued)} waiting`}
      </span>
      <Connection />
    </footer>
  )
}

function Scanner({ status }: { status: ScannerStatus }) {
  const off = unscannedText(useScanPolicy((s) => s.policy))
  const unscannedShare = useUnscannedShare()
  if (off !== null) {
    return (
      <span className="status-item tone-bad" role="status">
        <ShieldOff size={14} aria-hidden />
        <strong className="status-text">{off}</strong>
      </span>
    )
  }
  if (status.state === 'starting') {
    return (
      <span className="status-item" role="status">
        <LoaderCircle size={14} className="turning tone-busy" aria-hidden />
        Scanner is starting…
      </span>
    )
  }
  if (status.state === 'unavailable') {
    return (
      <span className="status-item tone-bad" role="status" title={status.error.message}>
        <ShieldX size={14} aria-hidden />
        <span className="status-text">Scanner unavailable, nothing can pass: {status.error.message}</span>
        <button type="button" className="button small" onClick={restartScanner}>
          Restart scanner
        </button>
      </span>
    )
  }
  const engine = engineText(status.engine, status.engineVersion)
  if (status.builtInRulesOnly) {
    return (
      <span className="status-item tone-warn" role="status" title={`${engine}, rules ${status.signatureVersion}`}>
        <ShieldAlert size={14} aria-hidden />
        <span className="status-text">
          <strong>Built-in rules only:</strong> install ClamAV for full protection
        </span>
      </span>
    )
  }
  return (
    <span className="status-item" role="status" title={`Signatures ${status.signatureVersion}, on ${status.location}`}>
      <ShieldCheck size={14} className="tone-good" aria-hidden />
      <span className="status-text">
        {unscannedShare ? 'Your own transfers are' : 'Every file is'} scanned by {engine}
        {status.location !== 'this computer' && ` on ${status.location}`}
        {unscannedShare && <strong className="tone-bad">, what others upload is not</strong>}
      </span>
    </span>
  )
}

/** The session in a few words; a press shows all of it. */
function Connection() {
  const session = useSession((s) => s.session)
  const plain = session.state === 'connected' && session.tls === null
  return (
    <button
      type="button"
      className={`status-item status-session ${plain ? 'tone-warn' : ''}`}
      title="Show the status"
      onClick={() => openDialog({ kind: 'status' })}
    >
      <SessionText session={session} />
    </button>
  )
}

function SessionText({ session }: { session: SessionState }) {
  switch (session.state) {
    case 'disconnected':
      return 'Not connected'
    case 'connecting':
      return (
        <>
          <LoaderCircle size={14} className="turning tone-busy" aria-hidden />
          {session.step}…
        </>
      )
    case 'lost':
      return (
        <>
          <Unplug size={14} className="tone-warn" aria-hidden />
          Connection lost
        </>
      )
    case 'connected': {
      const { endpoint, tls } = session
      return (
        <>
          {tls === null ? (
            <LockOpen size={14} aria-hidden />
          ) : (
            <LockKeyhole size={14} className="tone-good" aria-hidden />
          )}
          <span className="status-text">
            {tls ?? 'Not encrypted'} · {visibleName(`${endpoint.user}@${endpoint.host}`)}
          </span>
        </>
      )
    }
  }
}
