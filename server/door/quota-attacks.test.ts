/** Accounts that try to store more than they may, by doing things at the same time. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { shareFolder } from '../test/shared-folder.ts'
import { createDoor } from './door.ts'
import { Quotas } from './quota.ts'
import type { Upload, UploadMode } from './types.ts'
import { countRoot, type Usage } from './usage.ts'

const AT_ONCE = 12

async function place(quotaBytes: number) {
  const { account, files, root } = await shareFolder({ quotaBytes })
  const door = createDoor({ gate: null, now: () => 1 })
  onTestFinished(() => door.dispose())
  const open = (path: string, mode: UploadMode = { kind: 'replace' }): Promise<Upload> => {
    const signal = new AbortController().signal
    return door.open({ files, account, address: '192.0.2.7', path, mode, announced: null, signal })
  }
  /** Stores so many bytes, or keeps them hidden when it is cut. */
  const put = async (path: string, bytes: number, cut = false): Promise<void> => {
    const upload = await open(path)
    try {
      await upload.write(Buffer.alloc(bytes))
      if (!cut) await upload.finish()
    } finally {
      await upload.abort()
    }
  }
  /** Stores as much as it can, and gives how many bytes are on the disk then. */
  const cram = async (): Promise<number> => {
    for (let file = 0; file < 50; file++) await put(`/more${file}`, 100).catch(() => undefined)
    return (await countRoot(root)).bytes
  }
  return { account, files, root, door, open, put, cram }
}

const times = <T>(work: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(Array.from({ length: AT_ONCE }, (_, index) => work(index)))

test('forgetting what waits, many times at once, gives its room back once', async () => {
  const { door, files, account, put, cram } = await place(1000)
  await put('/kept', 500, true)
  await put('/a', 500)
  await times(() => door.forget(files, account, '/kept'))
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('so does going on with it', async () => {
  const { open, put, cram } = await place(1000)
  await put('/kept', 500, true)
  await put('/a', 500)
  const begun = await times(() => open('/kept', { kind: 'resume', offset: 1 }))
  for (const each of begun) if (each.status === 'fulfilled') await each.value.abort()
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('and cutting uploads that take its place', async () => {
  const { put, cram, open } = await place(1000)
  await put('/kept', 500, true)
  await put('/a', 400)
  const uploads = await Promise.all(Array.from({ length: AT_ONCE }, () => open('/kept')))
  await Promise.all(uploads.map((upload) => upload.write(Buffer.alloc(1))))
  await Promise.all(uploads.map((upload) => upload.abort()))
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('a file that many uploads replace at once gives its room back once', async () => {
  const { open, put, cram } = await place(1000)
  await put('/big', 900)
  const uploads = await Promise.all(Array.from({ length: AT_ONCE }, () => open('/big')))
  await Promise.all(uploads.map((upload) => upload.write(Buffer.alloc(1))))
  await Promise.all(uploads.map((upload) => upload.finish()))
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('so does one that many renames replace, and one that is deleted beside that', async () => {
  const { door, files, open, put, cram } = await place(1000)
  for (let round = 0; round < 10; round++) {
    await put('/big', 500)
    for (let index = 0; index < AT_ONCE; index++) await put(`/small${index}`, 1)
    const uploads = await Promise.all(Array.from({ length: 4 }, () => open('/big')))
    await Promise.all(uploads.map((upload) => upload.write(Buffer.alloc(1))))
    await Promise.all([
      ...uploads.map((upload) => upload.finish()),
      times(async (index) => {
        const replaced = await files.rename(`/small${index}`, '/big', { replace: true })
        if (replaced !== null) door.freed(files, replaced)
      }),
      times(async () => door.freed(files, await files.removeFile('/big'))),
    ])
  }
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('what an upload could not replace keeps its room', async () => {
  const { root, open, put, cram } = await place(1000)
  await put('/big', 900)
  for (let round = 0; round < 3; round++) {
    const upload = await open('/big')
    await upload.write(Buffer.alloc(1))
    // The part file is gone: nothing can take the place.
    const part = (await readdir(root)).find((name) => name.startsWith('.sluice-in'))
    await rm(join(root, part ?? ''))
    await expect(upload.finish()).rejects.toMatchObject({ code: 550 })
    await upload.abort()
  }
  expect(await cram()).toBeLessThanOrEqual(1000)
})

test('one file’s room is lent once, however many uploads are to replace it', async () => {
  const { root, open, put } = await place(1000)
  await put('/big', 1000)
  const uploads = await Promise.all(Array.from({ length: AT_ONCE }, () => open('/big').catch(() => null)))
  await Promise.allSettled(uploads.map((upload) => upload?.write(Buffer.alloc(900))))
  expect((await countRoot(root)).bytes).toBeLessThanOrEqual(2000)
  await Promise.all(uploads.map((upload) => upload?.abort()))
  // And to the next.
  await put('/big', 900)
})

test.each(['deleted', 'moved'] as const)('what is %s while the folder is counted is not forgotten', async (how) => {
  const { account, root, outside } = await shareFolder({ quotaBytes: 1000 })
  let now = 1
  const quotas = new Quotas(() => now)
  const big = join(root, 'big')
  writeFileSync(big, Buffer.alloc(800))
  await quotas.prepare(account, { root })
  now += 3_600_000
  // It counts in the background from here on, and does not find the file.
  await quotas.prepare(account, { root })
  if (how === 'moved') {
    renameSync(big, join(outside, 'big'))
    quotas.moved(root)
  } else {
    rmSync(big)
    writeFileSync(join(root, 'other'), Buffer.alloc(700))
    quotas.free(root, { bytes: 800, files: 1 })
  }
  const used: Usage[] = []
  const look = quotas.take(account, root, { bytes: 0, files: 0 }, (usage) => {
    used.push({ ...usage })
    return false
  })
  await expect(look).rejects.toMatchObject({ code: 552 })
  expect(used.at(-1)?.bytes).toBeGreaterThanOrEqual(700)
})
