/** STAT with a path: a listing over the control connection (RFC 959 section 4.1.3). */
import { ReplyError } from '../protocol/reply-error.ts'
import type { Session } from '../session/types.ts'
import { listLine } from './format-list.ts'
import { listArguments } from './list-arguments.ts'
import { selection } from './selection.ts'
import { listable } from './stream.ts'

/** The reply is held in memory as a whole, and holds up all other replies. */
const MAX_ENTRIES = 1000

/**
 * Replies 212 with a folder's content or 213 with one thing.
 * @throws ReplyError 450 more than fits here; 550 not there
 */
export async function statListing(session: Session, argument: string): Promise<void> {
  const wanted = listArguments(argument)
  const { batches, kind } = await selection(session.files(), session.login.folder, wanted, session.signal)
  const now = Date.now()
  const lines: string[] = []
  for await (const batch of batches) {
    for (const facts of batch) {
      const shown = listable(facts)
      if (shown === null) continue
      if (lines.length === MAX_ENTRIES) {
        throw new ReplyError(450, `There are more than ${MAX_ENTRIES} entries. Use LIST or MLSD.`)
      }
      lines.push(listLine(shown, now))
    }
  }
  session.reply(kind === 'folder' ? 212 : 213, ['Status follows.', ...lines, 'End of status.'])
}
