/**
 * Holds what lies at a path while something is done with it, so that nobody can put a link in its place between the check
 * and the use (CVE-2020-26299 and its kin compare paths and then use them).
 *
 * Linux: O_PATH opens without reading, so that it disturbs no device or pipe; /proc then tells the real path of what was
 * opened, and /proc/self/fd/N names exactly that, whatever happens to its path. Elsewhere the real path is compared
 * before and after.
 */
import { closeSync, fstatSync, readlinkSync, type Stats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { descriptorPath, HAS_DESCRIPTOR_PATHS, openPath } from './descriptor-path.ts'
import { isPartName } from './part-names.ts'
import { isInside } from './root.ts'

export interface Held extends AsyncDisposable {
  /** Its real path on the disk when it was opened. */
  readonly real: string
  readonly stats: Stats
  /** Names it for the system: to open, stamp, list. */
  readonly self: string
  /** Names what lies in it, when it is a folder; calls on that must not follow links. */
  at(name: string): string
  /** @throws ENOENT when it is not any more what was held, or has left the root */
  check(): Promise<void>
  close(): Promise<void>
}

/** As the system says it, so that one table maps both. */
export function missing(): NodeJS.ErrnoException {
  return Object.assign(new Error('It is not there, or it is not in the root.'), { code: 'ENOENT' })
}

/**
 * Follows links to what lies at `path` and holds it.
 * @param root real path
 * @param portable uses the way for systems without /proc; for tests
 * @throws ENOENT also when it lies outside the root or is the server's own; other errors of the system
 */
export async function hold(root: string, path: string, portable = !HAS_DESCRIPTOR_PATHS): Promise<Held> {
  return portable ? await holdByPath(root, path) : await holdByDescriptor(root, path)
}

function demandVisible(root: string, real: string): void {
  const own = (): boolean => real.slice(root.length).split(sep).some(isPartName)
  if (!isInside(root, real) || own()) throw missing()
}

/**
 * Only to open may have to wait for a disk, so that it takes its turn in another thread. What follows asks the system for
 * what it has just learnt, and a descriptor of O_PATH has nothing to write when it is closed: each of that takes
 * microseconds, and ten times as long in another thread.
 */
async function holdByDescriptor(root: string, path: string): Promise<Held> {
  const descriptor = await openPath(path)
  const self = descriptorPath(descriptor)
  let closed = false
  const close = (): Promise<void> => {
    // Its number may be another's by now.
    if (!closed) closeSync(descriptor)
    closed = true
    return Promise.resolve()
  }
  const realNow = (): string => {
    if (closed) throw missing()
    const real = readlinkSync(self)
    demandVisible(root, real)
    return real
  }
  try {
    const stats = fstatSync(descriptor)
    const check = async (): Promise<void> => void realNow()
    return { real: realNow(), stats, self, at: (name) => `${self}/${name}`, check, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function holdByPath(root: string, path: string): Promise<Held> {
  const real = await realpath(path)
  demandVisible(root, real)
  const stats = await lstat(real)
  const check = async (): Promise<void> => {
    const now = await lstat(real)
    if (now.ino !== stats.ino || now.dev !== stats.dev || (await realpath(real)) !== real) throw missing()
  }
  await check()
  const close = (): Promise<void> => Promise.resolve()
  return { real, stats, self: real, at: (name) => join(real, name), check, close, [Symbol.asyncDispose]: close }
}
