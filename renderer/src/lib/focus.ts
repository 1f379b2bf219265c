/** Regions that F6 goes through, in reading order; each has one element marked to take the focus. */
const REGION = '[data-focus-region]'

/** Moves the focus to the next region (or the one before), wrapping round. */
export function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGION)].filter((element) =>
    element.checkVisibility({ visibilityProperty: true }),
  )
  const at = regions.findIndex((element) => element.contains(document.activeElement))
  const here =
    at >= 0 ? at : regions.findIndex((element) => element.closest('section')?.contains(document.activeElement))
  const next = regions[here < 0 ? 0 : (here + step + regions.length) % regions.length]
  next?.focus()
}

/** Focuses one of a pane's fields, with its text selected so that typing replaces it. */
export function focusPaneField(side: 'local' | 'remote', field: 'Path' | 'Filter'): void {
  focusField(`[data-side='${side}'] input[aria-label='${field}']`)
}

/** Focuses the field for the server to connect to. */
export function focusHost(): void {
  focusField('#host')
}

function focusField(selector: string): void {
  const field = document.querySelector<HTMLInputElement>(selector)
  field?.focus()
  field?.select()
}

/** Focuses the tab that is shown, once it has been drawn. */
export function focusTab(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-focus-region='bottom']`)?.focus())
}

/** True if nothing has the focus: what had it is gone. What gives it back late asks this, or it would take it away. */
export function isFocusFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/** Focuses the page for sharing. @returns false when it is not shown */
export function focusShare(): boolean {
  const page = document.querySelector<HTMLElement>(`[data-focus-region='share']`)
  page?.focus({ preventScroll: true })
  return page !== null
}

/** Focuses the rows of a pane; the local ones while there are none of a server. */
export function focusRows(side: 'local' | 'remote'): void {
  const rowsOf = (pane: string): HTMLElement | null => document.querySelector(`[data-focus-region='${pane}']`)
  const rows = rowsOf(side) ?? rowsOf('local')
  rows?.focus({ preventScroll: true })
}
