import { create } from 'zustand'
import type { ErrorData } from '../../../common/errors.ts'
import type { Account, AccountChanges, NewAccount } from '../../../common/share.ts'
import { call, shownError } from '../api.ts'
import { report } from './ui.ts'

/** The accounts of the share, by name. */
interface AccountsSlice {
  /** Null until main has told. */
  accounts: readonly Account[] | null
  error: ErrorData | null
}

export const useShareAccounts = create<AccountsSlice>()(() => ({ accounts: null, error: null }))

const names = new Intl.Collator('en', { numeric: true })

let asked = 0

/** Asks for the accounts; of several answers the one to the last question counts. */
export async function loadAccounts(): Promise<void> {
  const mine = ++asked
  try {
    const accounts = await call('share.accounts')
    if (mine !== asked) return
    useShareAccounts.setState({ accounts: accounts.toSorted((a, b) => names.compare(a.name, b.name)), error: null })
  } catch (error) {
    if (mine === asked) useShareAccounts.setState({ error: shownError(error) })
  }
}

let watching = false

/** Keeps them up to date while they are on the screen. @returns what ends it */
export function watchAccounts(): () => void {
  watching = true
  void loadAccounts()
  return () => {
    watching = false
  }
}

/** An event says that they changed, or that somebody may have logged in. */
export function accountsChanged(): void {
  if (watching) void loadAccounts()
}

export async function addAccount(account: NewAccount): Promise<void> {
  await call('share.addAccount', account)
  await loadAccounts()
}

export async function updateAccount(id: number, changes: Partial<AccountChanges>): Promise<void> {
  await call('share.updateAccount', id, changes)
  await loadAccounts()
}

export const setAccountPassword = (id: number, password: string): Promise<void> =>
  call('share.setPassword', id, password)

export function removeAccount(id: number): void {
  report(call('share.removeAccount', id).then(loadAccounts))
}

export function enableAccount(id: number, enabled: boolean): void {
  report(updateAccount(id, { enabled }))
}
