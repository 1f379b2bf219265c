import { focusRows, focusShare, isFocusFree } from '../lib/focus.ts'
import { paneAt, useFocusedPane } from './focused-pane.ts'

/** What ends by itself and says where the focus goes then. */
const ON_ITS_OWN = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="menubar"], .console'

/** How to go back to an element or, once it is gone, to the part of the window it was in. */
export function wayBack(element: Element | null): () => void {
  const side = paneAt(element)
  const below = Boolean(element?.closest('.bottom'))
  return () => {
    if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true })
    // The page for sharing covers all else.
    else if (focusShare()) return
    else if (below) document.querySelector<HTMLElement>('[data-focus-region="bottom"]')?.focus({ preventScroll: true })
    else focusRows(side ?? useFocusedPane.getState().side)
  }
}

/**
 * Gives the focus a place when the element that has it goes away, like a button that did its work: the browser leaves it
 * nowhere, and the next Tab would begin at the top of the window. @returns what stops it
 */
export function keepFocus(): () => void {
  let last: { element: Element; back: () => void } | null = null
  const onFocusIn = ({ target }: FocusEvent): void => {
    const keeps = target instanceof Element && target !== document.body && target.closest(ON_ITS_OWN) === null
    last = keeps ? { element: target, back: wayBack(target) } : null
  }
  const observer = new MutationObserver(() => {
    if (last === null || last.element.isConnected || !isFocusFree()) return
    const { back } = last
    last = null
    back()
  })
  window.addEventListener('focusin', onFocusIn)
  observer.observe(document.body, { childList: true, subtree: true })
  return () => {
    window.removeEventListener('focusin', onFocusIn)
    observer.disconnect()
  }
}
