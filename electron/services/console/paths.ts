/** From what was typed to absolute paths on both sides, and back to what is worth showing. */
import { stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { SluiceError } from '../../../common/errors.ts'
import { resolveRemote } from '../../../common/remote-path.ts'
import type { FtpClient } from '../../ftp/index.ts'
import { hasPattern, literal } from './parse.ts'
import type { ConsoleHost } from './types.ts'

type Places = Pick<ConsoleHost, 'folders' | 'homeFolder' | 'session'>

/** The server's folder that relative names start from. @throws SluiceError not-connected */
export function remoteFolder({ folders }: Places): string {
  const { remote } = folders.get()
  if (remote !== null) return remote
  throw new SluiceError('not-connected', 'Not connected to a server: connect with "open <host>" first.')
}

/**
 * The path that a word means on the server, absolute; "~" at its start is the folder after login.
 * @param word in pattern form
 * @throws SluiceError bad-argument for an empty word: it must not come to mean the current folder; not-connected
 */
export function remotePath(host: Places, word: string): string {
  return resolveRemoteText(host, notEmpty(literal(word)))
}

/** The same for a text as it is. */
export function resolveRemoteText(host: Places, text: string): string {
  const current = remoteFolder(host)
  if (!/^~(\/|$)/.test(text)) return resolveRemote(current, text)
  const { state } = host.session
  if (state.state === 'connected') return resolveRemote(state.home, text.slice(2))
  throw new SluiceError('not-connected', 'The folder after login is not known: the session is lost. Connect again.')
}

/**
 * The path that a word means on this computer, absolute; "~" at its start is the home folder.
 * @param word in pattern form
 * @throws SluiceError bad-argument for an empty word
 */
export function localPath(host: Places, word: string): string {
  return resolveLocal(host, notEmpty(literal(word)))
}

/** The same for a text as it is. */
export function resolveLocal({ folders, homeFolder }: Places, text: string): string {
  const expanded = text === '~' ? homeFolder : /^~[/\\]/.test(text) ? join(homeFolder, text.slice(2)) : text
  return resolve(folders.get().local, expanded)
}

function notEmpty(text: string): string {
  if (text !== '') return text
  throw new SluiceError('bad-argument', 'A name is empty: give the name of a file or folder.')
}

/** Whether a word says by its last character that it is a folder. */
export function saysFolder(word: string, side: 'local' | 'remote'): boolean {
  const text = literal(word)
  return text.endsWith('/') || (side === 'local' && sep === '\\' && text.endsWith('\\'))
}

/** For commands that take names, when a name was not found: a pattern is a misunderstanding that the message clears up. */
export function refusePattern(word: string, instead: string): void {
  if (hasPattern(word))
    throw new SluiceError(
      'not-found',
      `“${literal(word)}” was taken as one name, and there is no such file. For several files by pattern use ${instead}.`,
    )
}

/** A name to be is no pattern: what looks like one was meant for something else. @throws SluiceError bad-argument */
export function refusePatternTarget(word: string): void {
  if (hasPattern(word))
    throw new SluiceError(
      'bad-argument',
      `“${literal(word)}” is a pattern where one name is needed. Quote it if it is the name.`,
    )
}

/** Other clients take "-" for their input and output; here it would become a file of that name. @throws SluiceError bad-argument */
export function refuseStream(word: string, instead: string): void {
  if (word === '-')
    throw new SluiceError('bad-argument', `“-” is no file here: ${instead} A file of that name is “./-”.`)
}

/** A local path as people know it: relative where it lies in the current folder. */
export function shownLocal({ folders }: Places, path: string): string {
  const way = relative(folders.get().local, path)
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way
}

/** A path on the server as people know it: relative where it lies in the current folder. */
export function shownRemote({ folders }: Places, path: string): string {
  return pathBelow(folders.get().remote ?? '/', path) ?? path
}

/** The part of `path` below `folder`; null where it lies elsewhere. Both absolute, on the server. */
export function pathBelow(folder: string, path: string): string | null {
  const start = folder.endsWith('/') ? folder : `${folder}/`
  return path.length > start.length && path.startsWith(start) ? path.slice(start.length) : null
}

/**
 * Whether a folder can be entered at `path`, also through links. The connection's own folder is `back` afterwards.
 * @throws SluiceError when the server does not answer properly
 */
export async function isRemoteFolder(
  client: FtpClient,
  path: string,
  back: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.cwd(path, { signal })
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
  // It may have been removed by others meanwhile: the next command that needs it says so.
  await client.cwd(back, { signal }).catch((error: unknown) => {
    if (!isRefusal(error)) throw error
  })
  return true
}

/** Whether a folder of this computer is at `path`, also through links; false for what cannot be looked at. */
export async function isLocalFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** The server said no, and the conversation goes on. */
export function isRefusal(error: unknown): error is SluiceError {
  return error instanceof SluiceError && error.reply !== undefined && error.reply.code !== 421
}
