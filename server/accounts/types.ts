/** Accounts in a database. One interface over SQLite and MySQL/MariaDB; many servers may share the latter. */
import type { Account, AccountChanges, NewAccount } from '../../common/share.ts'

/** Who logs in without an account stands in no database. */
export const ANONYMOUS_ID = 0

/** An account as sessions know it. It stays in this process. */
export interface LoginAccount extends Account {
  /** Another after each change of the password. */
  passwordMark: string
}

/**
 * Names are compared without regard to case and to how letters are composed (`accountKey`): their folders would collide on
 * many disks, and phones write the first letter large. What `add` was given is what is shown.
 */
export interface AccountStore {
  /** In the order of their names. */
  list(): Promise<Account[]>
  /** In no order. */
  logins(): Promise<LoginAccount[]>
  find(name: string): Promise<Account | null>
  /**
   * The account when the password is right and it is enabled, else null, and in the same time whatever was wrong: an
   * unknown name costs one hash too. Notes the login. A password that was right within the last minutes costs no hash.
   * @throws SluiceError timeout: a thousand logins wait already; and what the database says
   */
  authenticate(name: string, password: string): Promise<LoginAccount | null>
  /** @throws SluiceError bad-argument: name taken or reserved, root not absolute, not a folder, a drive's or the disk's root */
  add(account: NewAccount): Promise<Account>
  /** @throws SluiceError not-found, bad-argument as `add` */
  update(id: number, changes: Partial<AccountChanges>): Promise<Account>
  /** @throws SluiceError not-found */
  setPassword(id: number, password: string): Promise<void>
  /** @throws SluiceError not-found */
  remove(id: number): Promise<void>
  /** Calls back after every change made through this store; returns what stops it. */
  onChange(callback: () => void): () => void
}
