import { ArrowUp, FolderPlus, Monitor, RefreshCw, Search, Server, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Side } from '../../../common/models.ts'
import { focusRows } from '../lib/focus.ts'
import { goUp } from '../state/pane-actions.ts'
import { navigate, refresh, setFilter, usePanes } from '../state/panes.ts'
import { useSession } from '../state/session.ts'
import { keysOf } from '../state/shortcuts.ts'
import { openDialog } from '../state/ui.ts'
import { FileGrid } from './FileGrid.tsx'
import { IconButton } from './IconButton.tsx'
import './Pane.css'
import { PaneStatus } from './PaneStatus.tsx'
import { LostBanner, RemoteStart } from './RemoteStart.tsx'

/** One side of the window: path bar, rows, status line. */
export function Pane({ side }: { side: Side }) {
  const path = usePanes((s) => s[side].path)
  const busy = usePanes((s) => s[side].status === 'loading' || s[side].status === 'refreshing')
  const filter = usePanes((s) => s[side].filter)
  const session = useSession((s) => (side === 'remote' ? s.session.state : null))
  const none = path === null

  return (
    <section className="pane" aria-label={side === 'local' ? 'Local files' : 'Remote files'} data-side={side}>
      <h2 className="hidden-visually">{side === 'local' ? 'This computer' : 'Server'}</h2>
      <div className="pane-bar">
        <IconButton
          icon={ArrowUp}
          label="Up"
          hint="Up one folder (Backspace)"
          disabled={none}
          onClick={() => goUp(side)}
        />
        {/* What was typed for one server is nothing for the next: a field that was disabled begins anew. */}
        <PathField key={String(none)} side={side} path={path ?? ''} disabled={none} />
        <IconButton
          icon={RefreshCw}
          label="Refresh"
          hint={`Refresh (${keysOf('ls')})`}
          disabled={none}
          className={busy ? 'is-busy' : ''}
          onClick={() => void refresh(side)}
        />
        <IconButton
          icon={FolderPlus}
          label="New folder"
          hint={`New folder (${keysOf('mkdir')})`}
          disabled={none || session === 'lost'}
          onClick={() => path !== null && openDialog({ kind: 'new-folder', side, folder: path })}
        />
        <div className="pane-filter">
          <Search size={14} aria-hidden />
          <input
            className="input"
            aria-label="Filter"
            title={`Part of a name, or a pattern like *.pdf (${keysOf('filter')})`}
            placeholder="Filter"
            value={filter}
            disabled={none}
            spellCheck={false}
            onChange={(event) => setFilter(side, event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setFilter(side, '')
              if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') focusRows(side)
            }}
          />
          {filter !== '' && <IconButton small icon={X} label="Clear filter" onClick={() => setFilter(side, '')} />}
        </div>
      </div>
      {(session === 'lost' || (session === 'connecting' && !none)) && <LostBanner />}
      {none && side === 'remote' ? <RemoteStart /> : <FileGrid side={side} />}
      <PaneStatus side={side} />
    </section>
  )
}

interface PathFieldProps {
  side: Side
  path: string
  disabled: boolean
}

function PathField({ side, path, disabled }: PathFieldProps) {
  /** What is being typed; it outlives a pane that is moved meanwhile, by the console for one. */
  const [typed, setTyped] = useState<string | null>(null)
  const text = typed ?? path
  const Icon = side === 'local' ? Monitor : Server
  const field = useRef<HTMLInputElement>(null)
  // The end of a long path says where one is.
  useEffect(() => {
    if (field.current && text === path) field.current.scrollLeft = field.current.scrollWidth
  }, [text, path])
  return (
    <div className="pane-path">
      <Icon size={16} aria-hidden />
      <input
        ref={field}
        className="input path-field"
        aria-label="Path"
        title={path}
        value={text}
        disabled={disabled}
        placeholder={disabled ? 'Not connected' : ''}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text.trim() !== '') {
            void navigate(side, text)
            focusRows(side)
          } else if (event.key === 'Escape') focusRows(side)
        }}
        onBlur={() => setTyped(null)}
      />
    </div>
  )
}
