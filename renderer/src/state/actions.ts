import type { MenuAction } from '../../../common/menus.ts'
import { actionState, type Action, type ActionState } from './action.ts'
import { FILE_ACTIONS } from './actions-files.ts'
import { TRANSFER_ACTIONS } from './actions-transfers.ts'
import { WINDOW_ACTIONS } from './actions-window.ts'
import { useQuestions } from './questions.ts'
import { toast, useUi } from './ui.ts'

/** What every entry of the menus does in this window. */
export const ACTIONS: Record<MenuAction, Action> = { ...FILE_ACTIONS, ...TRANSFER_ACTIONS, ...WINDOW_ACTIONS }

/** Why an action cannot be done now, for people; null when it can. */
export const whyNot = (action: MenuAction, state: ActionState): string | null =>
  ACTIONS[action].blocked?.(state) ?? null

/** Does what was asked for, or says why not. */
export function runAction(action: MenuAction): void {
  const state = actionState()
  const problem = whyNot(action, state)
  if (problem === null) ACTIONS[action].run(state)
  else toast(problem)
}

/** A dialog has the word: menus and shortcuts wait. */
export const hasDialog = (): boolean => useUi.getState().dialog !== null || useQuestions.getState().questions.length > 0

/** Chosen in the system's menu bar, which knows nothing of dialogs. */
export function chooseAction(action: MenuAction): void {
  if (!hasDialog()) runAction(action)
}
