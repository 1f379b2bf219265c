import type { KeyboardEvent } from 'react'
import type { Side } from '../../../common/models.ts'
import { actionEntries, goUp, openEntry, transfer } from '../state/pane-actions.ts'
import { paneOf, setFilter, setSelection } from '../state/panes.ts'
import { report } from '../state/ui.ts'
import { findByPrefix } from '../lib/listing.ts'
import { moveBy, moveTo, toggleCursor } from '../lib/selection.ts'

/** How long typed letters count as one word, ms. */
const TYPING_PAUSE = 800
let typed = ''
let typedAt = 0

/** What the keyboard does in the rows of a pane, beside the menus' shortcuts. `page` is how many rows a page key goes. */
export function gridKeyDown(event: KeyboardEvent<HTMLElement>, side: Side, page: number): void {
  const { view, selection } = paneOf(side)
  const modifiers = { toggle: event.ctrlKey || event.metaKey, extend: event.shiftKey }
  const done = (action: () => void): void => {
    event.preventDefault()
    action()
  }
  const move = (rows: number): void => done(() => setSelection(side, moveBy(selection, view, rows, modifiers)))
  const jump = (to: number): void => done(() => setSelection(side, moveTo(selection, view, to, modifiers)))

  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    return done(() => openMenuAtCursor(event.currentTarget))
  }
  // The menus' shortcuts are heard by the window.
  if (event.altKey) return
  switch (event.key) {
    case 'ArrowDown':
      return move(1)
    case 'ArrowUp':
      return move(-1)
    case 'PageDown':
      return move(page)
    case 'PageUp':
      return move(-page)
    case 'Home':
      return jump(0)
    case 'End':
      return jump(view.length - 1)
    case 'Enter':
      return done(() => enter(side))
    case 'Backspace':
      return done(() => goUp(side))
    case 'Escape':
      return done(() => setFilter(side, ''))
    case ' ':
      // In the middle of a word a space belongs to it.
      if (!isTyping(event.timeStamp)) return done(() => setSelection(side, toggleCursor(selection)))
  }
  if (event.key.length === 1 && !modifiers.toggle) done(() => typeAhead(event.key, event.timeStamp, side))
}

const isTyping = (now: number): boolean => typed !== '' && now - typedAt < TYPING_PAUSE

/** One thing under the cursor opens; several go across together. */
function enter(side: Side): void {
  const entries = actionEntries(side)
  const [only] = entries
  if (only && entries.length === 1) report(openEntry(side, only))
  else if (entries.length > 1) transfer(side, entries)
}

function typeAhead(key: string, now: number, side: Side): void {
  const { listing, view, selection } = paneOf(side)
  typed = isTyping(now) ? typed + key : key
  typedAt = now
  const at = selection.cursor === null ? 0 : Math.max(0, view.indexOf(selection.cursor))
  // A first letter looks for the next such name; further letters may stay on the row.
  const found = findByPrefix(listing, view, typed, typed.length === 1 ? at + 1 : at)
  if (found >= 0) setSelection(side, moveTo(selection, view, found, { toggle: false, extend: false }))
}

/** The menu key opens the menu beside the row under the cursor, as a right click there would. */
function openMenuAtCursor(grid: HTMLElement): void {
  const target = grid.querySelector('[data-cursor]') ?? grid
  const box = target.getBoundingClientRect()
  const point = { clientX: box.left + 48, clientY: Math.min(box.bottom, box.top + 20) }
  target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...point }))
}
