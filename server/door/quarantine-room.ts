/** What infected uploads of an account may take of the quarantine, and how they are told apart there. */
import { lstat } from 'node:fs/promises'
import { encoded, hostInUrl } from '../../common/endpoint.ts'
import { SluiceError } from '../../common/errors.ts'
import type { Account } from '../../common/share.ts'
import type { Quarantine } from '../../electron/gate/index.ts'

/** Bytes that even the smallest file takes of a disk. */
const DISK_BLOCK = 4096

/**
 * An account with a quota may have as much in the quarantine, which only people empty: else it could fill the disk with
 * what is infected. @throws SluiceError local-disk-full
 */
export async function demandQuarantineRoom(
  quarantine: Quarantine,
  { name, quotaBytes }: Account,
  partPath: string,
): Promise<void> {
  if (quotaBytes === null) return
  const [items, { size }] = await Promise.all([quarantine.list(), lstat(partPath)])
  const own = items.filter(({ source }) => source.startsWith(userUrl(name)))
  const used = own.reduce((sum, { bytes }) => sum + Math.max(bytes, DISK_BLOCK), 0)
  if (used + size <= quotaBytes) return
  throw new SluiceError('local-disk-full', `As much of ${name} lies in the quarantine as its quota allows. Empty it.`)
}

function userUrl(account: string): string {
  return `ftp://${encoded(account)}@`
}

/** As URLs name it: who sent it, from where, and where to. */
export function sourceUrl(account: string, address: string, path: string): string {
  return `${userUrl(account)}${hostInUrl(address)}${path.split('/').map(encoded).join('/')}`
}
