/** A row of the transfer list for tests of what the window makes of it. */
import type { TransferRow } from '../common/models.ts'

/** An upload that waits, of the file "/f<id>", but for what `facts` says otherwise. */
export function transferRow(facts: Partial<TransferRow> = {}): TransferRow {
  const id = facts.id ?? 1
  return {
    id,
    request: 1,
    direction: 'upload',
    endpoint: { protocol: 'ftp', host: 'h', port: 21, user: 'u' },
    localPath: `/f${id}`,
    remotePath: `/f${id}`,
    size: null,
    transferred: 0,
    resumedFrom: 0,
    scanned: 0,
    rate: null,
    transferType: 'auto',
    state: 'queued',
    scan: null,
    unscanned: false,
    error: null,
    addedAt: id,
    startedAt: null,
    endedAt: null,
    ...facts,
  }
}
