import { LoaderCircle, LockKeyhole, LockOpen, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react'
import type { Engine, ScannerStatus } from '../../../common/models.ts'
import { formatCount } from '../lib/format.ts'
import { restartScanner, useScanner } from '../state/scanner.ts'
import { useSession } from '../state/session.ts'
import { useTransfers } from '../state/transfers.ts'
import { showTab } from '../state/ui.ts'
import './StatusBar.css'

const ENGINES: Record<Engine, string> = { clamd: 'ClamAV', clamscan: 'ClamAV', yara: 'YARA-X' }

/** Name and version; most engines say their name in the version already. */
const engineText = (engine: Engine, version: string): string =>
  version.includes(ENGINES[engine]) ? version : `${ENGINES[engine]} ${version}`

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
        Every file is scanned by {engine}
        {status.location !== 'this computer' && ` on ${status.location}`}
      </span>
    </span>
  )
}

function Connection() {
  const session = useSession((s) => s.session)
  if (session.state === 'connecting') return <span className="status-item">Connecting…</span>
  if (session.state !== 'connected') {
    return <span className="status-item">{session.state === 'lost' ? 'Connection lost' : 'Not connected'}</span>
  }
  const { endpoint, tls, system } = session
  return (
    <span className={`status-item ${tls === null ? 'tone-warn' : ''}`} title={system ?? undefined}>
      {tls === null ? <LockOpen size={14} aria-hidden /> : <LockKeyhole size={14} className="tone-good" aria-hidden />}
      {tls ?? 'Not encrypted'} · {endpoint.user}@{endpoint.host}
    </span>
  )
}
