/** Regions that F6 goes through, in reading order; each has one element marked to take the focus. */
const REGION = '[data-focus-region]'

/** Moves the focus to the next region (or the one before), wrapping round. */
export function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGION)].filter((element) => element.offsetParent !== null)
  const at = regions.findIndex((element) => element.contains(document.activeElement))
  const here =
    at >= 0 ? at : regions.findIndex((element) => element.closest('section')?.contains(document.activeElement))
  const next = regions[here < 0 ? 0 : (here + step + regions.length) % regions.length]
  next?.focus()
}

/** Focuses the rows of a pane. */
export function focusRows(side: 'local' | 'remote'): void {
  document.querySelector<HTMLElement>(`[data-focus-region='${side}']`)?.focus({ preventScroll: true })
}
