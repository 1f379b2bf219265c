/** STOR, STOU and APPE, through the door. */
import { performance } from 'node:perf_hooks'
import type { AuditOutcome } from '../../common/share.ts'
import { ScanRefused, type Landing, type Upload, type UploadMode } from '../door/index.ts'
import { ReplyError } from '../protocol/reply-error.ts'
import { accountOf } from '../session/state.ts'
import type { RunningTransfer, Session } from '../session/types.ts'
import { checkData } from './announce.ts'
import { FromWire } from './ascii.ts'
import { pace, pieceBytes } from './pace.ts'

/** Takes what the data connection brings into the door. @param moved gets the bytes of the wire, as they come */
async function move(session: Session, upload: Upload, moved: RunningTransfer['moved']): Promise<void> {
  const account = accountOf(session)
  const text = session.login.type === 'A' ? new FromWire() : null
  const piece = pieceBytes(account, 'upload')
  const connection = await session.data.open('upload', session.signal)
  try {
    await connection.receive(async (chunk) => {
      for (let from = 0; from < chunk.length; from += piece) {
        const part = chunk.subarray(from, from + piece)
        await pace(session, account, 'upload', part.length)
        const content = text === null ? part : text.convert(part)
        if (content.length > 0) await upload.write(content)
        moved(part.length)
      }
    }, session.signal)
    const rest = text?.end()
    if (rest !== undefined && rest.length > 0) await upload.write(rest)
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** What the client is told of a landing that was none. @throws ReplyError 550, 451 */
function refuse(landing: Exclude<Landing, { kind: 'landed' }>): never {
  const { signature } = landing.report
  if (landing.kind === 'infected') {
    throw new ReplyError(550, `The scan found ${signature ?? 'something'}: the file was not stored.`)
  }
  throw new ReplyError(451, 'The scan gave no verdict: the file was not stored. Try again later.')
}

const OUTCOME: Record<Landing['kind'], AuditOutcome> = { landed: 'ok', infected: 'blocked', unscanned: 'failed' }

/**
 * Takes a file. Nothing of it is visible under its name before its last byte is here and was found clean.
 * @param mode where it goes
 * @param announce the reply before the data connection, with the path it will have
 * @throws ReplyError 425, 426, 451, 452, 521, 522, 550, 552, 553
 */
export async function upload(
  session: Session,
  path: string,
  mode: UploadMode,
  announce: (path: string) => void = () => session.reply(150, 'Send the file.'),
): Promise<void> {
  checkData(session)
  const account = accountOf(session)
  const { login, services, address, signal } = session
  const began = performance.now()
  const running = services.transfers.begin({
    session: session.id,
    account: account.name,
    direction: 'upload',
    path,
    size: login.announced,
  })
  let bytes = 0
  let opened: Upload | null = null
  let landing: Landing | null = null
  let failure: unknown = null
  try {
    const { announced, type } = login
    const request = { files: session.files(), account, address, path, mode, announced, text: type === 'A', signal }
    opened = await services.door.open(request)
    announce(opened.path)
    await move(session, opened, (count) => {
      bytes += count
      running.moved(count)
    })
    running.scanning()
    landing = await opened.finish()
    if (landing.kind !== 'landed') refuse(landing)
  } catch (error) {
    failure = error
    throw error
  } finally {
    await opened?.abort()
    running.end()
    const report = failure instanceof ScanRefused ? failure.report : landing?.report
    session.audit({
      kind: 'upload',
      outcome: landing === null ? (opened === null ? 'refused' : 'failed') : OUTCOME[landing.kind],
      path: landing?.kind === 'landed' ? landing.path : (opened?.path ?? path),
      bytes,
      ms: Math.round(performance.now() - began),
      verdict: report?.verdict ?? null,
      signature: report?.signature ?? null,
      detail: failure instanceof Error ? failure.message : null,
    })
  }
  // Last of all: whoever has read it finds the transfer ended and noted.
  const verdict = landing.report === null ? 'Stored without a scan' : 'Scanned and clean'
  session.reply(226, `${verdict}, ${landing.size} bytes.`)
}
