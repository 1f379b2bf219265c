/** Removes what cut uploads left and nobody came back for. */
import { lstat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { partKindOf } from '../files/part-names.ts'
import { walk } from './usage.ts'

/** ms that a cut upload waits for its client. */
export const KEPT_FOR = 24 * 3_600_000
/** ms without a byte after which an upload that is not ours must be that of a server that died: none may stall so long. */
const DEAD_AFTER = 3_600_000

/**
 * @param root real path
 * @param active names of the uploads that this server is taking
 * @throws the signal's reason
 * @returns how many files were removed
 */
export async function sweepRoot(
  root: string,
  active: ReadonlySet<string>,
  now: number,
  signal?: AbortSignal,
): Promise<number> {
  let removed = 0
  for await (const { folder, names } of walk(root)) {
    signal?.throwIfAborted()
    for (const name of names) {
      const kind = partKindOf(name)
      if (kind === null || active.has(name)) continue
      const path = join(folder, name)
      const stats = await lstat(path).catch(() => null)
      if (stats === null || now - stats.mtimeMs < (kind === 'kept' ? KEPT_FOR : DEAD_AFTER)) continue
      await unlink(path).then(
        () => removed++,
        () => undefined,
      )
    }
  }
  return removed
}
