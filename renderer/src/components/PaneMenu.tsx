import {
  Copy,
  Download,
  FolderOpen,
  FolderPlus,
  Link2,
  ListChecks,
  Pencil,
  RefreshCw,
  Trash2,
  Upload,
  type LucideIcon,
} from 'lucide-react'
import { ContextMenu } from 'radix-ui'
import { useRef, useState, type ReactNode } from 'react'
import type { Side } from '../../../common/models.ts'
import { focusRows, isFocusFree } from '../lib/focus.ts'
import { selectAll } from '../lib/selection.ts'
import { actionEntries, askToDelete, copyPaths, copyUrls, openEntry, transfer } from '../state/pane-actions.ts'
import { paneOf, refresh, setSelection, startRenaming, usePanes } from '../state/panes.ts'
import { useSession } from '../state/session.ts'
import { keysOf } from '../state/shortcuts.ts'
import { openDialog, report } from '../state/ui.ts'
import { useFloatingRoot } from './FloatingRoot.ts'

/** The menu of a pane, by right click or the menu key. It is about the selection, or about the folder without one. */
export function PaneMenu({ side, children }: { side: Side; children: ReactNode }) {
  const pending = useRef<(() => void) | null>(null)
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal container={useFloatingRoot()}>
        <ContextMenu.Content
          className="menu"
          collisionPadding={8}
          // Other actions start after the menu has gone and the rows have the focus: a dialog gives it back to them.
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            // A press beside the menu went somewhere, and a rename that began at the choice itself has a field: nothing
            // typed next may miss either.
            if (isFocusFree()) focusRows(side)
            pending.current?.()
            pending.current = null
          }}
        >
          <Items side={side} choose={(action) => (pending.current = action)} />
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}

function Items({ side, choose }: { side: Side; choose(action: () => void): void }) {
  const path = usePanes((s) => s[side].path)
  const connected = useSession((s) => s.session.state === 'connected')
  // Taken when the menu opens: a refresh in the meantime must not change what it is about.
  const [entries] = useState(() => (paneOf(side).selection.selected.size === 0 ? [] : actionEntries(side)))
  const count = entries.length
  const [first] = entries
  const usable = side === 'local' || connected
  const item = (icon: LucideIcon, text: string, action: () => void, more: Partial<ItemProps> = {}): ReactNode => (
    <Item icon={icon} text={text} onSelect={() => choose(action)} {...more} />
  )
  return (
    <>
      {count > 0 && (
        <>
          {item(
            side === 'local' ? Upload : Download,
            side === 'local' ? 'Upload' : 'Download',
            () => transfer(side, entries),
            {
              keys: keysOf(side === 'local' ? 'put' : 'get'),
              disabled: !connected,
            },
          )}
          {count === 1 &&
            first !== undefined &&
            first.type !== 'file' &&
            item(FolderOpen, 'Open', () => report(openEntry(side, first)), { keys: 'Enter' })}
          <ContextMenu.Separator className="menu-line" />
          <Item
            icon={Pencil}
            text="Rename"
            keys={keysOf('rename')}
            disabled={count !== 1 || !usable}
            onSelect={() => first && startRenaming(side, first.name)}
          />
          {item(Trash2, 'Delete…', () => askToDelete(side, entries), {
            keys: keysOf('delete'),
            danger: true,
            disabled: !usable,
          })}
          <ContextMenu.Separator className="menu-line" />
        </>
      )}
      {item(FolderPlus, 'New folder…', () => path !== null && openDialog({ kind: 'new-folder', side, folder: path }), {
        keys: keysOf('mkdir'),
        disabled: !usable,
      })}
      {item(RefreshCw, 'Refresh', () => void refresh(side), { keys: keysOf('ls'), disabled: !usable })}
      <ContextMenu.Separator className="menu-line" />
      {item(Copy, count > 1 ? 'Copy paths' : 'Copy path', () => copyPaths(side, entries), { keys: keysOf('pwd') })}
      {side === 'remote' &&
        item(Link2, count > 1 ? 'Copy URLs' : 'Copy URL', () => copyUrls(entries), { keys: keysOf('copy-url') })}
      {item(ListChecks, 'Select all', () => setSelection(side, selectAll(paneOf(side).selection, paneOf(side).view)), {
        keys: keysOf('select-all'),
      })}
    </>
  )
}

interface ItemProps {
  icon: LucideIcon
  text: string
  keys?: string
  danger?: boolean
  disabled?: boolean
  onSelect(): void
}

function Item({ icon: Icon, text, keys, danger = false, disabled = false, onSelect }: ItemProps) {
  return (
    <ContextMenu.Item className={`menu-item ${danger ? 'danger' : ''}`} disabled={disabled} onSelect={onSelect}>
      <Icon size={16} aria-hidden />
      {text}
      {keys !== undefined && (
        <span className="keys" aria-hidden>
          {keys}
        </span>
      )}
    </ContextMenu.Item>
  )
}
