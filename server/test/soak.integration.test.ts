import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { describeWith } from '../../testing/describe-with.ts'
import { startFtpServer } from '../../testing/ftp-server.ts'
import { leftBy, quiet, soakRound } from './soak.ts'

/** Seconds; `SLUICE_SOAK=600 npx vitest run server/test/soak` goes on for ten minutes. */
const SECONDS = Number(process.env['SLUICE_SOAK'] ?? 6)
/** Until buffers, caches and compiled code are what they will be. */
const WARM_UP_ROUNDS = 10
/** Bytes that the heap may differ by for other reasons; a leak of each session would be far more. */
const HEAP_SLACK = 8_000_000
/** Bytes of each line of the protocol, all of which the test's own server keeps. */
const LINE_BYTES = 250

describeWith(['openssl'], 'soak', () => {
  test(
    `sessions that come, work and are cut for ${SECONDS} s leave nothing behind`,
    { timeout: (SECONDS + 60) * 1000 },
    async () => {
      const server = await startFtpServer()
      onTestFinished(() => server.stop())
      writeFileSync(path.join(server.root, 'kept.bin'), Buffer.alloc(3_000_000, 1))
      for (let round = 0; round < WARM_UP_ROUNDS; round++) await soakRound(server)
      await quiet(server)
      const before = leftBy(server)
      const end = performance.now() + SECONDS * 1000
      let rounds = 0
      while (performance.now() < end) {
        await soakRound(server)
        rounds++
      }
      await quiet(server)
      expect(rounds).toBeGreaterThan(0)
      // What the clients' own sockets still need to close is no leak; a moment later they have.
      await vi.waitFor(() => {
        const after = leftBy(server)
        expect(after.resources).toBeLessThanOrEqual(before.resources)
        expect(after.descriptors).toBeLessThanOrEqual(before.descriptors)
        expect(after.names).toEqual(before.names)
      }, 5000)
      const after = leftBy(server)
      expect(after).toMatchObject({ sessions: 0, transfers: 0 })
      expect(after.names.filter((name) => name.startsWith('.'))).toEqual([])
      expect(after.heap).toBeLessThan(before.heap + HEAP_SLACK + server.lines().length * LINE_BYTES)
      expect(server.problems()).toEqual([])
    },
  )
})
