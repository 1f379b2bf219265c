import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ScanPolicy } from '../../common/models.ts'
import { eicar } from '../../testing/eicar.ts'
import { Clearance } from './clearance.ts'
import { createGate, type ScanGate } from './index.ts'

/** A gate whose agent has gone: whatever passes here passes without one. */
async function gateWithoutAgent(): Promise<{ gate: ScanGate; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-policy-'))
  const gate = createGate({ quarantineFolder: join(folder, 'quarantine'), patience: 20 })
  onTestFinished(async () => {
    gate.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  gate.useAgent(null, { code: 'agent-unavailable', message: 'The agent has ended.' })
  return { gate, path: join(folder, 'file') }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

test('both ways are scanned at the start, and changes are told once', async () => {
  const { gate } = await gateWithoutAgent()
  expect(gate.policy()).toEqual({ upload: true, download: true })
  const told: ScanPolicy[] = []
  const stop = gate.onPolicy((policy) => told.push(policy))
  const mine = { upload: false, download: true }
  gate.setPolicy(mine)
  gate.setPolicy({ upload: false, download: true })
  mine.download = false
  expect(gate.policy()).toEqual({ upload: false, download: true })
  stop()
  gate.setPolicy({ upload: true, download: true })
  expect(told).toEqual([{ upload: false, download: true }])
})

test('uploads pass unscanned, without an agent, for exactly the bytes that were read', async () => {
  const { gate, path } = await gateWithoutAgent()
  const bytes = Buffer.concat([eicar(), Buffer.alloc(2_500_000, 'x')])
  await writeFile(path, bytes)
  expect(await gate.scanFile(path)).toMatchObject({ passes: false, report: { verdict: 'ERROR' } })
  gate.setPolicy({ upload: false, download: true })
  const progress: number[] = []
  const outcome = await gate.scanFile(path, { onProgress: (done) => progress.push(done) })
  expect(outcome).toMatchObject({ passes: true, report: null })
  expect(outcome.passes && Clearance.isGenuine(outcome.clearance)).toBe(true)
  expect(outcome.passes && outcome.clearance).toMatchObject({ sha256: sha256(bytes), bytes: bytes.length })
  // Nothing was scanned, and nothing is told as if it were.
  expect(progress).toEqual([])
  // The other way is scanned as before.
  expect((await gate.openScan({ name: 'file' })).failure).toMatchObject({ code: 'agent-unavailable' })
})

test('downloads pass unscanned, counted and hashed', async () => {
  const { gate, path } = await gateWithoutAgent()
  gate.setPolicy({ upload: true, download: false })
  const scan = await gate.openScan({ name: 'file' })
  expect([scan.unscanned, scan.failure]).toEqual([true, null])
  await scan.write(Buffer.from('hel'))
  await scan.write(Buffer.from('lo'))
  // A scan that runs stays what it was.
  gate.setPolicy({ upload: true, download: true })
  expect(await scan.finish()).toMatchObject({
    passes: true,
    report: null,
    clearance: { sha256: sha256(Buffer.from('hello')), bytes: 5 },
  })
  expect(await gate.openScan({ name: 'file' })).toMatchObject({ unscanned: false })
  await writeFile(path, 'hello')
  expect(await gate.scanFile(path)).toMatchObject({ passes: false })
})

test('an unscanned file that is given up or cancelled gets no clearance', async () => {
  const { gate, path } = await gateWithoutAgent()
  gate.setPolicy({ upload: false, download: false })
  const scan = await gate.openScan({ name: 'file' })
  await scan.write(Buffer.from('hel'))
  scan.abort()
  await expect(scan.finish()).rejects.toMatchObject({ code: 'cancelled' })
  const controller = new AbortController()
  const cancelled = await gate.openScan({ name: 'file', signal: controller.signal })
  controller.abort()
  await expect(cancelled.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'cancelled' })
  await expect(cancelled.finish()).rejects.toMatchObject({ code: 'cancelled' })
  await writeFile(path, 'hello')
  await expect(gate.scanFile(path, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
  await expect(gate.scanFile(`${path}-missing`)).rejects.toMatchObject({ code: 'local-not-found' })
})

test('a cancel in the moment when all is read is heard by the caller, and by nobody else', async () => {
  const { gate, path } = await gateWithoutAgent()
  gate.setPolicy({ upload: false, download: false })
  await writeFile(path, 'hello')
  const unheard: unknown[] = []
  const listen = (error: unknown): void => void unheard.push(error)
  process.on('unhandledRejection', listen)
  onTestFinished(() => void process.off('unhandledRejection', listen))
  const { signal } = new AbortController()
  // Looked at before the file is opened, with its only block, and at the end.
  let looks = 0
  Object.defineProperty(signal, 'aborted', { get: () => ++looks > 2 })
  await expect(gate.scanFile(path, { signal })).rejects.toMatchObject({ code: 'cancelled' })
  expect(looks).toBe(3)
  await new Promise(setImmediate)
  expect(unheard).toEqual([])
})
