import { Search } from 'lucide-react'
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { CONSOLE_GROUP, paletteGroups, type PaletteItem } from '../lib/palette.ts'
import { showKeys } from '../lib/shortcuts.ts'
import { useActionState } from '../state/action.ts'
import { choose, itemBlocked, useRecentItems } from '../state/palette.ts'
import { isMac } from '../state/shortcuts.ts'
import { Modal } from './Modal.tsx'
import './Palette.css'

/** Rows that a page key goes. */
const PAGE = 10

/**
 * Everything there is to do, found by name. The focus stays in the field; the list is a listbox that it controls. What
 * cannot be done now can be gone to as well: its reason is read out like anything else.
 */
export function Palette({ onClose }: { onClose(): void }) {
  const [query, setQuery] = useState('')
  const [place, setPlace] = useState(0)
  const recent = useRecentItems((s) => s.ids)
  const state = useActionState()
  const groups = useMemo(() => paletteGroups(query, recent), [query, recent])
  const items = groups.flatMap((group) => group.items)
  const at = Math.min(place, items.length - 1)
  const selected = items[at]
  const chosen = useRef<PaletteItem | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const idOf = (item: PaletteItem): string => `${id}-${item.id}`

  useEffect(() => {
    // The first one brings its group's heading along.
    if (at <= 0) list.current?.scrollTo({ top: 0 })
    else list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const run = (item: PaletteItem): void => {
    if (itemBlocked(item, state) !== null) return
    chosen.current = item
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || items.length === 0) return
    const last = items.length - 1
    const goTo: Record<string, number> = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at === 0 ? last : at - 1,
      PageDown: Math.min(last, at + PAGE),
      PageUp: Math.max(0, at - PAGE),
      Home: 0,
      End: last,
    }
    const next = goTo[event.key]
    if (next !== undefined) setPlace(next)
    else if (event.key === 'Enter' && selected) run(selected)
    else return
    event.preventDefault()
  }

  return (
    <Modal
      title="Search commands"
      frame="palette"
      onClose={onClose}
      // What was chosen starts when the focus is back where it was.
      onClosed={() => chosen.current && choose(chosen.current)}
    >
      <div className="palette-field">
        <Search size={16} aria-hidden />
        <input
          role="combobox"
          aria-label="Search commands"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={selected && idOf(selected)}
          placeholder="What would you like to do?"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setPlace(0)
            list.current?.scrollTo({ top: 0 })
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {items.length === 0 && (
        <p className="palette-none" role="status">
          Nothing is called “{query}”.
        </p>
      )}
      <div
        ref={list}
        id={`${id}-list`}
        className="palette-list"
        role="listbox"
        aria-label="Commands"
        hidden={!selected}
      >
        {groups.map(({ title, items: members }) => (
          <div key={title} role="group" aria-label={title === '' ? 'Found' : title}>
            {title !== '' && (
              <p className="palette-heading" aria-hidden>
                {title}
              </p>
            )}
            {members.map((item) => (
              <Item
                key={item.id}
                id={idOf(item)}
                item={item}
                selected={item === selected}
                problem={itemBlocked(item, state)}
                showGroup={title !== item.group}
                onPoint={() => setPlace(items.indexOf(item))}
                onChoose={() => run(item)}
              />
            ))}
          </div>
        ))}
      </div>
    </Modal>
  )
}

interface ItemProps {
  id: string
  item: PaletteItem
  selected: boolean
  /** Why it cannot be chosen; null when it can. */
  problem: string | null
  showGroup: boolean
  onPoint(): void
  onChoose(): void
}

function Item({ id, item, selected, problem, showGroup, onPoint, onChoose }: ItemProps) {
  return (
    <button
      type="button"
      id={id}
      role="option"
      tabIndex={-1}
      className="palette-item"
      aria-selected={selected}
      aria-disabled={problem !== null}
      // Not on entering: rows move under a pointer that rests.
      onPointerMove={onPoint}
      // The focus stays in the field.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <span className={item.group === CONSOLE_GROUP ? 'palette-name mono' : 'palette-name'}>{item.label}</span>
      <span className="palette-summary">{problem ?? item.summary}</span>
      {showGroup && <span className="palette-group">{item.group}</span>}
      {item.keys !== null && <kbd>{showKeys(item.keys, isMac())}</kbd>}
    </button>
  )
}
