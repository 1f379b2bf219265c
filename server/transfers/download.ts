/** RETR. */
import { performance } from 'node:perf_hooks'
import { ReplyError } from '../protocol/reply-error.ts'
import { accountOf } from '../session/state.ts'
import type { Session } from '../session/types.ts'
import { checkData, restart } from './announce.ts'
import { toWire } from './ascii.ts'
import { pace, pieceBytes } from './pace.ts'
import { readAhead } from './read-ahead.ts'

/**
 * Sends a file from where REST said.
 * @throws ReplyError 425, 426, 451, 501, 521, 522, 550
 */
export async function download(session: Session, argument: string): Promise<void> {
  checkData(session)
  const account = accountOf(session)
  const { login } = session
  const files = session.files()
  const path = files.resolve(login.folder, argument)
  const start = restart(session)
  const ascii = login.type === 'A'
  const file = await files.openRead(path)
  const began = performance.now()
  const running = session.services.transfers.begin({
    session: session.id,
    account: account.name,
    direction: 'download',
    path,
    size: file.size - start,
  })
  let bytes = 0
  const note = (outcome: 'ok' | 'failed', detail?: string): void =>
    session.audit({
      kind: 'download',
      outcome,
      path,
      bytes,
      ms: Math.round(performance.now() - began),
      ...(detail === undefined ? {} : { detail }),
    })

  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of readAhead(file, start, pieceBytes(account, 'download'))) {
      await pace(session, account, 'download', chunk.length)
      bytes += chunk.length
      running.moved(chunk.length)
      yield chunk
    }
  }

  try {
    if (start > file.size) throw new ReplyError(550, `REST is beyond the end of the file, ${file.size} bytes.`)
    // Clients without SIZE read the file's size from here; in TYPE A nobody knows how many bytes will go.
    session.reply(150, ascii ? 'The file follows as text.' : `The file follows (${file.size} bytes).`)
    const connection = await session.data.open('download', session.signal)
    await connection.send(ascii ? toWire(counted()) : counted(), session.signal)
    note('ok')
  } catch (error) {
    note('failed', error instanceof Error ? error.message : undefined)
    throw error
  } finally {
    running.end()
    await file.close()
  }
  // Last of all: whoever has read it finds the transfer ended.
  session.reply(226, `Sent ${bytes} bytes.`)
}
