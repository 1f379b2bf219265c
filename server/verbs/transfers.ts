/** Files that go up and down. */
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler } from '../session/types.ts'
import { download, restart, upload } from '../transfers/index.ts'
import { pathOf } from './change.ts'

/** The largest number that is still exact: files are not longer. */
function byteCount(text: string): number | null {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null
}

export const transfersVerbs = {
  RETR: download,

  STOR(session, argument) {
    const offset = restart(session)
    return upload(session, pathOf(session, argument), offset > 0 ? { kind: 'resume', offset } : { kind: 'replace' })
  },

  STOU(session, argument) {
    // RFC 1123 section 4.1.2.9: exactly this form, for clients read the name from it. The name may be chosen freely.
    const announce = (path: string): void => session.reply(150, `FILE: ${path}`)
    return upload(session, pathOf(session, argument === '' ? 'upload' : argument), { kind: 'unique' }, announce)
  },

  async APPE(session, argument) {
    const { rights } = session.login
    const path = pathOf(session, argument)
    if (!rights.has('write')) {
      if (!rights.has('append')) throw new ReplyError(550, 'You may not add to files here.')
      // Who may only append must not make files: there has to be one.
      await session.files().facts(path)
    }
    await upload(session, path, { kind: 'append' })
  },

  REST(session, argument) {
    const bytes = byteCount(argument)
    if (bytes === null) throw new ReplyError(501, 'Use REST with a number of bytes.')
    session.login.restart = bytes
    session.reply(350, `The next transfer begins at ${bytes}.`)
  },

  ALLO(session, argument) {
    // "R n" gives a record's size, which files do not have here (RFC 959 section 4.1.3).
    const bytes = byteCount(/^(\d+)(?: R \d+)?$/i.exec(argument)?.[1] ?? '')
    if (bytes === null) throw new ReplyError(501, 'Use ALLO with a number of bytes.')
    session.login.announced = bytes
    session.reply(200, `${bytes} bytes are noted.`)
  },

  ABOR(session) {
    const prepared = session.data.prepared
    session.data.drop()
    // RFC 959 section 5.4: 225 where nothing was under way. A transfer that was has been answered with 426 by now.
    session.reply(
      prepared ? 225 : 226,
      prepared ? 'The data connection was given up.' : 'Nothing is under way any more.',
    )
  },
} satisfies Record<string, Handler>
