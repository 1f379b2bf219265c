import { create } from 'zustand'
import type { Side } from '../../../common/models.ts'

/** The pane that menus and shortcuts are about: the one with the focus, or that had it last. */
export const useFocusedPane = create<{ side: Side }>()(() => ({ side: 'local' }))

/** The pane an element is part of, or null. */
export function paneAt(target: EventTarget | null): Side | null {
  const pane = target instanceof Element ? target.closest<HTMLElement>('[data-side]') : null
  const side = pane?.dataset['side']
  return side === 'local' || side === 'remote' ? side : null
}

/** To be called for every element that takes the focus. */
export function followFocus(event: FocusEvent): void {
  const side = paneAt(event.target)
  if (side !== null && side !== useFocusedPane.getState().side) useFocusedPane.setState({ side })
}
