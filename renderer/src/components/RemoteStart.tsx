import { CircleAlert, FlaskConical, LoaderCircle, PlugZap, RadioTower, Server, Unplug } from 'lucide-react'
import { PROTOCOL_NAMES } from '../../../common/endpoint.ts'
import { visibleName } from '../lib/names.ts'
import { useSecondsUntil } from '../lib/useSecondsUntil.ts'
import { usePanes } from '../state/panes.ts'
import { useScanPolicy } from '../state/scan-policy.ts'
import { chooseRecent, disconnect, reconnect, stopRetrying, useSession } from '../state/session.ts'
import { tryOutShare, useShare } from '../state/share.ts'
import { report } from '../state/ui.ts'
import { showShare } from '../state/view.ts'
import './RemoteStart.css'

/** What the remote pane shows before there is a server: what to do, and where one was before. */
export function RemoteStart() {
  const session = useSession((s) => s.session)
  const recent = useSession((s) => s.recent)
  const scanned = useScanPolicy((s) => s.policy.upload && s.policy.download)
  if (session.state === 'connecting') {
    return (
      <div className="remote-start" role="status">
        <LoaderCircle className="turning tone-busy" size={28} aria-hidden />
        <h3>
          Connecting to {session.endpoint.host}:{session.endpoint.port}
        </h3>
        <p>{session.step}…</p>
        <button type="button" className="button" onClick={disconnect}>
          Cancel connecting
        </button>
      </div>
    )
  }
  return (
    <div className="remote-start">
      <Server size={28} aria-hidden />
      <h3>Not connected</h3>
      <p>
        Type a host, user and password above and press Connect.
        {scanned && ' Every file you then drag across is scanned for viruses before it may pass.'}
      </p>
      <OwnServer />
      {recent.length > 0 && (
        <div className="remote-recent">
          <h3>Recent connections</h3>
          <ul>
            {recent.slice(0, 6).map((connection) => (
              <li key={`${connection.protocol} ${connection.user} ${connection.host} ${connection.port}`}>
                <button type="button" onClick={() => chooseRecent(connection)}>
                  <Server size={16} aria-hidden />
                  <span className="remote-recent-name">
                    {connection.user}@{connection.host}
                  </span>
                  <span className="muted">{PROTOCOL_NAMES[connection.protocol]}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

/** For those who have no server at hand: the one that is built in. */
function OwnServer() {
  const tryOut = useShare((s) => s.tryOut)
  const busy = tryOut.state === 'busy'
  return (
    <div className="remote-own">
      <div className="remote-own-buttons">
        <button
          type="button"
          className="button"
          aria-disabled={busy}
          title="Starts a server that only this computer reaches, with a folder of examples, and connects to it"
          onClick={() => void tryOutShare()}
        >
          {busy ? (
            <LoaderCircle size={16} className="turning tone-busy" aria-hidden />
          ) : (
            <FlaskConical size={16} aria-hidden />
          )}
          {busy ? 'Starting a server to try…' : 'Try it with a shared folder'}
        </button>
        <button
          type="button"
          className="button"
          title="Lets other devices and people get at a folder of this computer"
          onClick={showShare}
        >
          <RadioTower size={16} aria-hidden />
          Share a folder…
        </button>
      </div>
      {tryOut.state === 'failed' && (
        <p role="alert" className="remote-own-problem tone-bad selectable">
          <CircleAlert size={16} aria-hidden />
          {tryOut.error.message}
        </p>
      )}
    </div>
  )
}

/** Over the rows of a server that is gone: they stay to look at while it is tried again. */
export function LostBanner() {
  const session = useSession((s) => s.session)
  const hasRows = usePanes((s) => s.remote.view.length > 0)
  if (session.state === 'connecting') {
    return (
      <div className="lost-banner" role="status">
        <LoaderCircle size={16} className="turning tone-busy" aria-hidden />
        <p>Reconnecting: {session.step}…</p>
        <button type="button" className="button small" onClick={stopRetrying}>
          Stop trying
        </button>
      </div>
    )
  }
  if (session.state !== 'lost') return null
  const { retryAt } = session
  return (
    <div className="lost-banner">
      <Unplug size={16} className="tone-warn" aria-hidden />
      <p title={visibleName(session.error.message)}>
        <span role="alert">Connection lost.</span> {retryAt !== null && <RetryCountdown retryAt={retryAt} />}
        {hasRows && retryAt === null && <span className="muted">These rows may be out of date.</span>}
      </p>
      {retryAt !== null && (
        <button type="button" className="button small" onClick={stopRetrying}>
          Stop trying
        </button>
      )}
      <button type="button" className="button small" onClick={() => report(reconnect())}>
        <PlugZap size={14} aria-hidden />
        {retryAt === null ? 'Reconnect' : 'Reconnect now'}
      </button>
    </div>
  )
}

/** Outside of what is read out as an alert: nobody wants to hear every second. */
function RetryCountdown({ retryAt }: { retryAt: number }) {
  const seconds = useSecondsUntil(retryAt)
  return <span role="timer">{seconds === 0 ? 'Trying again…' : `Trying again in ${seconds} s.`}</span>
}
