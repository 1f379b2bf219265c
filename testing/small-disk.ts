/** A disk of 1 MiB, to be filled by tests. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  folder: string
  remove(): void
}

/**
 * Mounts one.
 * @throws Error with mount's words; containers often forbid it, to root too.
 */
export function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { encoding: 'utf8' })
  if (mounted.status !== 0) {
    rmdirSync(folder)
    throw new Error(mounted.stderr, { cause: mounted.error })
  }
  return {
    folder,
    remove: () => {
      spawnSync('umount', ['-l', folder])
      rmdirSync(folder)
    },
  }
}

/** Why this machine lets us mount nothing; false when it does. */
export function whyNoSmallDisk(): string | false {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root, to mount a small disk'
  try {
    mountSmallDisk().remove()
    return false
  } catch {
    return 'this machine lets not even root mount a disk'
  }
}
