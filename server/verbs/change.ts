/** What all verbs that change something have in common. */
import type { NewAuditEntry } from '../audit/types.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Session } from '../session/types.ts'

/** Does it, and notes in the audit log that it was done or why it was not. */
export async function audited<T>(
  session: Session,
  entry: Omit<NewAuditEntry, 'outcome'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    const result = await work()
    session.audit({ ...entry, outcome: 'ok' })
    return result
  } catch (error) {
    const refused = error instanceof ReplyError && error.code >= 500
    const detail = error instanceof Error ? error.message : String(error)
    session.audit({ ...entry, outcome: refused ? 'refused' : 'failed', detail })
    throw error
  }
}

/** The absolute path of an argument. @throws ReplyError 530, 553 */
export function pathOf(session: Session, argument: string): string {
  return session.files().resolve(session.login.folder, argument)
}

/** In 257 a quote in a path is doubled (RFC 959 appendix II). */
export function quoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}
