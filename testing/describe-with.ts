/** Blocks of vitest tests that need real peers. */
import { describe, test } from 'vitest'
import { peersAreRequired, whyWithout, type PeerName } from './peers.ts'

/**
 * A `describe` for tests that need real peers. Where one is missing the block is reported as skipped with the reason
 * in its name; on Linux with CI=true it holds one failing test instead.
 */
export function describeWith(names: readonly PeerName[], title: string, body: () => void): void {
  const reason = whyWithout(...names)
  if (reason === null) {
    describe(title, body)
  } else if (peersAreRequired()) {
    test(`${title}: ${reason}`, () => {
      throw new Error(`A peer is missing on CI: ${reason}`)
    })
  } else {
    test.skip(`${title} [${reason}]`)
  }
}
