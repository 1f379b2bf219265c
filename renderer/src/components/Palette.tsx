import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { useRef, useState } from 'react'
import { CONSOLE_GROUP, paletteGroups, type PaletteItem } from '../lib/palette.ts'
import { showKeys } from '../lib/shortcuts.ts'
import { useActionState } from '../state/action.ts'
import { choose, itemBlocked, useRecentItems } from '../state/palette.ts'
import { isMac } from '../state/shortcuts.ts'
import { Modal } from './Modal.tsx'
import './Palette.css'

/** Everything there is to do, found by name. */
export function Palette({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('')
  const recent = useRecentItems((s) => s.ids)
  const state = useActionState()
  const groups = paletteGroups(query, recent)
  const chosen = useRef<PaletteItem | null>(null)

  return (
    <Modal
      title="Search commands"
      frame="palette"
      onClose={onClose}
      // What was chosen starts when the focus is back where it was.
      onClosed={() => chosen.current && choose(chosen.current)}
    >
      <Command label="Search commands" shouldFilter={false} vimBindings={false} loop>
        <div className="palette-field">
          <Search size={16} aria-hidden />
          <Command.Input value={query} onValueChange={setQuery} placeholder="What would you like to do?" autoFocus />
        </div>
        <Command.List className="palette-list" label="Commands">
          {groups.length === 0 && <Command.Empty className="palette-none">Nothing is called “{query}”.</Command.Empty>}
          {groups.map(({ title, items }) => (
            <Command.Group key={title} heading={title === '' ? undefined : title}>
              {items.map((item) => (
                <Item
                  key={item.id}
                  item={item}
                  problem={itemBlocked(item, state)}
                  showGroup={title !== item.group}
                  onSelect={() => {
                    chosen.current = item
                    onClose()
                  }}
                />
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Modal>
  )
}

interface ItemProps {
  item: PaletteItem
  /** Why it cannot be chosen; null when it can. */
  problem: string | null
  showGroup: boolean
  onSelect(): void
}

function Item({ item, problem, showGroup, onSelect }: ItemProps) {
  return (
    <Command.Item className="palette-item" value={item.id} disabled={problem !== null} onSelect={onSelect}>
      <span className={item.group === CONSOLE_GROUP ? 'palette-name mono' : 'palette-name'}>{item.label}</span>
      <span className="palette-summary">{problem ?? item.summary}</span>
      {showGroup && <span className="palette-group">{item.group}</span>}
      {item.keys !== null && <kbd>{showKeys(item.keys, isMac())}</kbd>}
    </Command.Item>
  )
}
