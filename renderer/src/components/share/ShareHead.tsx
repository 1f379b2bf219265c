import {
  CircleAlert,
  LoaderCircle,
  Play,
  PowerOff,
  RadioTower,
  RotateCw,
  ShieldAlert,
  ShieldCheck,
  ShieldOff,
  ShieldX,
  Square,
} from 'lucide-react'
import { useEffect, useState } from 'react'
import { formatTime } from '../../../../common/format.ts'
import type { ShareConfig, ShareStatus } from '../../../../common/share.ts'
import { engineText } from '../../../../common/status-rows.ts'
import { visibleName } from '../../lib/names.ts'
import { headText, scansUploads, STOP_SECONDS } from '../../lib/share-text.ts'
import { useSecondsUntil } from '../../lib/useSecondsUntil.ts'
import { startSharing, stopSharing, useShare } from '../../state/share.ts'

interface ShareHeadProps {
  status: ShareStatus
  config: ShareConfig
}

/** The moment, in ms since the epoch, a second exact; for spans that grow while they are shown. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** Whether it runs, in big letters, and what starts or stops it. */
export function ShareHead({ status, config }: ShareHeadProps) {
  const now = useNow()
  const { title, text, tone } = headText(status, config.root, now)
  return (
    <div className={`share-head head-${tone}`}>
      <span className="share-sign">
        <StateIcon status={status} />
      </span>
      <div className="share-state">
        <p className="share-title" role="status">
          {title}
          {status.state === 'running' && (
            <span className="share-since muted"> since {formatTime(status.startedAt)}</span>
          )}
        </p>
        <p key={status.state} className={tone === 'bad' ? 'tone-bad selectable' : 'muted'}>
          <span role={ROLES[status.state]}>{visibleName(text)}</span>{' '}
          {status.state === 'failed' && status.retryAt !== null && <Retry at={status.retryAt} />}
        </p>
      </div>
      <ScanState status={status} config={config} />
      <StartStop status={status} />
    </div>
  )
}

/** How what it means is read out. Not while it runs, when it changes with every second. */
const ROLES: Partial<Record<ShareStatus['state'], 'alert' | 'status'>> = { stopping: 'status', failed: 'alert' }

/** Outside of what is read out as an alert: nobody wants to hear every second. */
function Retry({ at }: { at: number }) {
  const seconds = useSecondsUntil(at)
  return <span role="timer">{seconds === 0 ? 'Trying again…' : `Next try in ${seconds} s.`}</span>
}

function StateIcon({ status: { state } }: { status: ShareStatus }) {
  switch (state) {
    case 'stopped':
      return <PowerOff size={22} aria-hidden />
    case 'starting':
    case 'stopping':
      return <LoaderCircle size={22} className="turning" aria-hidden />
    case 'running':
      return <RadioTower size={22} aria-hidden />
    case 'failed':
      return <CircleAlert size={22} aria-hidden />
  }
}

/** What happens to uploads: of the server that runs, else of the one that would. */
function ScanState({ status, config }: ShareHeadProps) {
  const scans = scansUploads(status, config)
  if (!scans) {
    return (
      <span className="scan scan-off">
        <ShieldOff size={14} aria-hidden />
        <span className="scan-text">Uploads are not scanned</span>
      </span>
    )
  }
  const scanner = 'scanner' in status ? status.scanner : null
  if (scanner?.state === 'unavailable') {
    return (
      <span className="scan scan-warn" title={visibleName(scanner.error.message)}>
        <ShieldX size={14} aria-hidden />
        <span className="scan-text">No scanner: uploads are refused</span>
      </span>
    )
  }
  if (scanner?.state === 'ready' && scanner.builtInRulesOnly) {
    return (
      <span className="scan scan-warn" title="Install ClamAV for full protection">
        <ShieldAlert size={14} aria-hidden />
        <span className="scan-text">Scanned by built-in rules only</span>
      </span>
    )
  }
  return (
    <span
      className="scan scan-good"
      title={scanner?.state === 'ready' ? engineText(scanner.engine, scanner.engineVersion) : ''}
    >
      <ShieldCheck size={14} aria-hidden />
      <span className="scan-text">{scanner?.state === 'starting' ? 'Scanner is starting' : 'Uploads are scanned'}</span>
    </span>
  )
}

/**
 * One button for both, so that it keeps the focus of whoever pressed it; for the same reason it is never `disabled`.
 */
function StartStop({ status }: { status: ShareStatus }) {
  const busy = useShare((s) => s.busy)
  const { state } = status
  const up = state === 'running' || state === 'stopping'
  const idle = busy === null && (state === 'running' || state === 'stopped' || state === 'failed')
  return (
    <>
      {state === 'failed' && status.retryAt !== null && (
        <button type="button" className="button share-power" onClick={() => void stopSharing()}>
          <Square size={14} aria-hidden />
          Stop trying
        </button>
      )}
      <button
        key="power"
        type="button"
        className={`button share-power ${up ? '' : 'primary'}`}
        title={up ? `Transfers get ${STOP_SECONDS} s to finish, then everybody is disconnected` : ''}
        aria-disabled={!idle}
        onClick={() => idle && void (up ? stopSharing() : startSharing())}
      >
        <PowerIcon state={state} />
        {powerText(state, busy === 'start')}
      </button>
    </>
  )
}

function PowerIcon({ state }: { state: ShareStatus['state'] }) {
  if (state === 'running' || state === 'stopping') return <Square size={14} aria-hidden />
  return state === 'failed' ? <RotateCw size={14} aria-hidden /> : <Play size={14} aria-hidden />
}

function powerText(state: ShareStatus['state'], asked: boolean): string {
  if (state === 'running') return 'Stop sharing'
  if (state === 'stopping') return 'Stopping…'
  if (state === 'starting' || asked) return 'Starting…'
  return state === 'failed' ? 'Try again' : 'Start sharing'
}
