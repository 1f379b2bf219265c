/** Hashes of files, so that a client can compare without fetching. */
import { createHash } from 'node:crypto'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Handler, LoginState, Session } from '../session/types.ts'
import { pathOf } from './change.ts'

/** Bytes read and hashed at a time: about a millisecond in which nobody else is served. */
const BLOCK = 512 * 1024

const ALGORITHMS: Record<LoginState['hash'], string> = {
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  'SHA-1': 'sha1',
  MD5: 'md5',
}

/**
 * Hashes bytes `from` to `end`, which is not among them; null: the file's end.
 * @throws ReplyError 550, 451; 426 when the session ends meanwhile; 501 when the file is shorter
 */
async function hashOf(
  session: Session,
  path: string,
  algorithm: LoginState['hash'],
  range: { from: number; end: number | null } = { from: 0, end: null },
): Promise<{ hex: string; size: number }> {
  const file = await session.files().openRead(path)
  try {
    const end = range.end ?? file.size
    if (range.from > end || end > file.size) throw new ReplyError(501, `The file has ${file.size} bytes.`)
    const hash = createHash(ALGORITHMS[algorithm])
    const buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(BLOCK, end - range.from)))
    for (let at = range.from; at < end;) {
      if (session.signal.aborted) throw new ReplyError(426, 'The hash was given up.')
      const read = await file.read(buffer.subarray(0, Math.min(buffer.length, end - at)), at)
      if (read === 0) throw new ReplyError(451, 'The file became shorter while it was read.')
      hash.update(buffer.subarray(0, read))
      at += read
    }
    return { hex: hash.digest('hex'), size: file.size }
  } finally {
    await file.close()
  }
}

/** As in common use: a path in quotes may be followed by the first byte and the one after the last. */
const QUOTED = /^"(.+)"(?: (\d{1,15}) (\d{1,15}))?$/s

export const hashesVerbs = {
  HASH: async (session, argument) => {
    const algorithm = session.login.hash
    const { hex, size } = await hashOf(session, pathOf(session, argument), algorithm)
    // The range is that of the bytes hashed, first and last.
    session.reply(213, `${algorithm} 0-${Math.max(0, size - 1)} ${hex} ${argument}`)
  },

  XSHA256: async (session, argument) => {
    const [, path = argument, from, end] = QUOTED.exec(argument) ?? []
    const range = from === undefined || end === undefined ? undefined : { from: Number(from), end: Number(end) }
    const { hex } = await hashOf(session, pathOf(session, path), 'SHA-256', range)
    session.reply(250, hex)
  },
} satisfies Record<string, Handler>
