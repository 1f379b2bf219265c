/** SITE AUDIT: the audit log for superusers, from any FTP client. */
import { plural } from '../../common/format.ts'
import type { AuditEntry } from '../../common/share.ts'
import type { Handler } from '../session/types.ts'

const USUAL_LINES = 20
/** A reply on the control connection should not become a transfer. */
const MAX_LINES = 200
const MAX_WIDTH = 400

function lineOf(entry: AuditEntry): string {
  const parts = [
    new Date(entry.time).toISOString(),
    entry.kind,
    entry.outcome,
    entry.account ?? '-',
    entry.address ?? '-',
    entry.path,
    entry.target === null ? null : `-> ${entry.target}`,
    entry.bytes === null ? null : `${entry.bytes} bytes`,
    entry.ms === null ? null : `${entry.ms} ms`,
    entry.verdict,
    entry.signature,
    entry.detail,
  ]
  // Entries are printable since they were written.
  const line = parts.filter((part) => part !== null).join(' ')
  return line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH - 3).toWellFormed()}...` : line
}

/** What a filter takes; '' lets everything through. */
const searched = (text: string): string => text.slice(0, 1024)

/** "CLEAR text" in any case; null when it is none. */
const CLEAR = /^clear(?: (.*))?$/iu
/** A number of entries, a text, or both. */
const SHOW = /^(?:(\d{1,9})(?: |$))?(.*)$/u

/**
 * SITE AUDIT [number] [text] answers 211 with the newest entries, SITE AUDIT CLEAR [text] removes entries and answers
 * 200 with how many. The dispatcher has seen to the right.
 */
export const audit: Handler = async (session, argument) => {
  const log = session.services.audit
  const clear = CLEAR.exec(argument)
  if (clear !== null) {
    const by = { account: session.login.account?.name ?? null, address: session.address }
    const removed = await log.clear({ text: searched(clear[1] ?? '') }, by)
    session.reply(200, `Removed ${plural(removed, 'entry', 'entries')}.`)
    return
  }
  const [, number, text = ''] = SHOW.exec(argument) ?? []
  const limit = Math.min(Math.max(Number(number ?? USUAL_LINES), 1), MAX_LINES)
  await log.flush()
  const entries = await log.page({ limit, text: searched(text) })
  session.reply(211, [`Audit log, newest first, at most ${limit}:`, ...entries.map(lineOf), 'End'])
}
