/** An account's root on the disk, and which folders can be one. */
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { ReplyError } from '../protocol/reply-error.ts'
import type { Platform } from './names.ts'

/** Why `folder` cannot be an account's root, as a sentence; null when its path speaks against nothing. */
export function rootProblem(folder: string, platform: Platform): string | null {
  const { isAbsolute, normalize, parse } = platform === 'win32' ? path.win32 : path.posix
  if (folder.includes('\0')) return 'A path cannot contain NUL.'
  if (!isAbsolute(folder)) return 'Use an absolute path.'
  const plain = normalize(folder)
  if (parse(plain).root === plain) return 'A whole disk is not shared: use a folder on it.'
  return null
}

/**
 * The real path of a root.
 * @throws ReplyError 550 without the path: the account need not know where it lives
 */
export async function openRoot(folder: string): Promise<string> {
  const unusable = (cause?: unknown): ReplyError =>
    new ReplyError(550, 'The folder of this account cannot be used; tell whoever runs this server.', { cause })
  if (rootProblem(folder, process.platform) !== null) throw unusable()
  let real: string
  try {
    real = await realpath(folder)
    if (!(await stat(real)).isDirectory()) throw unusable()
  } catch (error) {
    throw error instanceof ReplyError ? error : unusable(error)
  }
  // A link may lead to what no path may name.
  if (rootProblem(real, process.platform) !== null) throw unusable()
  return real
}

/** Whether the real path `real` is `root` or lies in it. */
export function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(root + path.sep)
}
