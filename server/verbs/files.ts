/** Files and folders, and what is known of them. */
import { ReplyError } from '../protocol/reply-error.ts'
import { accountOf } from '../session/state.ts'
import type { Handler } from '../session/types.ts'
import { audited, pathOf } from './change.ts'
import { foldersVerbs } from './folders.ts'
import { hashesVerbs } from './hashes.ts'
import { timesVerbs } from './times.ts'

export const filesVerbs = {
  ...foldersVerbs,
  ...timesVerbs,
  ...hashesVerbs,

  /** What waits there after a cut upload goes too: SIZE showed it, so a client may want to be rid of it. */
  DELE: async (session, argument) => {
    const files = session.files()
    const { door } = session.services
    const path = pathOf(session, argument)
    const forget = (): Promise<boolean> => door.forget(files, accountOf(session), path)
    await audited(session, { kind: 'delete', path }, async () => {
      try {
        const removed = await files.removeFile(path)
        door.freed(files, removed)
      } catch (error) {
        if (error instanceof ReplyError && error.code === 550 && (await forget().catch(() => false))) return
        throw error
      }
      await forget().catch(() => false)
    })
    session.reply(250, 'The file was deleted.')
  },

  RNFR: async (session, argument) => {
    const path = pathOf(session, argument)
    await session.files().facts(path)
    session.login.renameFrom = path
    session.reply(350, 'It is there; say its new name with RNTO.')
  },

  RNTO: async (session, argument) => {
    const from = session.login.renameFrom
    if (from === null) throw new ReplyError(503, 'Say with RNFR first what to rename.')
    const files = session.files()
    const { door } = session.services
    const target = pathOf(session, argument)
    await audited(session, { kind: 'rename', path: from, target }, async () => {
      const replaced = await files.rename(from, target, { replace: session.login.rights.has('delete') })
      door.moved(files)
      if (replaced !== null) door.freed(files, replaced)
      await door.forget(files, accountOf(session), target).catch(() => false)
    })
    session.reply(250, 'It was renamed.')
  },

  /**
   * In type ASCII the size would be that of the file with CR LF line ends, which costs a whole reading: RFC 3659 section
   * 4 lets a server refuse. A cut upload that waits answers with its size, so that its client can go on.
   */
  SIZE: async (session, argument) => {
    if (session.login.type === 'A') throw new ReplyError(550, 'SIZE is not told in type A; say TYPE I first.')
    const files = session.files()
    const path = pathOf(session, argument)
    let size: number
    try {
      const facts = await files.facts(path)
      if (facts.type === 'dir') throw new ReplyError(550, 'It is a folder.')
      size = facts.size
    } catch (error) {
      const waiting = await session.services.door.waiting(files, accountOf(session), path).catch(() => null)
      if (waiting === null) throw error
      size = waiting
    }
    session.reply(213, String(size))
  },
} satisfies Record<string, Handler>
