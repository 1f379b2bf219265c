/** Single vitest tests that not every machine can run. */
import { test } from 'vitest'

/**
 * `test`, or, given a reason why it cannot run here, a skipped test that bears the reason in its name. For peers there
 * is `describeWith`.
 */
export function testUnless(reason: string | false): (name: string, body: () => Promise<void> | void) => void {
  return reason === false ? test : (name, body) => test.skip(`${name} [${reason}]`, body)
}

/** For tests of what only POSIX systems have: permission bits, links without privileges, named pipes. */
export const testOnPosix = testUnless(process.platform === 'win32' && 'needs a POSIX system')

/** For tests of what only Linux does. */
export const testOnLinux = testUnless(process.platform !== 'linux' && 'needs Linux')

/** The account that may do nothing; the number is the same on every Linux and BSD. */
const NOBODY = 65534

/** For tests of refused access: root is refused nothing, so its tests run as nobody. */
export function testAsUser(name: string, body: () => Promise<void>): void {
  testOnPosix(name, async () => {
    if (process.getuid?.() !== 0) return await body()
    process.seteuid?.(NOBODY)
    try {
      await body()
    } finally {
      process.seteuid?.(0)
    }
  })
}
