import { create } from 'zustand'
import { focusShare, isFocusFree } from '../lib/focus.ts'
import { wayBack } from './way-back.ts'

export type ShareTab = 'setup' | 'accounts' | 'live' | 'audit'

/** What the window shows below its head: the two panes with the panel, or the page for sharing in their place. */
export const useView = create<{ view: 'files' | 'share'; tab: ShareTab }>()(() => ({ view: 'files', tab: 'setup' }))

/** Where the focus was before the page. */
let back: () => void = () => undefined

/** Shows the page for sharing; shown already, it only gets the focus. */
export function showShare(): void {
  if (useView.getState().view === 'files') {
    back = wayBack(isFocusFree() ? null : document.activeElement)
    useView.setState({ view: 'share' })
  }
  requestAnimationFrame(focusShare)
}

/** Back to the files, and to where the focus was. @param then does something else with the focus */
export function showFiles(then: () => void = back): void {
  if (useView.getState().view === 'files') return then()
  useView.setState({ view: 'files' })
  // The panes take the focus only once they are drawn again.
  requestAnimationFrame(then)
}
