import type { View } from './listing.ts'

/**
 * Which rows are selected, where the cursor is, and where a range started. Rows are named by their index in the
 * listing, so a selection survives sorting; positions are places in the view.
 */
export interface Selection {
  readonly selected: ReadonlySet<number>
  readonly cursor: number | null
  readonly anchor: number | null
}

export const NO_SELECTION: Selection = { selected: new Set(), cursor: null, anchor: null }

export interface Modifiers {
  /** Ctrl, or Command on a Mac: adds or takes away single rows. */
  toggle: boolean
  /** Shift: from the anchor to here. */
  extend: boolean
}

function range(view: View, anchor: number | null, to: number): Set<number> {
  const end = view.indexOf(to)
  const start = anchor === null ? end : view.indexOf(anchor)
  const [low, high] = start < 0 ? [end, end] : start <= end ? [start, end] : [end, start]
  return new Set(view.slice(low, high + 1))
}

/** A click on a row. */
export function clickRow(selection: Selection, view: View, row: number, { toggle, extend }: Modifiers): Selection {
  if (extend) {
    const anchor = selection.anchor ?? selection.cursor ?? row
    const rows = range(view, anchor, row)
    return { selected: toggle ? new Set([...selection.selected, ...rows]) : rows, cursor: row, anchor }
  }
  if (!toggle) return { selected: new Set([row]), cursor: row, anchor: row }
  return { ...toggleRow(selection, row), cursor: row, anchor: row }
}

function toggleRow(selection: Selection, row: number): Selection {
  const selected = new Set(selection.selected)
  if (!selected.delete(row)) selected.add(row)
  return { ...selection, selected }
}

/** The space bar: turns the row under the cursor on or off. */
export function toggleCursor(selection: Selection): Selection {
  return selection.cursor === null ? selection : { ...toggleRow(selection, selection.cursor), anchor: selection.cursor }
}

/**
 * The cursor goes to a place in the view (bounded by it): alone it selects that row, with shift the range from the
 * anchor, with ctrl it only moves.
 */
export function moveTo(selection: Selection, view: View, position: number, modifiers: Modifiers): Selection {
  const row = view[Math.min(view.length - 1, Math.max(0, position))]
  if (row === undefined) return NO_SELECTION
  if (modifiers.extend) return clickRow(selection, view, row, { toggle: false, extend: true })
  if (modifiers.toggle) return { ...selection, cursor: row }
  return { selected: new Set([row]), cursor: row, anchor: row }
}

/** The cursor goes up or down by a number of rows; without one it starts at the top. */
export function moveBy(selection: Selection, view: View, rows: number, modifiers: Modifiers): Selection {
  const at = selection.cursor === null ? -1 : view.indexOf(selection.cursor)
  return moveTo(selection, view, at < 0 ? 0 : at + rows, modifiers)
}

export function selectAll(selection: Selection, view: View): Selection {
  return { ...selection, selected: new Set(view), cursor: selection.cursor ?? view[0] ?? null }
}

/** Rows that are no longer shown leave the selection: nothing unseen may be deleted or sent. */
export function keepVisible(selection: Selection, view: View): Selection {
  if (selection.selected.size === 0 && selection.cursor === null) return selection
  const visible = new Set(view)
  const keep = (row: number | null): number | null => (row !== null && visible.has(row) ? row : null)
  return {
    selected: new Set([...selection.selected].filter((row) => visible.has(row))),
    cursor: keep(selection.cursor),
    anchor: keep(selection.anchor),
  }
}

/** The rows that an action is about: the selection in the order shown, else the row under the cursor. */
export function actionRows(selection: Selection, view: View): number[] {
  if (selection.selected.size > 0) return view.filter((row) => selection.selected.has(row))
  return selection.cursor === null ? [] : [selection.cursor]
}
