/** The audit log: who did what from where, in the accounts' database. */
import type { AuditEntry, AuditFilter, AuditPage, ShareConfig } from '../../common/share.ts'
import type { AccountStore } from '../accounts/types.ts'

/** What is left out is null. */
export type NewAuditEntry = Pick<AuditEntry, 'kind' | 'outcome'> &
  Partial<Omit<AuditEntry, 'id' | 'time'>> & {
    /** Number of the session; for the log of the running server alone, and not kept. */
    session?: number
  }

export interface AuditLog {
  /**
   * Notes an entry. Does not wait for the disk and never throws: entries are written in order, in batches; a failure to
   * write is told by `onProblem`, and the entry kept for the next try (bounded).
   */
  add(entry: NewAuditEntry): void
  /** All that was added so far is in the database. */
  flush(): Promise<void>
  page(page: AuditPage): Promise<AuditEntry[]>
  /** Every entry that passes, oldest first, in batches. */
  all(filter: AuditFilter): AsyncIterable<AuditEntry[]>
  /** Removes what passes and notes that, with how many, by whom and from where. */
  clear(filter: AuditFilter, by: { account: string | null; address: string | null }): Promise<number>
  /** Sets rotation, and rotates. */
  configure(config: ShareConfig['audit']): Promise<void>
  /** Calls back after entries were added or removed, at most twice a second; returns what stops it. */
  onChange(callback: () => void): () => void
  onProblem(callback: (message: string) => void): () => void
}

/** The open database of a share. */
export interface ShareDatabase {
  readonly accounts: AccountStore
  readonly audit: AuditLog
  /** Writes what waits, then closes. */
  close(): Promise<void>
}
