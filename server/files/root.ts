/** An account's root on the disk, and which folders can be one. */
import { closeSync, fstatSync, readlinkSync } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { ReplyError } from '../protocol/reply-error.ts'
import { descriptorPath, HAS_DESCRIPTOR_PATHS, openPath } from './descriptor-path.ts'
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

/** Its real path; null when it is no folder. Throws the system's errors. */
async function realFolder(folder: string): Promise<string | null> {
  if (!HAS_DESCRIPTOR_PATHS) {
    const real = await realpath(folder)
    return (await stat(real)).isDirectory() ? real : null
  }
  // One turn through another thread instead of two, at every login.
  const descriptor = await openPath(folder)
  try {
    return fstatSync(descriptor).isDirectory() ? readlinkSync(descriptorPath(descriptor)) : null
  } finally {
    closeSync(descriptor)
  }
}

/**
 * The real path of a folder that can be an account's root, or why it can be none, as a sentence. Throws the system's
 * errors.
 */
export async function resolveRoot(folder: string): Promise<{ real: string } | { problem: string }> {
  const problem = rootProblem(folder, process.platform)
  if (problem !== null) return { problem }
  const real = await realFolder(folder)
  if (real === null) return { problem: 'It is no folder.' }
  // A link may lead to what no path may name.
  const realProblem = rootProblem(real, process.platform)
  return realProblem === null ? { real } : { problem: realProblem }
}

/**
 * The real path of a root.
 * @throws ReplyError 550 without the path: the account need not know where it lives
 */
export async function openRoot(folder: string): Promise<string> {
  const unusable = (cause?: unknown): ReplyError =>
    new ReplyError(550, 'The folder of this account cannot be used; tell whoever runs this server.', { cause })
  const found = await resolveRoot(folder).catch((error: unknown) => {
    throw unusable(error)
  })
  if ('problem' in found) throw unusable()
  return found.real
}

/** Whether the real path `real` is `root` or lies in it. */
export function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(root + path.sep)
}
