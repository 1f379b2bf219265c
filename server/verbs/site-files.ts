/** SITE CHMOD and SITE UTIME. The dispatcher of SITE has seen to the rights. */
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler } from '../session/types.ts'
import { audited, pathOf } from './change.ts'
import { parseTime, setTime } from './times.ts'

/** No set-user-id, set-group-id or sticky bits: nobody who sends files should be able to make them run as another. */
const MODE = /^0?([0-7]{3})$/

export const chmod: Handler = async (session, argument) => {
  const [, text = '', name = ''] = /^(\S+) (.+)$/s.exec(argument) ?? []
  const octal = MODE.exec(text)?.[1]
  if (octal === undefined) throw new ReplyError(501, 'Syntax: SITE CHMOD mode path, with a mode like 644')
  const path = pathOf(session, name)
  await audited(session, { kind: 'attributes', path, detail: `mode ${octal}` }, () =>
    session.files().setMode(path, Number.parseInt(octal, 8)),
  )
  session.reply(200, 'The permissions were set.')
}

/** Access, modification and creation time behind the path: what disks keep of them is the second. */
const LONG = /^(.+) \d{12,14} (\d{12,14}) \d{12,14} UTC$/s
const SHORT = /^()(\d{12,14}) (.+)$/s

/** SITE UTIME time path, and SITE UTIME path atime mtime ctime UTC. */
export const utime: Handler = async (session, argument) => {
  const [, longName, text = '', shortName] = LONG.exec(argument) ?? SHORT.exec(argument) ?? []
  const ms = parseTime(text)
  if (ms === null) throw new ReplyError(501, 'Syntax: SITE UTIME YYYYMMDDhhmmss path')
  await setTime(session, pathOf(session, longName || (shortName ?? '')), ms)
  session.reply(200, 'The time was set.')
}
