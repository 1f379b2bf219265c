import type { Entry, Side } from '../../../common/models.ts'

/** Marks a drag of rows; what is dragged stays here, since 100,000 rows do not belong into a DataTransfer. */
export const ROWS_TYPE = 'application/x-sluice-rows'

interface Dragged {
  side: Side
  entries: Entry[]
}

let dragged: Dragged | null = null

export function startDrag(what: Dragged): void {
  dragged = what
}

export function endDrag(): void {
  dragged = null
}

/** What is being dragged in this window; null for nothing or something from elsewhere. */
export function currentDrag(): Dragged | null {
  return dragged
}
