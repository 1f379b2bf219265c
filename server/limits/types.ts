/** Who may come in, how often and how fast. */

export interface Admission {
  /** Call when the session ends. */
  leave(): void
}

export interface Limits {
  /** A place for a connection, or why there is none (421's text). */
  admit(address: string): Admission | string
  /** A place for a login of an account beside its others, or why there is none. */
  admitAccount(name: string): Admission | string
  /**
   * ms that the answer to the next PASS of this address and account is held back: it grows with every failure, in both.
   * Null: shut out for a while; answer 421 and close.
   */
  delay(address: string, account: string): number | null
  /**
   * Holds the next PASS of this address and account back for its delay. False: shut out, by now at the latest.
   * @throws AbortError
   */
  holdBack(address: string, account: string, signal: AbortSignal): Promise<boolean>
  /** True when the address is shut out from now on. */
  loginFailed(address: string, account: string): boolean
  loginSucceeded(address: string, account: string): void
  /** Takes one of the address's places of today for a new account; false when none is left. */
  maySignUp(address: string): boolean
  /** Gives the place back: the account was not made. */
  signUpRefused(address: string): void
  /** Waits until so many bytes may pass for this account in this direction; all its sessions share the rate. */
  pace(
    account: { name: string; uploadRate: number | null; downloadRate: number | null },
    direction: 'upload' | 'download',
    bytes: number,
    signal: AbortSignal,
  ): Promise<void>
}
