/** Listings. */
import type { Facts } from '../files/types.ts'
import { factsLine, isListable, listable, listArguments, listingBytes, listLine, selection } from '../listings/index.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler, Session } from '../session/types.ts'
import { checkData } from '../transfers/index.ts'
import { pathOf } from './change.ts'

async function send(
  session: Session,
  batches: AsyncIterable<readonly Facts[]>,
  line: (facts: Facts) => string | null,
): Promise<void> {
  session.reply(150, 'The listing follows.')
  const connection = await session.data.open('download', session.signal)
  const bytes = await connection.send(listingBytes(batches, line), session.signal)
  session.reply(226, `The listing is complete, ${bytes} bytes.`)
}

/** LIST, and NLST with "-l". */
async function list(session: Session, argument: string): Promise<void> {
  checkData(session)
  const { batches } = await selection(session.files(), session.login.folder, listArguments(argument), session.signal)
  const now = Date.now()
  await send(session, batches, (facts) => listLine(facts, now))
}

export const listingsVerbs = {
  LIST: list,

  async NLST(session, argument) {
    const wanted = listArguments(argument)
    if (wanted.long) return list(session, argument)
    checkData(session)
    const { batches, prefix } = await selection(session.files(), session.login.folder, wanted, session.signal)
    await send(session, batches, ({ name }) => prefix + name)
  },

  async MLSD(session, argument) {
    checkData(session)
    const files = session.files()
    const path = pathOf(session, argument)
    // RFC 3659 section 7.2: MLSD of anything but a folder is 501.
    if ((await files.facts(path)).type !== 'dir') throw new ReplyError(501, 'That is no folder. Use MLST.')
    await files.enter(path)
    const { mlstFacts, rights } = session.login
    await send(session, files.list(path, session.signal), (facts) => factsLine(facts, facts.name, mlstFacts, rights))
  },

  async MLST(session, argument) {
    const files = session.files()
    const path = pathOf(session, argument)
    const facts = listable(await files.facts(path))
    if (facts === null || !isListable(path)) throw new ReplyError(550, 'It has a name that cannot be shown.')
    const { mlstFacts, rights } = session.login
    session.reply(250, ['The facts are:', factsLine(facts, path, mlstFacts, rights), 'End of the facts.'])
  },
} satisfies Record<string, Handler>
