import { MENUS, type MenuAction } from '../../../common/menus.ts'
import { focusRows } from '../lib/focus.ts'
import { isBrowserKey, isEditing, isPressed, parseKeys, showKeys, type Combination } from '../lib/shortcuts.ts'
import { hasDialog, runAction } from './actions.ts'
import { paneAt, useFocusedPane } from './focused-pane.ts'
import { closeDialog, useUi } from './ui.ts'

/** The shortcuts of the menus, wherever the focus is. */

const ENTRIES = MENUS.flatMap((menu) => menu.entries)

/** About rows: without effect where the focus is on something else that could be meant. */
const OF_ROWS: ReadonlySet<MenuAction> = new Set<MenuAction>(['delete', 'rename', 'select-all'])

export const isMac = (): boolean => useUi.getState().info?.platform === 'darwin'

/** The keys of an action as this platform writes them. */
export function keysOf(action: MenuAction): string {
  const entry = ENTRIES.find((one) => one.action === action)
  return entry ? showKeys(entry.menu.keys, isMac()) : ''
}

let combinations: readonly (Combination & { action: MenuAction })[] | null = null

function actionFor(event: KeyboardEvent): (Combination & { action: MenuAction }) | undefined {
  // The platform is known once the window has started, and stays.
  combinations ??= ENTRIES.map(({ action, menu }) => ({ action, ...parseKeys(menu.keys, isMac()) }))
  return combinations.find((combination) => isPressed(event, combination))
}

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type)))

/** What a terminal edits a line with: whoever types commands must not send files by it. */
const isOfTerminal = ({ key, ctrl, alt, shift }: Combination, target: EventTarget | null): boolean =>
  ctrl && !alt && !shift && 'udhl'.includes(key) && isInConsole(target)

const isInConsole = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.console') !== null

/** Runs the action of a shortcut. What a field or list has taken for itself is left alone. */
export function onShortcut(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const pressed = actionFor(event)
  if (!pressed) {
    if (isBrowserKey(event, isMac())) event.preventDefault()
    return
  }
  // AltGr types signs, though some systems call it Ctrl and Alt.
  const isTyping = isEditing(pressed, isMac()) || event.getModifierState('AltGraph')
  if (isTextField(event.target) && isTyping) return
  const { action } = pressed
  if (OF_ROWS.has(action) && event.target !== document.body && paneAt(event.target) === null) return
  event.preventDefault()
  if (event.repeat || isOfTerminal(pressed, event.target)) return
  // The palette's key takes it away again, the console's leads back to the files.
  if (action === 'palette' && useUi.getState().dialog?.kind === 'palette') return closeDialog()
  if (action === 'console' && isInConsole(event.target)) return focusRows(useFocusedPane.getState().side)
  if (!hasDialog() && document.querySelector('[role="menu"]') === null) runAction(action)
}
