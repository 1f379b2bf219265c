/** When files were changed: asked and set, in the forms that clients send. */
import { ReplyError } from '../protocol/reply-error.ts'
import { timeValue } from '../listings/index.ts'
import type { Handler, Session } from '../session/types.ts'
import { audited, pathOf } from './change.ts'

const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.(\d+))?$/

/**
 * A time-val of RFC 3659 section 2.3, always UTC; the seconds may be missing, as in SITE UTIME. Gives ms since the epoch;
 * null when it is none.
 */
export function parseTime(text: string): number | null {
  const match = TIME.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const ms = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1000)
  // A leap second is the second before it to every disk.
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), ms))
  if (year < 100) time.setUTCFullYear(year)
  const same = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && time.getUTCHours() === hour
  return same && time.getUTCMinutes() === minute && second <= 60 ? time.getTime() : null
}

/** Sets it, for all verbs that do. @throws what UserFiles throws */
export async function setTime(session: Session, path: string, ms: number): Promise<void> {
  const detail = `changed ${new Date(ms).toISOString()}`
  await audited(session, { kind: 'attributes', path, detail }, () => session.files().setModified(path, ms))
}

/** "time path", or null when it does not begin with a time. */
function timeAndPath(argument: string): { ms: number; path: string } | null {
  const [, text = '', path = ''] = /^(\S+) (.+)$/s.exec(argument) ?? []
  const ms = parseTime(text)
  return ms === null ? null : { ms, path }
}

async function exists(session: Session, argument: string): Promise<boolean> {
  try {
    await session.files().facts(pathOf(session, argument))
    return true
  } catch (error) {
    if (error instanceof ReplyError && (error.code === 550 || error.code === 553)) return false
    throw error
  }
}

export const timesVerbs = {
  /** Old clients set the time by it, with the time in front; a file whose name looks like that is meant itself. */
  MDTM: async (session, argument) => {
    const setting = timeAndPath(argument)
    if (setting !== null && !(await exists(session, argument))) {
      if (!session.login.rights.has('write'))
        throw new ReplyError(550, 'Your account does not have the right to write files.')
      await setTime(session, pathOf(session, setting.path), setting.ms)
      session.reply(213, `Modify=${timeValue(setting.ms)}; ${setting.path}`)
      return
    }
    // RFC 3659 section 3.1 speaks of files; clients ask for folders too, and there is an answer.
    const { modified } = await session.files().facts(pathOf(session, argument))
    session.reply(213, timeValue(modified))
  },

  MFMT: async (session, argument) => {
    const setting = timeAndPath(argument)
    if (setting === null) throw new ReplyError(501, 'Syntax: MFMT YYYYMMDDhhmmss path')
    await setTime(session, pathOf(session, setting.path), setting.ms)
    session.reply(213, `Modify=${timeValue(setting.ms)}; ${setting.path}`)
  },
} satisfies Record<string, Handler>
