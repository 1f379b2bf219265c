import { LoaderCircle, PlugZap, Server, Unplug } from 'lucide-react'
import { PROTOCOL_NAMES } from '../lib/connection-form.ts'
import { usePanes } from '../state/panes.ts'
import { chooseRecent, connect, disconnect, useSession } from '../state/session.ts'
import { report } from '../state/ui.ts'
import './RemoteStart.css'

/** What the remote pane shows before there is a server: what to do, and where one was before. */
export function RemoteStart() {
  const session = useSession((s) => s.session)
  const recent = useSession((s) => s.recent)
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
        Type a host, user and password above and press Connect. Every file you then drag across is scanned for viruses
        before it may pass.
      </p>
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

/** Over the rows of a server that is gone: they stay to look at, and one press goes back. */
export function LostBanner() {
  const session = useSession((s) => s.session)
  const hasRows = usePanes((s) => s.remote.view.length > 0)
  if (session.state !== 'lost') return null
  const { endpoint } = session
  return (
    <div className="lost-banner" role="alert">
      <Unplug size={16} className="tone-warn" aria-hidden />
      <p>Connection lost.{hasRows && ' These rows may be out of date.'}</p>
      <button
        type="button"
        className="button small"
        onClick={() => {
          const { form } = useSession.getState()
          // The fields may hold another server by now, or no password.
          if (form.host.trim() === endpoint.host && (form.password !== '' || form.user === '')) report(connect())
          else chooseRecent(endpoint)
        }}
      >
        <PlugZap size={14} aria-hidden />
        Reconnect
      </button>
    </div>
  )
}
