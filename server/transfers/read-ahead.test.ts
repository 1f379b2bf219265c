import { expect, test } from 'vitest'
import type { ReadFile } from '../files/types.ts'
import { readAhead } from './read-ahead.ts'

/** A file in memory whose reads give at most `most` bytes. */
function file(content: Buffer, most = Number.POSITIVE_INFINITY, size = content.length): ReadFile {
  return {
    size,
    read: async (buffer, position) =>
      content.copy(buffer, 0, position, Math.min(content.length, position + buffer.length, position + most)),
    close: async () => {},
  }
}

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))

/** Keeps a chunk until the next has come, as a data connection does. */
async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let kept: Buffer | null = null
  for await (const chunk of chunks) {
    if (kept !== null) parts.push(Buffer.from(kept))
    kept = chunk
  }
  return Buffer.concat(kept === null ? parts : [...parts, kept])
}

test.each([1, 7, 100, 999, 1000, 5000])('gives the file in chunks of at most %i bytes', async (chunkBytes) => {
  expect(await collected(readAhead(file(CONTENT), 0, chunkBytes))).toEqual(CONTENT)
})

test('begins where it is told', async () => {
  expect(await collected(readAhead(file(CONTENT), 990, 4))).toEqual(CONTENT.subarray(990))
  expect(await collected(readAhead(file(CONTENT), 1000, 4))).toEqual(Buffer.alloc(0))
})

test('a disk that gives less than was asked for is asked again', async () => {
  expect(await collected(readAhead(file(CONTENT, 3), 0, 64))).toEqual(CONTENT)
})

test('sends what was there at the beginning of a file that grows, and fails when it got shorter', async () => {
  expect(await collected(readAhead(file(CONTENT, 100, 500), 0, 64))).toEqual(CONTENT.subarray(0, 500))
  await expect(collected(readAhead(file(CONTENT, 100, 2000), 0, 64))).rejects.toMatchObject({ code: 451 })
})

test('an unread file that fails leaves no unhandled rejection', async () => {
  const broken: ReadFile = { size: 100, read: () => Promise.reject(new Error('broken')), close: async () => {} }
  await expect(collected(readAhead(broken, 0, 10))).rejects.toThrow('broken')
})
