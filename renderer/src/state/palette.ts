import { create } from 'zustand'
import { findCommand } from '../../../common/commands.ts'
import type { PaletteItem } from '../lib/palette.ts'
import { sessionBlocked, typeCommand, type ActionState } from './action.ts'
import { runAction, whyNot } from './actions.ts'

/** How many are kept. */
const MOST = 5

/** What the palette was used for in this run, the newest first. */
export const useRecentItems = create<{ ids: readonly string[] }>()(() => ({ ids: [] }))

/** Why an item cannot be chosen now, for people; null when it can. */
export function itemBlocked({ does }: PaletteItem, state: ActionState): string | null {
  if ('action' in does) return whyNot(does.action, state)
  return findCommand(does.command)?.needsSession === true ? sessionBlocked(state) : null
}

/** Does what was chosen: runs an action, or opens the console with the command typed. */
export function choose({ id, does }: PaletteItem): void {
  useRecentItems.setState(({ ids }) => ({ ids: [id, ...ids.filter((one) => one !== id)].slice(0, MOST) }))
  if ('action' in does) runAction(does.action)
  else typeCommand(does.command)
}
