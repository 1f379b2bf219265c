import { ArrowDown, ArrowUp, LockKeyhole, LockOpen, PlugZap, PowerOff, ShieldEllipsis, Unplug } from 'lucide-react'
import { useEffect, useMemo, type ReactNode } from 'react'
import { formatBytes, formatCount, formatRate, formatTime, percent } from '../../../../common/format.ts'
import type { LiveSession, LiveTransfer, ShareStatus } from '../../../../common/share.ts'
import { visibleName } from '../../lib/names.ts'
import { kick, useShareLive, watchLive } from '../../state/share-live.ts'
import { FileName } from '../FileName.tsx'
import { IconButton } from '../IconButton.tsx'
import { BusyNote } from './LoadNote.tsx'
import { VirtualTable, type Column } from './VirtualTable.tsx'

const who = (account: string | null): string => (account === null ? 'not logged in' : visibleName(account))

const SESSIONS: readonly Column<LiveSession>[] = [
  { name: 'Address', className: 'strong', cell: ({ address }) => <FileName name={address} /> },
  {
    name: 'Account',
    cell: ({ account }) =>
      account === null ? <span className="muted">not logged in</span> : <FileName name={account} />,
  },
  {
    name: 'Encryption',
    cell: ({ tls }) => (
      <span className={tls === null ? 'live-tls tone-warn' : 'live-tls'}>
        {tls === null ? (
          <LockOpen size={14} aria-hidden />
        ) : (
          <LockKeyhole size={14} className="tone-good" aria-hidden />
        )}
        {tls ?? 'None'}
      </span>
    ),
  },
  { name: 'Since', className: 'muted', cell: ({ connectedAt }) => formatTime(connectedAt) },
  { name: 'Folder', className: 'muted', cell: ({ folder }) => (folder === null ? '–' : <FileName name={folder} />) },
  { name: 'Last command', className: 'muted', cell: ({ command }) => <FileName name={command} /> },
  {
    name: 'Actions',
    unseen: true,
    className: 'column-actions',
    cell: ({ id, address, account }) => (
      <IconButton
        small
        icon={Unplug}
        label={`Disconnect ${who(account)} at ${visibleName(address)}`}
        onClick={() => kick(id)}
      />
    ),
  },
]

const TRANSFERS: readonly Column<LiveTransfer>[] = [
  {
    name: 'File',
    className: 'strong',
    cell: ({ direction, path }) => (
      <span className="live-file">
        <span className="direction" title={direction === 'upload' ? 'Upload' : 'Download'}>
          {direction === 'upload' ? (
            <ArrowUp size={12} aria-label="Upload" />
          ) : (
            <ArrowDown size={12} aria-label="Download" />
          )}
        </span>
        <FileName name={path} />
      </span>
    ),
  },
  { name: 'Account', cell: ({ account }) => <FileName name={account} /> },
  {
    name: 'Moved',
    className: 'number muted',
    cell: ({ bytes, size }) =>
      size === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(size)} (${percent(bytes, size)} %)`,
  },
  {
    name: 'Rate',
    className: 'number muted',
    cell: ({ rate, phase }) => (phase === 'scanning' ? '' : formatRate(rate)),
  },
  {
    name: 'State',
    cell: ({ phase, direction }) =>
      phase === 'scanning' ? (
        <span className="scan scan-busy">
          <ShieldEllipsis size={14} aria-hidden />
          <span className="scan-text">Scanning</span>
        </span>
      ) : direction === 'upload' ? (
        'Uploading'
      ) : (
        'Downloading'
      ),
  },
]

const sessionKey = ({ id }: LiveSession): number => id
const sessionName = ({ address, account }: LiveSession): string => `${who(account)} at ${visibleName(address)}`
const transferKey = ({ id }: LiveTransfer): number => id
const transferName = ({ path }: LiveTransfer): string => visibleName(path)

/** Who is connected and what moves, as it happens. */
export function ShareLive({ status }: { status: ShareStatus }) {
  const up = status.state === 'running' || status.state === 'stopping'
  const known = useShareLive((s) => s.known)
  const sessions = useShareLive((s) => s.sessions)
  const transfers = useShareLive((s) => s.transfers)
  useEffect(() => (up ? watchLive() : undefined), [up])
  // Reports may come in any order; rows shall stay where they are.
  const byAge = useMemo(() => sessions.toSorted((a, b) => a.id - b.id), [sessions])
  const byStart = useMemo(() => transfers.toSorted((a, b) => a.id - b.id), [transfers])
  if (!up) {
    return (
      <div className="table-note">
        <PowerOff size={24} aria-hidden />
        <h3>The server does not run</h3>
        <p>While it runs, everybody who is connected and every file that moves shows here.</p>
      </div>
    )
  }
  if (!known) return <BusyNote text="Asking who is connected…" />
  return (
    <div className="share-live">
      <Part title="Sessions" shown={sessions.length} all={status.sessions}>
        {sessions.length === 0 ? (
          <div className="table-note">
            <PlugZap size={24} aria-hidden />
            <h3>Nobody is connected</h3>
            <p>Give an address of this server and an account to somebody, or connect from the files yourself.</p>
          </div>
        ) : (
          <VirtualTable
            label="Sessions"
            layout="session-columns"
            columns={SESSIONS}
            rows={byAge}
            keyOf={sessionKey}
            nameOf={sessionName}
          />
        )}
      </Part>
      <Part title="Transfers" shown={transfers.length} all={status.transfers}>
        {transfers.length === 0 ? (
          <div className="table-note">
            <p>No file is on its way.</p>
          </div>
        ) : (
          <VirtualTable
            label="Transfers of others"
            layout="live-transfer-columns"
            columns={TRANSFERS}
            rows={byStart}
            keyOf={transferKey}
            nameOf={transferName}
          />
        )}
      </Part>
    </div>
  )
}

interface PartProps {
  title: string
  shown: number
  /** More than are shown, where there are very many. */
  all: number
  children: ReactNode
}

function Part({ title, shown, all, children }: PartProps) {
  return (
    <section className="live-part" aria-label={title}>
      <h3>
        {title}{' '}
        <span className="muted">
          {formatCount(shown)}
          {all > shown && ` newest of ${formatCount(all)}`}
        </span>
      </h3>
      {children}
    </section>
  )
}
