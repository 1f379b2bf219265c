/** quote: a command as it is. */
import type { FtpClient } from '../../../ftp/index.ts'
import { linesOf } from '../output.ts'
import { literal } from '../parse.ts'
import type { Handler } from '../types.ts'

/** Commands that mean the current folder without naming one. */
const OF_THE_FOLDER = /^(?:X?PWD|CDUP|XCUP|STOU)$/i
const MOVES = /^(?:X?CWD|CDUP|XCUP)$/i
/** After these the folder may look different. */
const CHANGES = /^(?:DELE|X?MKD|X?RMD|RNTO|SITE|MFMT|MFCT|MFF)$/i

export const quote: Handler = async ({ host, signal, write }, args) => {
  const command = args.map(literal).join(' ')
  const [verb = ''] = command.split(' ')
  const { folders, session } = host
  const { reply, folder } = await session.run(async (client) => {
    if (command.includes(' ') || OF_THE_FOLDER.test(verb)) await goToFolder(client, folders.get().remote, signal)
    const reply = await client.command(command, { signal })
    return { reply, folder: MOVES.test(verb) && reply.code < 300 ? await client.pwd({ signal }) : null }
  })
  if (folder !== null) folders.set('remote', folder)
  const { remote } = folders.get()
  if (CHANGES.test(verb) && reply.code < 300 && remote !== null) host.changed('remote', remote)
  write({ lines: replyLines(reply), data: [{ code: reply.code, text: reply.text }] })
  return reply.code >= 400 ? 'refused' : 'ok'
}

/** Panes and console may look elsewhere than the connection, which lists without going there. */
async function goToFolder(client: FtpClient, folder: string | null, signal: AbortSignal): Promise<void> {
  if (folder !== null && (await client.pwd({ signal })) !== folder) await client.cwd(folder, { signal })
}

/** The code before the first line, as on the wire; the others as they came. */
function replyLines({ code, text }: { code: number; text: string }): ReturnType<typeof linesOf> {
  return linesOf('reply', `${code} ${text}`)
}
