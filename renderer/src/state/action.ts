import { useShallow } from 'zustand/react/shallow'
import type { Entry, ScanPolicy, SessionState, Settings, Side, TransferTotals } from '../../../common/models.ts'
import { commandWord } from '../lib/command-words.ts'
import { openConsole, runLine } from './console.ts'
import { useFocusedPane } from './focused-pane.ts'
import { entriesOf } from './pane-actions.ts'
import { usePanes, type PaneState } from './panes.ts'
import { useScanPolicy } from './scan-policy.ts'
import { useSession } from './session.ts'
import { useSettings } from './settings.ts'
import { useTransfers } from './transfers.ts'
import { useView } from './view.ts'

/** What actions look at to say whether they can be done. */
export interface ActionState {
  /** The pane the person is in, or was in last. */
  side: Side
  session: SessionState
  panes: Record<Side, PaneState>
  settings: Settings
  totals: TransferTotals
  /** Rows of the transfer list, ended or not. */
  transfers: number
  policy: ScanPolicy
  view: 'files' | 'share'
}

/** Something that a menu, a shortcut or the palette can ask for. */
export interface Action {
  run(state: ActionState): void
  /** Why it cannot be done now, for people; null when it can. */
  blocked?(state: ActionState): string | null
  /** For what is on or off, or one of several. */
  checked?(state: ActionState): boolean
}

export const actionState = (): ActionState => ({
  side: useFocusedPane.getState().side,
  session: useSession.getState().session,
  panes: usePanes.getState(),
  settings: useSettings.getState(),
  totals: useTransfers.getState().totals,
  transfers: useTransfers.getState().queue.rows.size,
  policy: useScanPolicy.getState().policy,
  view: useView.getState().view,
})

/** The same for components that show it. */
export function useActionState(): ActionState {
  return {
    side: useFocusedPane((s) => s.side),
    session: useSession((s) => s.session),
    panes: usePanes(useShallow((s) => s)),
    settings: useSettings(),
    totals: useTransfers((s) => s.totals),
    transfers: useTransfers((s) => s.queue.rows.size),
    policy: useScanPolicy((s) => s.policy),
    view: useView((s) => s.view),
  }
}

export const NOT_CONNECTED = 'Connect to a server first.'

const isConnected = ({ session }: ActionState): boolean => session.state === 'connected'

/** What is selected in a pane. */
export function selectedIn({ panes }: ActionState, side: Side): Entry[] {
  return panes[side].selection.selected.size === 0 ? [] : entriesOf(panes[side])
}

/** What is selected in the pane the person is in, else what stands under its cursor. */
export const chosenHere = ({ panes, side }: ActionState): Entry[] => entriesOf(panes[side])

/** Why nothing can be done on the server; null when it can. */
export const sessionBlocked = (state: ActionState): string | null => (isConnected(state) ? null : NOT_CONNECTED)

/** Why nothing can be done in the pane the person is in; null when it can. */
export function paneBlocked(state: ActionState): string | null {
  if (state.side === 'remote' && !isConnected(state)) return NOT_CONNECTED
  return state.panes[state.side].path === null ? 'No folder is open.' : null
}

/** Why nothing can be done with what is selected on one side; null when it can. */
export function selectionBlocked(state: ActionState, side: Side): string | null {
  if (!isConnected(state)) return NOT_CONNECTED
  const where = side === 'local' ? 'on this computer' : 'on the server'
  return selectedIn(state, side).length === 0 ? `Select something ${where} first.` : null
}

/** The same for what takes exactly one file. */
export function oneFileBlocked(state: ActionState, side: Side): string | null {
  const entries = selectedIn(state, side)
  const isOne = entries.length === 1 && entries[0]?.type !== 'dir'
  const where = side === 'local' ? 'on this computer' : 'on the server'
  return selectionBlocked(state, side) ?? (isOne ? null : `Select one file ${where} first.`)
}

const wordsFor = (entries: readonly Entry[]): string[] | null => {
  const words = entries.map(({ name }) => commandWord(name))
  return words.every((word) => word !== null) ? words : null
}

/** Why names cannot be typed as a command; null when they can. */
export const typingBlocked = (entries: readonly Entry[]): string | null =>
  wordsFor(entries) === null ? 'A name with a line end in it cannot be typed in the console.' : null

/** Opens the console with a command and names in it, for the person to complete. */
export function typeCommand(command: string, entries: readonly Entry[] = [], after = ''): void {
  openConsole([command, ...(wordsFor(entries) ?? [])].join(' ') + (after === '' ? ' ' : ` ${after}`))
}

/** Runs a command in the console; while another one runs, it stays in the line. */
export function runCommand(command: string, entries: readonly Entry[] = []): void {
  openConsole([command, ...(wordsFor(entries) ?? [])].join(' '))
  runLine()
}
