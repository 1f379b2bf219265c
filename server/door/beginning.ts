/** With which bytes an upload begins, and from where. */
import type { Facts, UploadTarget } from '../files/types.ts'
import { refused } from '../files/disk-error.ts'
import { lstatIfThere } from '../files/facts.ts'
import type { ReplyError } from '../protocol/reply-error.ts'
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

/** A cut upload that waits. */
export interface Kept {
  bytes: number
  /** When its last byte came, ms since the epoch. */
  modified: number
}

/**
 * Where there is no file, SIZE answers with what waits hidden, so REST and APPE go on there. Where there is one, it goes
 * on in that; but not after an upload that was to replace it was cut. Other servers have destroyed the old file by then,
 * and their clients go on with the new one: here SIZE tells of the old one, and its beginning must not get the new one's
 * end.
 * @throws ReplyError 550 when there is less than REST says, or it cannot be told what to go on in
 */
export function beginningOf(mode: UploadMode, existing: Facts | null, kept: Kept | null, path: string): Beginning {
  if (mode.kind === 'replace' || mode.kind === 'unique') return NOTHING
  if (mode.kind === 'resume' && mode.offset === 0) return NOTHING
  if (kept !== null && (existing === null || kept.modified >= existing.modified)) {
    if (mode.kind === 'append' && existing === null) return { from: 'kept', bytes: kept.bytes }
    if (mode.kind === 'resume' && kept.bytes >= mode.offset) return { from: 'kept', bytes: mode.offset }
    if (existing === null) throw tooShort(path, kept.bytes)
    throw refused(path, `an upload that was to replace it was cut after ${kept.bytes} bytes; send all of it again`)
  }
  if (mode.kind === 'append') return existing === null ? NOTHING : { from: 'target', bytes: existing.size }
  const { offset } = mode
  if (kept !== null && kept.bytes === offset && existing?.size !== offset) return { from: 'kept', bytes: offset }
  if (existing !== null && existing.size >= offset) return { from: 'target', bytes: offset }
  throw tooShort(path, existing?.size ?? 0)
}

function tooShort(path: string, bytes: number): ReplyError {
  return refused(path, `there are only ${bytes} bytes to go on from`)
}

/** The cut upload that waits under that name; null when none does, or for too long. */
export async function keptUpload({ folder }: UploadTarget, name: string, now: number): Promise<Kept | null> {
  const stats = await lstatIfThere(folder.at(name))
  if (stats === null || !stats.isFile() || now - stats.mtimeMs >= KEPT_FOR) return null
  return { bytes: stats.size, modified: Math.round(stats.mtimeMs) }
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
