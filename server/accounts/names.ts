/** How names of accounts are compared. */
import { ANONYMOUS_NAMES } from '../../common/share.ts'

/**
 * The same for names that a person, or a disk that ignores case, takes for one: "Anna", "anna" and "ANNA", composed and
 * decomposed letters (macOS sends the latter), wide and narrow forms. Two accounts never share it, and a login may use
 * any spelling. Made here rather than by a collation, so that all databases agree.
 */
export function accountKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC').trimEnd()
}

/** Names that clients use for a login without an account. */
export function isReserved(name: string): boolean {
  return ANONYMOUS_NAMES.includes(accountKey(name))
}
