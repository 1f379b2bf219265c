import { MENUS, type MenuAction } from '../../../common/menus.ts'
import { actionState, type Action, type ActionState } from './action.ts'
import { FILE_ACTIONS } from './actions-files.ts'
import { TRANSFER_ACTIONS } from './actions-transfers.ts'
import { WINDOW_ACTIONS } from './actions-window.ts'
import { useQuestions } from './questions.ts'
import { useShare } from './share.ts'
import { toast, useUi } from './ui.ts'
import { showFiles } from './view.ts'

/** What every entry of the menus does in this window. */
export const ACTIONS: Record<MenuAction, Action> = { ...FILE_ACTIONS, ...TRANSFER_ACTIONS, ...WINDOW_ACTIONS }

/** About what is selected or shown in the panes: nothing of it may happen while nobody sees them. */
const OF_PANES: ReadonlySet<MenuAction> = new Set<MenuAction>([
  ...MENUS.flatMap(({ title, entries }) => (title === 'Files and folders' ? entries.map(({ action }) => action) : [])),
  ...(['put', 'mput', 'get', 'mget', 'reget', 'reput', 'append', 'filter'] as const),
])

/** What shows itself in the panes or the panel below them. */
const SHOWN_BELOW: ReadonlySet<MenuAction> = new Set<MenuAction>([
  ...(['console', 'quote', 'reconnect', 'show-transfers', 'show-quarantine', 'show-log'] as const),
  ...(['focus-local', 'focus-remote'] as const),
])

/** Why an action cannot be done now, for people; null when it can. */
export const whyNot = (action: MenuAction, state: ActionState): string | null =>
  state.view === 'share' && OF_PANES.has(action)
    ? 'Go back to the files first.'
    : (ACTIONS[action].blocked?.(state) ?? null)

/** Does what was asked for, or says why not. */
export function runAction(action: MenuAction): void {
  const state = actionState()
  const problem = whyNot(action, state)
  if (problem !== null) toast(problem)
  else if (state.view === 'share' && SHOWN_BELOW.has(action)) showFiles(() => ACTIONS[action].run(actionState()))
  else ACTIONS[action].run(state)
}

/** A dialog has the word: menus and shortcuts wait. */
export const hasDialog = (): boolean =>
  useUi.getState().dialog !== null ||
  useQuestions.getState().questions.length > 0 ||
  useShare.getState().firstAccount !== null

/** Chosen in the system's menu bar, which knows nothing of dialogs. */
export function chooseAction(action: MenuAction): void {
  if (!hasDialog()) runAction(action)
}
