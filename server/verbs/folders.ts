/** Walking, making and removing folders. */
import { parentOf } from '../files/names.ts'
import { accountOf } from '../session/state.ts'
import type { Handler, Session } from '../session/types.ts'
import { audited, pathOf, quoted } from './change.ts'

async function enter(session: Session, path: string): Promise<void> {
  await session.files().enter(path)
  session.login.folder = path
  session.reply(250, `The working folder is ${quoted(path)}.`)
}

export const foldersVerbs = {
  CWD: async (session, argument) => {
    await enter(session, pathOf(session, argument))
  },

  // RFC 1123 section 4.1.2: 200 and 250 are both in use; clients take any 2xx.
  CDUP: async (session) => {
    await enter(session, parentOf(session.login.folder))
  },

  PWD: (session) => {
    session.reply(257, `${quoted(session.login.folder)} is the working folder.`)
  },

  MKD: async (session, argument) => {
    const files = session.files()
    const { door } = session.services
    const path = pathOf(session, argument)
    await audited(session, { kind: 'mkdir', path }, async () => {
      await door.claimFolder(files, accountOf(session))
      try {
        await files.makeFolder(path)
      } catch (error) {
        door.freed(files, { type: 'dir', size: 0 })
        throw error
      }
    })
    session.reply(257, `${quoted(path)} was made.`)
  },

  RMD: async (session, argument) => {
    const files = session.files()
    const path = pathOf(session, argument)
    await audited(session, { kind: 'rmdir', path }, async () => {
      await files.removeFolder(path)
      session.services.door.freed(files, { type: 'dir', size: 0 })
    })
    session.reply(250, 'The folder was removed.')
  },
} satisfies Record<string, Handler>
