/** With which bytes an upload begins, and from where. */
import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import type { Facts, UploadTarget } from '../files/types.ts'
import { refused, systemCode } from '../files/disk-error.ts'
import { Part } from './part.ts'
import { KEPT_FOR } from './sweep.ts'
import type { UploadMode } from './types.ts'

export type Beginning =
  | { from: 'nothing'; bytes: 0 }
  /** A copy of the target's first bytes. */
  | { from: 'target'; bytes: number }
  /** What came before an upload was cut. */
  | { from: 'kept'; bytes: number }

const NOTHING: Beginning = { from: 'nothing', bytes: 0 }

/**
 * Where there is no file, SIZE answers with what waits hidden, so REST and APPE go on there. Where there is one, it goes
 * on in that, unless only what waits is exactly as long as REST says.
 * @throws ReplyError 550 when there is less than REST says
 */
export function beginningOf(mode: UploadMode, existing: Facts | null, kept: number | null, path: string): Beginning {
  if (mode.kind === 'replace' || mode.kind === 'unique') return NOTHING
  if (mode.kind === 'append') {
    if (existing !== null) return { from: 'target', bytes: existing.size }
    return kept === null ? NOTHING : { from: 'kept', bytes: kept }
  }
  const { offset } = mode
  if (offset === 0) return NOTHING
  if (kept !== null && (existing === null ? kept >= offset : kept === offset && existing.size !== offset)) {
    return { from: 'kept', bytes: offset }
  }
  if (existing !== null && existing.size >= offset) return { from: 'target', bytes: offset }
  throw refused(path, `there are only ${existing?.size ?? kept ?? 0} bytes to go on from`)
}

/** Bytes of a cut upload that wait under that name; null when none do, or for too long. */
export async function keptBytes({ folder }: UploadTarget, name: string, now: number): Promise<number | null> {
  let stats: Stats
  try {
    stats = await lstat(folder.at(name))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
  return stats.isFile() && now - stats.mtimeMs < KEPT_FOR ? stats.size : null
}

/** Opens the part file `names.name` with its beginning. Throws the system's errors. */
export async function openPart(
  root: string,
  { folder, name }: UploadTarget,
  beginning: Beginning,
  names: { name: string; kept: string },
): Promise<Part> {
  switch (beginning.from) {
    case 'nothing':
      return await Part.create(folder, names.name)
    case 'target':
      return await Part.copy(root, folder, names.name, name, beginning.bytes)
    case 'kept':
      return await Part.take(folder, names.name, names.kept, beginning.bytes)
  }
}
