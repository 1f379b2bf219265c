/** Linux's paths that name what a descriptor is open on. */
import { accessSync, open as openWith } from 'node:fs'
import { promisify } from 'node:util'

/** Linux's, on every architecture that Node runs on; Node does not name it. */
const O_PATH = 0o10000000

export const HAS_DESCRIPTOR_PATHS = process.platform === 'linux' && exists('/proc/self/fd')

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

const open = promisify(openWith)

/** Follows links to what lies at `path`, without reading it. Whoever asked closes it. Throws the system's errors. */
export async function openPath(path: string): Promise<number> {
  return await open(path, O_PATH)
}

/** Names what is open; a link that leads to its real path. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`
}
