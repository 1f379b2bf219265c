/** Keeps downloads inside the folder the person chose, on real paths, at the moment of use. */
import type { Stats } from 'node:fs'
import { lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { SluiceError, systemCode } from '../../common/errors.ts'
import { localError, printablePath } from './errors.ts'

/**
 * Checks that `folder` lies in `root` (or is it), that every step from `root` down is a real folder and no link, and
 * gives its real path. With `create`, missing steps are made. `root` itself may be reached through links: the person chose it.
 * Called before each write, since a link may be put in between (CVE-2014-4877 is a link first, then a folder of its name).
 * @throws SluiceError 'unsafe-name' when a step is a link or leads out, 'local-exists' when a step is a file, other local codes
 */
export async function containedFolder(root: string, folder: string, o: { create?: boolean } = {}): Promise<string> {
  const way = relative(root, folder)
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new SluiceError('unsafe-name', `"${printablePath(folder)}" is outside "${printablePath(root)}".`)
  const known = roots.get(root)
  // One question to the system in the usual case: a real path that is as it should be has no link below the root.
  if (known !== undefined && (await realpath(folder).catch(() => null)) === join(known, way)) return join(known, way)
  const realRoot = await resolved(root)
  remember(root, realRoot)
  let real = realRoot
  for (const step of way === '' ? [] : way.split(sep)) {
    real = join(real, step)
    await oneStep(real, o.create ?? false)
  }
  // A step could still be an alias the checks above do not know (a junction, a bind of another kind): ask the system.
  const found = await resolved(real)
  if (found !== real && !sameOnThisDisk(found, real))
    throw new SluiceError(
      'unsafe-name',
      `"${printablePath(folder)}" leads out of "${printablePath(realRoot)}"; nothing was written there.`,
    )
  return found
}

/** Real paths of the roots used last. A root that was moved since only costs the long way. */
const roots = new Map<string, string>()
const KEEP_ROOTS = 16

function remember(root: string, real: string): void {
  roots.delete(root)
  roots.set(root, real)
  for (const oldest of roots.keys()) {
    if (roots.size <= KEEP_ROOTS) break
    roots.delete(oldest)
  }
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    throw localError(error, 'open the folder', path)
  }
}

/** Disks that ignore case or normalise Unicode give the real path in their own spelling. */
function sameOnThisDisk(a: string, b: string): boolean {
  const fold = (path: string): string => path.normalize('NFC').toLowerCase()
  return fold(a) === fold(b)
}

async function oneStep(path: string, create: boolean): Promise<void> {
  let stats = await lstatOrNull(path)
  if (stats === null && create) {
    try {
      await mkdir(path)
    } catch (error) {
      // Another worker may have made it in the meantime; what is there is looked at below.
      if (systemCode(error) !== 'EEXIST') throw localError(error, 'create the folder', path)
    }
    stats = await lstatOrNull(path)
  }
  if (stats === null) throw new SluiceError('local-not-found', `The folder "${printablePath(path)}" does not exist.`)
  if (stats.isSymbolicLink())
    throw new SluiceError('unsafe-name', `"${printablePath(path)}" is a link; nothing is written through links.`)
  if (!stats.isDirectory())
    throw new SluiceError('local-exists', `"${printablePath(path)}" is in the way: it is not a folder.`)
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw localError(error, 'look at', path)
  }
}

/** True when the disk under `folder` holds "A" and "a" to be one name; the system's habit where that cannot be tried. */
export async function ignoresCase(folder: string): Promise<boolean> {
  const name = basename(folder)
  const swapped = name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase()
  if (swapped !== name) {
    try {
      const [own, other] = await Promise.all([
        stat(folder, { bigint: true }),
        stat(join(dirname(folder), swapped), { bigint: true }),
      ])
      return own.ino === other.ino && own.dev === other.dev
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false
    }
  }
  return process.platform === 'win32' || process.platform === 'darwin'
}
