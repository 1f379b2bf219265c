import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownToLine, Copy } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ProtocolLine } from '../../../common/models.ts'
import { call } from '../api.ts'
import { formatClock, plural } from '../../../common/format.ts'
import { visibleName } from '../lib/names.ts'
import { useProtocol } from '../state/protocol.ts'
import { report, toast } from '../state/ui.ts'
import { IconButton } from './IconButton.tsx'
import './ProtocolLog.css'

const LINE_HEIGHT = 20
const ARROWS: Record<ProtocolLine['kind'], string> = { command: '→', reply: '←', info: '·', error: '!' }
const KINDS: Record<ProtocolLine['kind'], string> = { command: 'Sent', reply: 'Received', info: 'Note', error: 'Error' }

const connectionName = (connection: number): string => (connection === 0 ? 'Browsing' : `Transfer ${connection}`)

/** Every command and reply. It follows the end until one scrolls up to read. */
export function ProtocolLog() {
  const all = useProtocol((s) => s.lines)
  const connections = useProtocol((s) => s.connections)
  const shown = useProtocol((s) => s.shown)
  const lines = useMemo(() => (shown === null ? all : all.filter((line) => line.connection === shown)), [all, shown])
  const [following, setFollowing] = useState(true)
  const log = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => log.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  })
  useEffect(() => {
    if (following && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [following, lines, rows])

  const copy = (): void => {
    const text = lines.map(
      (line) => `${formatClock(line.time)} [${line.connection}] ${ARROWS[line.kind]} ${visibleName(line.text)}`,
    )
    report(
      call('clipboard.write', text.join('\n').slice(-1_000_000)).then(() =>
        toast(`${plural(text.length, 'line')} copied.`),
      ),
    )
  }
  return (
    <>
      <div className="tab-tools">
        {!following && (
          <button type="button" className="button small" onClick={() => setFollowing(true)}>
            <ArrowDownToLine size={14} aria-hidden />
            Newest
          </button>
        )}
        <select
          className="select"
          aria-label="Connection"
          value={shown ?? ''}
          onChange={(event) =>
            useProtocol.setState({ shown: event.target.value === '' ? null : Number(event.target.value) })
          }
        >
          <option value="">All connections</option>
          {connections.map((connection) => (
            <option key={connection} value={connection}>
              {connectionName(connection)}
            </option>
          ))}
        </select>
        <IconButton small icon={Copy} label="Copy log" disabled={lines.length === 0} onClick={copy} />
      </div>
      {lines.length === 0 ? (
        <div className="table-note">
          <h3>Nothing said yet</h3>
          <p>Every command sent to the server and every reply shows here, with passwords left out.</p>
        </div>
      ) : (
        <div
          ref={log}
          className="log selectable"
          role="log"
          aria-label="Protocol log"
          aria-live="off"
          tabIndex={0}
          onScroll={({ currentTarget: view }) => {
            setFollowing(view.scrollHeight - view.scrollTop - view.clientHeight < LINE_HEIGHT)
          }}
        >
          <div className="log-lines" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const line = lines[item.index]
              if (!line) return null
              return (
                <div
                  key={item.key}
                  className={`log-line log-${line.kind}`}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span className="log-time">{formatClock(line.time)}</span>
                  <span className="log-connection">{line.connection}</span>
                  <span className="log-kind" role="img" aria-label={KINDS[line.kind]}>
                    {ARROWS[line.kind]}
                  </span>
                  <span>{visibleName(line.text)}</span>
                </div>
              )
            })}
          </div>
        </div>
      )}
    </>
  )
}
