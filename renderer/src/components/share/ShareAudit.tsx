import { Download, ScrollText, Trash2 } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useEffect, useState } from 'react'
import { formatBytes, formatCount, formatTime } from '../../../../common/format.ts'
import { auditOutcomeSchema, type AuditEntry } from '../../../../common/share.ts'
import { isFiltered, KIND_GROUPS, KIND_NAMES, OUTCOME_NAMES } from '../../lib/audit-list.ts'
import { visibleName } from '../../lib/names.ts'
import { auditText, outcomeText } from '../../lib/share-text.ts'
import { chooseAudit, exportAudit, loadMore, loadNewest, useShareAudit, watchAudit } from '../../state/share-audit.ts'
import { openDialog } from '../../state/ui.ts'
import { FileName } from '../FileName.tsx'
import { useFloatingRoot } from '../FloatingRoot.ts'
import { LoadNote } from './LoadNote.tsx'
import { VirtualTable, type Column } from './VirtualTable.tsx'

const TONES: Record<AuditEntry['outcome'], string> = {
  ok: 'tone-muted',
  refused: 'tone-warn',
  failed: 'tone-warn',
  blocked: 'tone-bad',
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: 'Time', className: 'muted', cell: ({ time }) => formatTime(time) },
  { name: 'What', className: 'strong', cell: ({ kind }) => KIND_NAMES[kind] },
  {
    name: 'Who',
    cell: ({ account }) => (account === null ? <span className="muted">–</span> : <FileName name={account} />),
  },
  { name: 'From', className: 'muted', cell: ({ address }) => (address === null ? 'this app' : visibleName(address)) },
  { name: 'Details', className: 'muted', cell: (entry) => <FileName name={auditText(entry)} /> },
  { name: 'Size', className: 'number muted', cell: ({ bytes }) => (bytes === null ? '' : formatBytes(bytes)) },
  {
    name: 'Result',
    cell: (entry) => <span className={`audit-result ${TONES[entry.outcome]}`}>{outcomeText(entry)}</span>,
  },
]

const keyOf = ({ id }: AuditEntry): number => id
const nameOf = (entry: AuditEntry): string =>
  visibleName([KIND_NAMES[entry.kind], entry.account, entry.path].filter((part) => part !== null).join(' '))
const more = (): void => void loadMore()

/** What happened, by whom and from where; newest first. */
export function ShareAudit() {
  const { entries, complete } = useShareAudit((s) => s.list)
  const state = useShareAudit((s) => s.state)
  const error = useShareAudit((s) => s.error)
  const choice = useShareAudit((s) => s.choice)
  useEffect(watchAudit, [])
  return (
    <>
      <Tools count={entries.length} complete={complete} />
      {entries.length === 0 && (state !== 'ready' || error !== null) ? (
        <LoadNote
          error={error}
          busy="Reading the audit log…"
          failed="The audit log could not be read"
          onRetry={() => void loadNewest()}
        />
      ) : entries.length === 0 ? (
        <div className="table-note">
          <ScrollText size={24} aria-hidden />
          <h3>{isFiltered(choice) ? 'Nothing here with this filter' : 'Nothing happened yet'}</h3>
          {!isFiltered(choice) && (
            <p>Every login, transfer and change is written down here, with who did it and from where.</p>
          )}
        </div>
      ) : (
        <VirtualTable
          label="Audit log"
          layout="audit-columns"
          columns={COLUMNS}
          rows={entries}
          keyOf={keyOf}
          nameOf={nameOf}
          onEnd={more}
        />
      )}
    </>
  )
}

function Tools({ count, complete }: { count: number; complete: boolean }) {
  const choice = useShareAudit((s) => s.choice)
  return (
    <div className="tab-tools audit-tools">
      <span className="muted audit-count" role="status">
        {count > 0 && `${formatCount(count)}${complete ? '' : '+'}`}
        <span className="hidden-visually">{count > 0 && ' entries'}</span>
      </span>
      <TextFilter />
      <select
        className="select"
        aria-label="Kind"
        value={choice.kind}
        onChange={(event) => chooseAudit({ kind: event.target.value })}
      >
        <option value="">Everything</option>
        {KIND_GROUPS.map(({ name, kinds }) => (
          <optgroup key={name} label={name}>
            <option value={name}>{name}: all</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {KIND_NAMES[kind]}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <select
        className="select"
        aria-label="Result"
        value={choice.outcome}
        onChange={(event) =>
          chooseAudit({ outcome: auditOutcomeSchema.options.find((one) => one === event.target.value) ?? '' })
        }
      >
        <option value="">Any result</option>
        {auditOutcomeSchema.options.map((outcome) => (
          <option key={outcome} value={outcome}>
            {OUTCOME_NAMES[outcome]}
          </option>
        ))}
      </select>
      <ExportMenu disabled={count === 0} />
      <button
        type="button"
        className="button small"
        disabled={count === 0}
        onClick={() => openDialog({ kind: 'share-clear-audit' })}
      >
        <Trash2 size={14} aria-hidden />
        Clear…
      </button>
    </div>
  )
}

/** How long typing has to rest before the server is asked, in ms. */
const REST = 250

function TextFilter() {
  const wanted = useShareAudit((s) => s.choice.text)
  const [text, setText] = useState(wanted)
  useEffect(() => {
    if (text === wanted) return undefined
    const timer = setTimeout(() => chooseAudit({ text }), REST)
    return () => clearTimeout(timer)
  }, [text, wanted])
  return (
    <input
      type="search"
      className="input audit-filter"
      aria-label="Filter the audit log"
      placeholder="Filter"
      spellCheck={false}
      autoComplete="off"
      maxLength={1024}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || text === '') return
        event.preventDefault()
        setText('')
      }}
    />
  )
}

function ExportMenu({ disabled }: { disabled: boolean }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button small" disabled={disabled}>
          <Download size={14} aria-hidden />
          Export
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={useFloatingRoot()}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item className="menu-item" onSelect={() => exportAudit('csv')}>
            CSV, for spreadsheets
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" onSelect={() => exportAudit('json')}>
            JSON, for programs
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
