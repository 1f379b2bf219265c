/** Accounts and changes of them in words, for people. */
import { formatBytes, formatRate, plural } from '../../common/format.ts'
import type { Account, AccountChanges } from '../../common/share.ts'

/** "writer", or the rights of an account that has its own. */
export function roleWords({ role, rights }: Pick<AccountChanges, 'role' | 'rights'>): string {
  return role === 'custom' ? rights.join('+') : role
}

/** Limits and the like of an account, only where it has them. */
function extrasOf({ homeShown, quotaBytes, quotaFiles, uploadRate, downloadRate }: Account): string[] {
  return [
    ...(quotaBytes === null ? [] : [formatBytes(quotaBytes)]),
    ...(quotaFiles === null ? [] : [plural(quotaFiles, 'file')]),
    ...(uploadRate === null ? [] : [`up ${formatRate(uploadRate)}`]),
    ...(downloadRate === null ? [] : [`down ${formatRate(downloadRate)}`]),
    ...(homeShown ? ['home shown'] : []),
  ]
}

/** A line of the list. @param width of the names */
export function accountLine(account: Account, width: number): string {
  const { name, root, enabled, lastLoginAt } = account
  const extras = extrasOf(account)
  const words = [
    name.padEnd(width),
    roleWords(account).padEnd('superuser'.length),
    enabled ? 'enabled ' : 'disabled',
    (lastLoginAt === null ? 'never' : new Date(lastLoginAt).toISOString()).padEnd('2026-01-31T00:00:00.000Z'.length),
    extras.length === 0 ? root : `${root} (${extras.join(', ')})`,
  ]
  return words.join('  ')
}

/** "role custom (list+read), quota none": what was changed, for the terminal and the audit log. */
export function changesInWords(changes: Partial<AccountChanges>): string {
  const { role, rights = [], root, homeShown, quotaBytes, quotaFiles, uploadRate, downloadRate } = changes
  const words = [
    role === undefined ? null : role === 'custom' ? `role custom (${roleWords({ role, rights })})` : `role ${role}`,
    root === undefined ? null : `folder ${root}`,
    homeShown === undefined ? null : `home ${homeShown ? 'shown' : 'not shown'}`,
    limitWords('quota', quotaBytes, formatBytes),
    limitWords('quota of files', quotaFiles, (files) => plural(files, 'file')),
    limitWords('uploads', uploadRate, formatRate),
    limitWords('downloads', downloadRate, formatRate),
  ]
  return words.filter((word) => word !== null).join(', ')
}

function limitWords(what: string, value: number | null | undefined, words: (value: number) => string): string | null {
  return value === undefined ? null : `${what} ${value === null ? 'none' : words(value)}`
}
