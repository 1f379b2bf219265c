import { create } from 'zustand'
import { isCancelled } from '../../../common/errors.ts'
import type { AppInfo, Entry, RemovalResult, ScanPolicy, Side, TransferRequest } from '../../../common/models.ts'
import type { Account } from '../../../common/share.ts'
import { shownError } from '../api.ts'

/** What the window itself knows: which dialog is open, which tab, what to announce. */

export type BottomTab = 'transfers' | 'quarantine' | 'log' | 'console'

export type OpenDialog =
  | { kind: 'settings' }
  | { kind: 'palette' }
  | { kind: 'help' }
  | { kind: 'about' }
  | { kind: 'status' }
  | { kind: 'stop-scanning'; policy: ScanPolicy }
  | { kind: 'new-folder'; side: Side; folder: string }
  | { kind: 'delete'; side: Side; folder: string; entries: Entry[] }
  | { kind: 'delete-quarantined'; ids: string[]; name: string }
  | { kind: 'removal-failures'; result: RemovalResult }
  | { kind: 'confirm-transfer'; request: Omit<TransferRequest, 'conflict' | 'transferType'> }
  /** Null: a new one. */
  | { kind: 'share-account'; account: Account | null }
  | { kind: 'share-password'; account: Account }
  | { kind: 'share-password-shown'; name: string; password: string; isNew: boolean }
  | { kind: 'share-remove-account'; account: Account }
  | { kind: 'share-stop-scanning' }
  | { kind: 'share-clear-audit' }
  | { kind: 'sign-up' }

export interface ToastMessage {
  id: number
  tone: 'info' | 'error'
  text: string
}

interface UiState {
  ready: boolean
  /** Why the window could not start; null while it could. */
  startError: string | null
  info: AppInfo | null
  tab: BottomTab
  dialog: OpenDialog | null
  toasts: ToastMessage[]
}

export const useUi = create<UiState>()(() => ({
  ready: false,
  startError: null,
  info: null,
  tab: 'transfers',
  dialog: null,
  toasts: [],
}))

export function openDialog(dialog: OpenDialog): void {
  useUi.setState({ dialog })
}

export function closeDialog(): void {
  useUi.setState({ dialog: null })
}

export function showTab(tab: BottomTab): void {
  useUi.setState({ tab })
}

let lastToast = 0

export function toast(text: string, tone: ToastMessage['tone'] = 'info'): void {
  const message = { id: ++lastToast, tone, text }
  // Three at once are as many as anybody reads.
  useUi.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), message] }))
}

export function dismissToast(id: number): void {
  useUi.setState(({ toasts }) => ({ toasts: toasts.filter((t) => t.id !== id) }))
}

/** For actions nobody waits for: a failure becomes a toast, a cancellation nothing. */
export function report(action: Promise<unknown>): void {
  action.catch((error: unknown) => {
    if (!isCancelled(error)) toast(shownError(error).message, 'error')
  })
}
